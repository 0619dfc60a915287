"""Imported layers: files loaded into real tables, one a layer, published like every other layer of the catalogue."""
