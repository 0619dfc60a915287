"""Incidents as clusters: exact sums in squares of the screen, made by one GROUP BY inside the person's own rows."""

from typing import Any

from django.db.models import Avg, Count, F, FloatField, Func, IntegerField, Q, QuerySet, Value
from django.utils import timezone

from gis_core.crs import WEB_MERCATOR, WGS84, transform
from incidents.models import Incident
from incidents.workflow.effects import overdue_at

_WORLD_M = 40_075_016.685578488
MOST = 4_000


class _X(Func):
    function = "ST_X"
    output_field = FloatField()


class _Y(Func):
    function = "ST_Y"
    output_field = FloatField()


class _Cell(Func):
    """The number of the square of a width (metres of EPSG:3857) in which a coordinate lies."""

    template = "floor((%(expressions)s))::int"
    arg_joiner = " / "
    output_field = IntegerField()


def clusters(rows: "QuerySet[Incident]", zoom: int, pixels: int) -> dict[str, Any]:
    """A GeoJSON FeatureCollection: one point a square of `pixels` at `zoom`, in the middle of its incidents.

    `n` incidents, `late` overdue ones, `critical` ones of the highest severity. At most 4,000 squares, the fullest first:
    `complete` says whether those are all.
    """
    width = Value(_WORLD_M / 2**zoom / 256 * pixels, output_field=FloatField())
    x, y = _X(F("geom_3857")), _Y(F("geom_3857"))
    cells = rows.order_by().annotate(cx=_Cell(x, width), cy=_Cell(y, width)).values("cx", "cy")
    critical = Q(severity=Incident.Severity.CRITICAL)
    summed = cells.annotate(
        n=Count("pk"), late=Count("pk", filter=overdue_at(timezone.now())), critical=Count("pk", filter=critical), x=Avg(x), y=Avg(y)
    )
    found: list[Any] = list(summed.order_by("-n", "cx", "cy")[: MOST + 1])
    return {"type": "FeatureCollection", "complete": len(found) <= MOST, "features": [_feature(cell) for cell in found[:MOST]]}


def _feature(cell: dict[str, Any]) -> dict[str, Any]:
    lon, lat = transform(WEB_MERCATOR, WGS84, cell["x"], cell["y"])
    place = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    properties = {name: cell[name] for name in ("n", "late", "critical")}
    return {"type": "Feature", "id": (cell["cx"] & 0x3FFFFF) << 22 | (cell["cy"] & 0x3FFFFF), "geometry": place, "properties": properties}
