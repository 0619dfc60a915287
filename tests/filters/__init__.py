"""CQL2 filters: what they select, what they refuse, and that memory and database agree."""
