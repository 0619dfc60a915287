"""Where rows of a feed stand: at a unit, at a point, on a surface, or where a row of another table stands."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.geometry import GeometryFault, from_geojson, from_wkt
from gis_core.models import AdminUnit
from layers.feed import Locate, Sent, Where
from layers.ingestion.batch import RowFault
from layers.ingestion.cells import number

_LONLAT = 4326


def may_write(reach: Reach, unit: AdminUnit | None) -> bool:
    """Whether rows of `unit` may be written by somebody with this reach."""
    return reach.everything or (unit is not None and unit.pk in reach.units)


@dataclass(frozen=True)
class AtUnit:
    """`unit` is a code; codes are reused, so it means the unit of the day in the column `day` (`before`: of the day before)."""

    day: str = ""
    before: bool = False
    columns: tuple[str, ...] = ("unit",)

    def prepare(self, rows: Sequence[Sent], reach: Reach) -> Locate:
        """See Place. The lowest unit of the code; figures of those above are sums."""
        codes = {str(row.values.get("unit", "")).strip() for row in rows}
        known = list(AdminUnit.objects.filter(code__in=codes))

        @cache
        def inside(pk: int) -> GEOSGeometry:
            return next(unit for unit in known if unit.pk == pk).geom.point_on_surface

        def locate(sent: Sent, values: Mapping[str, Any]) -> Where:
            code, day = str(sent.values.get("unit", "")).strip(), self._day(values)
            own = [unit for unit in known if unit.code == code and _in_force(unit, day) and may_write(reach, unit)]
            if not own:
                raise RowFault("unit", _("no unit “%(code)s” of yours is in force on %(day)s") % {"code": code[:20], "day": day})
            unit = max(own, key=lambda one: len(one.path))
            return unit, inside(unit.pk)

        return locate

    def _day(self, values: Mapping[str, Any]) -> date:
        day = values.get(self.day) if self.day else None
        if not isinstance(day, date):
            return timezone.localdate()
        return day - timedelta(days=1) if self.before else day


def _in_force(unit: AdminUnit, day: date) -> bool:
    return unit.valid_from <= day and (unit.valid_to is None or unit.valid_to > day)


@dataclass(frozen=True)
class AtPoint:
    """`lon` and `lat` in degrees (WGS 84), or the point of a map file. The unit is today's over it."""

    columns: tuple[str, ...] = ("lon", "lat")

    def prepare(self, rows: Sequence[Sent], reach: Reach) -> Locate:
        """See Place."""
        today = timezone.localdate()

        @cache
        def over(lon: float, lat: float) -> AdminUnit | None:
            return AdminUnit.objects.at_point(lon, lat, on=today)

        def locate(sent: Sent, _values: Mapping[str, Any]) -> Where:
            point = _point(sent)
            unit = over(point.x, point.y)
            if not may_write(reach, unit):
                raise RowFault("geometry", _("the place lies in no unit of yours"))
            return unit, point

        return locate


def _point(sent: Sent) -> Point:
    if sent.geometry is None:
        lon, lat = (float(number(name, str(sent.values.get(name, "")).strip())) for name in ("lon", "lat"))
        shape: Any = {"type": "Point", "coordinates": [lon, lat]}
    else:
        shape = sent.geometry
    found = _shape(shape)
    if found.geom_type != "Point":
        raise RowFault("geometry", _("a point is expected here, not %(kind)s") % {"kind": found.geom_type})
    return Point(found.x, found.y, srid=_LONLAT)


@dataclass(frozen=True)
class OnSurface:
    """A surface: of a map file, or as GeoJSON or well-known text in the column `geometry`. Its middle tells the unit."""

    columns: tuple[str, ...] = ("geometry",)

    def prepare(self, rows: Sequence[Sent], reach: Reach) -> Locate:
        """See Place."""
        today = timezone.localdate()

        def locate(sent: Sent, _values: Mapping[str, Any]) -> Where:
            shape = _shape(sent.geometry if sent.geometry is not None else sent.values.get("geometry"))
            if shape.geom_type not in ("Polygon", "MultiPolygon"):
                raise RowFault("geometry", _("a surface is expected here, not %(kind)s") % {"kind": shape.geom_type})
            middle = shape.representative_point()
            unit = AdminUnit.objects.at_point(middle.x, middle.y, on=today)
            if not may_write(reach, unit):
                raise RowFault("geometry", _("the place lies in no unit of yours"))
            whole = shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shape
            return unit, GEOSGeometry(memoryview(shapely.to_wkb(whole)), srid=_LONLAT)

        return locate


def _shape(given: object) -> Any:
    """A guarded geometry. Raises RowFault."""
    if not given:
        raise RowFault("geometry", _("a value is needed here"))
    try:
        if isinstance(given, Mapping) or str(given).lstrip().startswith("{"):
            return from_geojson(given if isinstance(given, Mapping) else str(given), srid=_LONLAT)
        return from_wkt(str(given), srid=_LONLAT)
    except (GeometryFault, json.JSONDecodeError) as fault:
        raise RowFault("geometry", str(fault)) from None


@dataclass(frozen=True)
class AtRow:
    """Where the row of another layer stands (an office, a sight), named by its code in the column `column`."""

    model: Any
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See Place."""
        return (self.column,)

    def prepare(self, rows: Sequence[Sent], reach: Reach) -> Locate:
        """See Place."""
        codes = {str(row.values.get(self.column, "")).strip() for row in rows} - {""}
        found: models.QuerySet[Any] = self.model.objects.within(reach).select_related("admin_unit")
        known = {row.code: row for row in found.filter(code__in=codes)}

        def locate(sent: Sent, _values: Mapping[str, Any]) -> Where:
            code = str(sent.values.get(self.column, "")).strip()
            if code not in known:
                raise RowFault(self.column, _("there is no “%(code)s”, or it is not yours to write") % {"code": code[:40]})
            return known[code].admin_unit, known[code].geom

        return locate
