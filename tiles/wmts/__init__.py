"""WMTS 1.0.0 (OGC 07-057r7): the pictures of WMS in the tile matrix sets of vector tiles."""
