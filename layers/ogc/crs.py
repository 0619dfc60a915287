"""Coordinate reference systems of requests and answers (OGC API - Features Part 2)."""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.gis.db.models import GeometryField
from django.db.models import F, Func, GeneratedField, TextField, Value
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.errors import BadParameter
from gis_core.functions import WebMercator
from layers.layer import FeatureLayer

_EPSG = re.compile(r"(?:https?://www\.opengis\.net/def/crs/EPSG/[0-9.]{1,8}/|urn:ogc:def:crs:EPSG:[0-9.]{0,8}:|\[?EPSG:)([0-9]{4,6})\]?")
_CRS84 = frozenset({crs.CRS84, "urn:ogc:def:crs:OGC:1.3:CRS84", "CRS84", "OGC:CRS84", "[OGC:CRS84]"})
# Their authority puts latitude first, and a URI means the authority's order.
_LATITUDE_FIRST = frozenset({crs.WGS84, 4756})
_METRIC_DECIMALS = 4


@dataclass(frozen=True)
class Crs:
    """A CRS as the API names it; `srid` is what PostGIS computes in (always east, north)."""

    srid: int
    uri: str

    @property
    def latitude_first(self) -> bool:
        """Whether coordinates are written north, east."""
        return self.uri != crs.CRS84 and self.srid in _LATITUDE_FIRST

    @property
    def is_geographic(self) -> bool:
        """Whether coordinates are degrees."""
        return self.srid in _LATITUDE_FIRST

    def geometry(self, layer: FeatureLayer) -> Func:
        """The layer's geometry as GeoJSON text in this CRS, written by the database."""
        shape = shape_in(layer, self.srid)
        if self.latitude_first:
            shape = Func(shape, function="ST_FlipCoordinates", output_field=GeometryField(srid=self.srid))
        # Without the third argument PostGIS adds a member `crs` for other systems than EPSG:4326.
        decimals = layer.decimals if self.is_geographic else _METRIC_DECIMALS
        return Func(shape, Value(decimals), Value(0), function="ST_AsGeoJSON", output_field=TextField())


LONLAT = Crs(crs.WGS84, crs.CRS84)


def shape_in(layer: FeatureLayer, srid: int) -> F | Func:
    """The layer's geometry in a CRS (east, north), computed by the database.

    Degrees are made of the column in Web Mercator: the change of datum is behind it, which halves the time, and what is lost
    lies seven digits behind the last that is written. Its rings wind clockwise; RFC 7946 (3.1.6) wants the contrary.
    """
    if srid == layer.srid:
        return F(layer.geometry)
    field, has_twin = GeometryField(srid=srid), srid in (crs.WGS84, crs.WEB_MERCATOR) and _has_twin(layer)
    shape: F | Func = F(layer.tile_geometry if has_twin else layer.geometry)
    if not (has_twin and srid == crs.WEB_MERCATOR):
        shape = Func(shape, Value(srid), function="ST_Transform", output_field=field)
    return Func(shape, function="ST_ForcePolygonCCW", output_field=field) if has_twin else shape


def _has_twin(layer: FeatureLayer) -> bool:
    """Whether the column in Web Mercator is nothing but the geometry, as the database transforms it."""
    twin = layer.model._meta.get_field(layer.tile_geometry)
    return isinstance(twin, GeneratedField) and twin.expression == WebMercator(F(layer.geometry))  # type: ignore[attr-defined]


@lru_cache(maxsize=64)
def offered(storage_srid: int) -> tuple[Crs, ...]:
    """The CRSs in which a layer is published: CRS84 first (Part 2, 6.2), then its own, WGS 84, Web Mercator, VN-2000."""
    others = [storage_srid, crs.WGS84, crs.WEB_MERCATOR, *sorted(crs.ZONES), 4756]
    return (LONLAT, *(Crs(srid, crs.uri(srid)) for srid in dict.fromkeys(others) if srid in crs.SUPPORTED))


def storage(layer: FeatureLayer) -> Crs:
    """The CRS in which nothing is lost to a transformation. Stored degrees are longitude first: CRS84."""
    return LONLAT if layer.srid == crs.WGS84 else Crs(layer.srid, crs.uri(layer.srid))


def parse(value: str | None, layer: FeatureLayer, field: str) -> Crs:
    """The CRS that a parameter names, CRS84 when absent. Raises BadParameter (Part 2, 6.3)."""
    if value is None or value in _CRS84:
        return LONLAT
    found = _EPSG.fullmatch(value)
    srid = int(found[1]) if found else 0
    for candidate in offered(layer.srid):
        if candidate.srid == srid and candidate != LONLAT:
            return candidate
    sentence = _("%(field)s: the CRS “%(value)s” is not offered; write one of the collection's list, for instance %(example)s.")
    values = {"field": field, "value": value[:80], "example": crs.uri(crs.WEB_MERCATOR)}
    raise BadParameter(sentence % values, field=field)
