"""Reports that may be the same: near each other, of one category or of siblings in its group, open or closed lately."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import Point, Polygon
from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone

from gis_core.access import Reach
from gis_core.changes.clock import Box
from incidents.intake.report import Position
from incidents.models import Incident, IncidentCategory
from incidents.rows import incidents
from layers.queries.position import GeodesicMetres
from layers.queries.position import Position as Place

LATELY = timedelta(days=30)
CLOSED = (Incident.Status.RESOLVED, Incident.Status.CONFIRMED)
_NEVER = (Incident.Status.REJECTED, Incident.Status.DUPLICATE)

# One statement for a batch. Radii are the category's; Web Mercator stretches by 1 / cos(latitude).
_NEAR = """
    SELECT a.number FROM unnest(%(numbers)s::int[], %(lons)s::float8[], %(lats)s::float8[], %(categories)s::text[])
        AS a (number, lon, lat, category)
    JOIN incidents_incidentcategory own ON own.code = a.category
    CROSS JOIN LATERAL (
        SELECT ST_Transform(ST_SetSRID(ST_MakePoint(a.lon, a.lat), 4326), 3857) AS point, 1 / cos(radians(a.lat)) AS stretch
    ) at
    WHERE EXISTS (
        SELECT FROM incidents_incident i JOIN incidents_incidentcategory c ON c.code = i.category_id
        WHERE i.geom_3857 && ST_Expand(at.point, at.stretch * greatest(own.duplicate_radius_m, own.sibling_radius_m))
          AND i.reported_at > %(since)s AND i.status NOT IN ('rejected', 'duplicate', 'resolved', 'confirmed')
          AND (c.code = own.code AND ST_DWithin(i.geom_3857, at.point, at.stretch * own.duplicate_radius_m)
            OR c.code <> own.code AND own."group" <> '' AND c."group" = own."group"
               AND ST_DWithin(i.geom_3857, at.point, at.stretch * own.sibling_radius_m))
    )
"""


def maybe_repeated(reports: Sequence[tuple[Position, str]]) -> set[int]:
    """The indexes of those of the reports (pin, category code) near which an open one of their kind lies already."""
    values: dict[str, Any] = {
        "numbers": list(range(len(reports))),
        "lons": [pin.lon for pin, _category in reports],
        "lats": [pin.lat for pin, _category in reports],
        "categories": [category for _pin, category in reports],
        "since": timezone.now() - LATELY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, values)
        return {number for (number,) in cursor.fetchall()}


def similar(pin: Position, category: IncidentCategory, reach: Reach) -> QuerySet[Any]:
    """The rows inside `reach` that a report of `category` at `pin` may repeat, nearest first, with `distance_m`."""
    here = Value(Point(pin.lon, pin.lat, srid=4326), output_field=GeometryField(srid=4326))
    radius = max(category.duplicate_radius_m, category.sibling_radius_m)
    square = Place(pin.lon, pin.lat, radius).box
    same = Q(category=category, distance_m__lte=category.duplicate_radius_m)
    sibling = Q(category__group=category.group, distance_m__lte=category.sibling_radius_m) if category.group else Q(pk__in=[])
    lately = timezone.now() - LATELY
    open_or_recent = ~Q(status__in=[*CLOSED, *_NEVER]) | Q(status__in=CLOSED, resolved_at__gt=lately)
    rows = incidents(reach).filter(open_or_recent, geom_3857__bboverlaps=_polygon(square))
    near = rows.annotate(distance_m=GeodesicMetres(F("geom"), here)).filter(same | sibling)
    return near.select_related("category").order_by("distance_m", "pk")


def _polygon(box: Box) -> Polygon:
    polygon = Polygon.from_bbox(box)
    polygon.srid = 3857
    return polygon
