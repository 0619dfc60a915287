"""Tiles as one file: for phones without network and for networks that distribute files (`manage.py export_tiles`)."""
