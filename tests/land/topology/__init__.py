"""Geometry of the cadastre, without a database."""
