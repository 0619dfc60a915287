"""A position, and the rows of a layer that stand at it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import Area
from django.contrib.gis.geos import Point, Polygon
from django.db.models import F, FloatField, Func, Value

from gis_core import crs
from gis_core.access import Reach
from gis_core.changes.clock import Box
from gis_core.serving.statement import Given, Statement
from layers.filters.selecting import Filter
from layers.layer import FeatureLayer, Interval, When
from layers.ogc.crs import LONLAT, Crs
from layers.ogc.feature import columns
from layers.parameters import Moment

# Web Mercator's scale is 1/cos(latitude) on a sphere; on the ellipsoid it differs by up to 0.7 %.
_SPARE = 1.01
_MAX_LATITUDE = 85.0
_RADIUS = 6_378_137.0


class GeodesicMetres(Func):
    """Distance on the ellipsoid between a geometry in degrees and a point."""

    # Django's Distance() casts to geography for columns of that type only.
    template = "ST_Distance(%(expressions)s::geography)"
    arg_joiner = "::geography, "
    output_field = FloatField()


class PlaneMetres(Func):
    """Distance in the plane of a projected CRS in metres."""

    function = "ST_Distance"
    output_field = FloatField()


@dataclass(frozen=True)
class Position:
    """A WGS 84 position with the distance in metres within which points and lines count as standing there."""

    lon: float
    lat: float
    tolerance: float

    @property
    def box(self) -> Box:
        """The square of side 2 × tolerance around the position in EPSG:3857: where a change can touch the answer."""
        latitude = max(-_MAX_LATITUDE, min(_MAX_LATITUDE, self.lat))
        x, y = _RADIUS * math.radians(self.lon), _RADIUS * math.asinh(math.tan(math.radians(latitude)))
        reach = (self.tolerance + 0.01) * _SPARE / math.cos(math.radians(latitude))
        return x - reach, y - reach, x + reach, y + reach

    @cached_property
    def square(self) -> Polygon:
        """The box as a polygon."""
        return square(self.box)

    def point(self, srid: int) -> Point | None:
        """The position in another CRS through the pinned operation (gis_core/crs.py); None where that CRS does not reach."""
        x, y = (self.lon, self.lat) if srid == crs.WGS84 else crs.transform(crs.WGS84, srid, self.lon, self.lat)
        return Point(x, y, srid=srid) if math.isfinite(x) and math.isfinite(y) else None

    def rows(
        self, layer: FeatureLayer, reach: Reach, when: Moment | Interval | None, limit: int, named: Crs = LONLAT, only: Filter | None = None
    ) -> Sequence[tuple[Any, ...]]:
        """At most `limit` rows (key, geometry text in `named`, attributes, metres): surfaces over the position, smallest first,
        whose metres are 0, or points and lines within the tolerance, nearest first; those that `only` is true of."""
        point = self.point(layer.srid)
        if point is None:
            return []
        moment = layer.moment(when)
        statement = _kept(layer, reach, moment, limit, named) if only is None else _statement(layer, reach, moment, limit, named, only)
        return statement.run(point=point, square=self.square, tolerance=self.tolerance)


def _statement(layer: FeatureLayer, reach: Reach, moment: When | Interval, limit: int, named: Crs, only: Filter | None = None) -> Statement:
    rows = layer.rows(reach, moment) if only is None else only.of(layer.rows(reach, moment))
    point = Given("point", GeometryField(srid=layer.srid))
    if layer.geometry_kind == "polygon":
        found = rows.filter(**{f"{layer.geometry}__intersects": point}).annotate(_metres=Value(0.0, output_field=FloatField()))
        ordered = found.order_by(Area(layer.tile_geometry), "pk")
    else:
        metres = GeodesicMetres if layer.srid == crs.WGS84 else PlaneMetres
        near = rows.filter(**{f"{layer.tile_geometry}__bboverlaps": Given("square", GeometryField(srid=crs.WEB_MERCATOR))})
        within = Given("tolerance", FloatField())
        ordered = near.annotate(_metres=metres(F(layer.geometry), point)).filter(_metres__lte=within).order_by("_metres", "pk")
    return Statement.of(ordered.values_list("pk", *columns(layer, named), "_metres")[:limit])


# A layer that is made anew (an import, other fields) is another key, and so is each day of a layer of validities.
_kept = lru_cache(maxsize=512)(_statement)


def square(box: Box) -> Polygon:
    """A box of EPSG:3857 as a polygon."""
    polygon = Polygon.from_bbox(box)
    polygon.srid = crs.WEB_MERCATOR
    return polygon
