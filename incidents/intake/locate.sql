-- What is at each of some positions, in one statement however many reports come at once.
-- Parameters: numbers, longitudes, latitudes (arrays of one length), today.
WITH asked AS MATERIALIZED (
    SELECT number, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS point, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857) AS mercator,
           -- Web Mercator stretches by 1 / cos(latitude).
           1 / cos(radians(lat)) AS stretch
    FROM unnest(%(numbers)s::int[], %(lons)s::float8[], %(lats)s::float8[]) AS given (number, lon, lat)
)
SELECT a.number, over.units, today.id, today.name, today.path, road.name, road.road_class, {parcel}
FROM asked a
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(DISTINCT u.id ORDER BY u.id), '{{}}') AS units
    FROM gis_core_adminunitpart p JOIN gis_core_adminunit u ON u.id = p.unit_id
    WHERE ST_Intersects(p.geom, a.point) AND u.level = 'commune'
) over
LEFT JOIN LATERAL (
    SELECT u.id, u.name, u.path FROM gis_core_adminunit u
    WHERE u.id = ANY(over.units) AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR u.valid_to > %(day)s)
    ORDER BY u.path DESC LIMIT 1
) today ON true
LEFT JOIN LATERAL (
    SELECT coalesce(nullif(r.name, ''), r.ref) AS name, r.road_class FROM layers_roadsegment r
    WHERE r.geom_3857 && ST_Expand(a.mercator, 30 * a.stretch) AND ST_DWithin(r.geom_3857, a.mercator, 30 * a.stretch)
    ORDER BY ST_Distance(r.geom_3857, a.mercator), r.id LIMIT 1
) road ON true
{parcels}
ORDER BY a.number
