"""The way of an incident from the report to the confirmed answer: one table of steps, one verb that takes them."""
