"""The cadastre."""
