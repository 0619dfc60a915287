-- Counters of one tile: constants of the layer class are filled in by counters_sql.py, the place of the tile comes as parameters.
-- Anchors (ux, uy) count grid steps from the north-west corner of the world: 2^(32 - z) of them are a tile.
WITH a AS (
    SELECT g, coalesce(unit, 0) AS unit, w, ux, uy FROM ($rows) anchored
), t AS (
    SELECT %(z)s::int AS z, %(x)s::bigint AS x, %(y)s::bigint AS y
), cells AS (
    SELECT ux >> (32 - $cell - z) AS cx, uy >> (32 - $cell - z) AS cy, g, count(*) AS n, sum(w) AS w
    FROM a, t WHERE ux >> (32 - z) = x AND uy >> (32 - z) = y GROUP BY 1, 2, 3
), grid AS (
    SELECT (cy << (max(z) + $cell)) | cx AS id, $attributes,
           ST_ForcePolygonCCW(ST_MakeEnvelope((cx - (max(x) << $cell)) * 4096 >> $cell, (cy - (max(y) << $cell)) * 4096 >> $cell,
                                              (cx + 1 - (max(x) << $cell)) * 4096 >> $cell, (cy + 1 - (max(y) << $cell)) * 4096 >> $cell)) AS geom
    FROM cells, t GROUP BY cx, cy ORDER BY 1
)$units
SELECT coalesce((SELECT ST_AsMVT(grid, '${name}_grid', 4096, 'geom', 'id') FROM grid), ''::bytea)$also
