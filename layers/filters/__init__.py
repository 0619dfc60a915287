"""CQL2 filters (OGC 21-065r2): one algebra for tiles, items, exports and whatever else selects features.

`reading` parses, `grammar` checks names and types and makes `terms`, `sql` and `masks` hold terms against rows.
"""
