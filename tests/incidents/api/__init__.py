"""`/api/incidents/`."""
