"""Requests to other systems: which addresses are allowed, and the one client."""
