"""OGC Web Feature Service 2.0.0 (ISO 19142) and 1.1.0 over every feature layer of the catalogue, with Transaction.

`view` takes a request; `kvp` and `body` read its two forms into `requests`; `fes` turns filters into the one algebra of
`layers/filters`; `query` selects rows, `gml`, `geojson` and `table` write them; `capabilities`, `schema` and `stored` describe;
`transaction/` writes through the layers' editors.
"""
