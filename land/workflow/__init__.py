"""The way of a change from a draft to the published map: who may take which step, and until when."""
