"""Pictures of layers, drawn by Mapnik in this process from the same style, rows and permissions as vector tiles."""
