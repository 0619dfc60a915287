"""Pictures of layers in memory: their features reach Mapnik as a shapefile that never touches a disk (docs/adr/0037)."""
