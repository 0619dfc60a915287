"""Communes from files: read in confined processes, every problem told before anything is written. Writing is land/mutations/bulk.py."""
