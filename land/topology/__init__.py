"""Cadastral geometry: shapely in, shapely out, on the VN-2000 plane in metres. Knows nothing of Django or the database.

Each operation gives polygons that cover exactly the ground of those it was given. Their neighbours get the new vertices
(`knots`), so that common boundaries stay common vertex by vertex; `coverage` proves it.
"""
