"""Importing administrative units: real outlines into the generations of `AdminUnit`, and what became of which unit."""
