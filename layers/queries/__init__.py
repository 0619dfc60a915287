"""Spatial questions over all layers at once."""
