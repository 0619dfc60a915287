"""Rasters in the services of portrayal: tiles, TileJSON, style, WMS, WMTS, map tiles, legends (docs/rasters.md)."""
