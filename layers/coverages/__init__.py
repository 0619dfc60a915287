"""Rasters as layers: what they hold, how they are read at a place, along a line, inside of areas, and in which colours they are drawn."""
