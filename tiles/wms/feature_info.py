"""GetFeatureInfo: the rows under a pixel, those that the picture shows to this caller and no others."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import Area
from django.contrib.gis.geos import Point, Polygon
from django.db.models import F, Func, TextField, Value
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.functions import nearest_first
from gis_core.hot import Answer, Request
from layers.attributes import attributes
from layers.coverages.telling import values_told
from layers.freshness import one_state
from layers.layer import CoverageLayer
from layers.ogc.crs import LONLAT
from tiles.coverage.shown import ShownCoverage
from tiles.drawing.answering import in_thread
from tiles.drawing.document import shown_at
from tiles.drawing.pictures import Entry, Shown, feature_parts
from tiles.drawing.view import View
from tiles.wms.failure import NO_STORE, WmsError
from tiles.wms.info_formats import WRITERS
from tiles.wms.reading import Kvp, read_layers, read_shown, read_view

_MAX_FEATURES = 50
# Pixels beside a point or a line that still hit it.
_NEAR = 5


@dataclass(frozen=True)
class Found:
    """A layer's rows under the pixel: (key, geometry as GeoJSON, geometry as GML, attributes…)."""

    shown: Shown
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class FoundValues:
    """What a raster says under the pixel: a number by name of band; empty where it says nothing. `at` is in degrees."""

    layer: CoverageLayer
    values: Mapping[str, float]
    at: tuple[float, float]


async def feature_info_answer(request: Request, kvp: Kvp, version: str) -> Answer:
    """What stands under the pixel. Raises NotFound alike for unknown and forbidden layers, WmsError for the rest."""
    scope = request.identify()
    asked = {layer.name for layer in read_layers(kvp, "QUERY_LAYERS", scope)}
    shown = [entry for entry in read_shown(kvp, scope) if entry.layer.name in asked]
    if asked - {entry.layer.name for entry in shown}:
        raise WmsError(_("QUERY_LAYERS names a layer that LAYERS does not."), "LayerNotQueryable", "QUERY_LAYERS")
    view = read_view(kvp, version)
    column, row = ("X", "Y") if version == "1.1.1" else ("I", "J")
    at = view.at(_pixel(kvp, column, view.width), _pixel(kvp, row, view.height))
    return await info_answer(shown, view, at, kvp("INFO_FORMAT") or "text/plain", kvp.whole("FEATURE_COUNT", 1, 1_000_000, 1))


async def info_answer(shown: Sequence[Entry], view: View, at: tuple[float, float], wanted: str, count: int) -> Answer:
    """The features at a position of the view, in the format `wanted`. Raises WmsError."""
    name = wanted.lower().split(";")[0].strip()
    if name not in WRITERS:
        sentence = _("The format “%(name)s” is not offered; accepted are: %(accepted)s.")
        raise WmsError(sentence % {"name": wanted[:60], "accepted": ", ".join(WRITERS)}, "InvalidFormat", "INFO_FORMAT")
    body = await in_thread(partial(_written, shown, view, at, name, min(count, _MAX_FEATURES)))
    return Answer(200, body, {**NO_STORE, "Content-Type": f"{name}; charset=UTF-8"})


def _written(shown: Sequence[Entry], view: View, at: tuple[float, float], name: str, count: int) -> bytes:
    with one_state():
        found = [
            Found(entry, rows_at(entry, view, at, count)) if isinstance(entry, Shown) else values_at(entry, view, at)
            for entry in reversed(shown)
        ]
    return WRITERS[name](found, view.srid)


def values_at(entry: ShownCoverage, view: View, at: tuple[float, float]) -> FoundValues:
    """The pixel of a raster at a position of the view."""
    lon, lat = at if view.srid == crs.WGS84 else crs.transform(view.srid, crs.WGS84, *at)
    told = values_told(entry.layer, entry.scenes, lon, lat) if math.isfinite(lon) and math.isfinite(lat) else []
    return FoundValues(entry.layer, {one["name"]: one["value"] for one in told if one["value"] is not None}, (lon, lat))


def _pixel(kvp: Kvp, name: str, size: int) -> int:
    try:
        return kvp.whole(name, 0, size - 1)
    except WmsError as error:
        raise WmsError(error.detail, "InvalidPoint", name) from error


def rows_at(entry: Shown, view: View, at: tuple[float, float], limit: int) -> list[tuple[Any, ...]]:
    """At most `limit` drawn rows at a position: surfaces that hold it, smallest first; points and lines near it, nearest first."""
    layer = entry.layer
    if not shown_at(feature_parts(layer, entry.style), view.zoom):
        return []
    x, y = at if view.srid == crs.WEB_MERCATOR else crs.transform(view.srid, crs.WEB_MERCATOR, *at)
    if not (math.isfinite(x) and math.isfinite(y)):
        return []
    place = Point(x, y, srid=crs.WEB_MERCATOR)
    rows = entry.rows.queryset()
    if layer.geometry_kind == "polygon":
        found = rows.filter(**{f"{layer.tile_geometry}__intersects": place}).order_by(Area(layer.tile_geometry), "pk")
    else:
        near = Polygon.from_bbox(_square(x, y, view))
        near.srid = crs.WEB_MERCATOR
        found = rows.filter(**{f"{layer.tile_geometry}__intersects": near}).order_by(nearest_first(layer.tile_geometry, place), "pk")
    columns = (attribute.lookup for attribute in attributes(layer))
    return list(found.values_list("pk", LONLAT.geometry(layer), _gml(layer.geometry, view.srid), *columns)[:limit])


def _square(x: float, y: float, view: View) -> tuple[float, float, float, float]:
    west, _south, east, _north = view.mercator_box()
    reach = _NEAR * view.density * (east - west) / view.width
    return x - reach, y - reach, x + reach, y + reach


def _gml(column: str, srid: int) -> Func:
    moved = Func(F(column), Value(srid), function="ST_Transform", output_field=GeometryField(srid=srid))
    # GML 2: coordinates are x,y in every client; QGIS and GDAL read nothing else from an information answer.
    return Func(Value(2), moved, Value(8), function="ST_AsGML", output_field=TextField())
