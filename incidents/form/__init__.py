"""`/incidents/new/`: the report form, an installable page that works without a network."""
