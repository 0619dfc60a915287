"""`/api/land/`."""
