"""OGC API - Tiles (Part 1) and Styles over the same tiles, pictures and styles that `/tiles/` and `/wms` serve."""
