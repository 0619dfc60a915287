"""The pilot town: a believable, invented Tam Kỳ drawn in EPSG:5899, the same for the same seed and scale.

units → plan (roads, water) → faces (what they cut the town into) → blocks (streets and fields). Everything here is pure
numpy and shapely; `land` divides the blocks into parcels, and each app loads its own part (gis_core/pilot/steps.py).
"""
