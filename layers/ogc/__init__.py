"""OGC API - Features (Part 1: Core, Part 2: CRS) over every feature layer of the catalogue."""
