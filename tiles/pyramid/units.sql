, members AS (
    SELECT unit, g, count(*) AS n, sum(w) AS w, sum(ux) AS sx, sum(uy) AS sy FROM a GROUP BY 1, 2
), totals AS (
    SELECT unit AS id, $attributes, div(sum(sx), sum(n))::bigint AS ux, div(sum(sy), sum(n))::bigint AS uy FROM members GROUP BY unit
), units AS (
    SELECT $names, ST_MakePoint((ux - (x << (32 - z))) >> (20 - z), (uy - (y << (32 - z))) >> (20 - z)) AS geom
    FROM totals, t WHERE ux >> (32 - z) = x AND uy >> (32 - z) = y ORDER BY id
)
