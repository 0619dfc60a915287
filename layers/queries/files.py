"""Answers of queries as files for analysts (CSV, FlatGeobuf, GeoParquet, sequences of GeoJSON) and as one vector tile."""

import math
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import FloatField, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from gis_core.changes.clock import Box
from layers.attributes import Attribute, attributes
from layers.layer import FeatureLayer, Title
from layers.ogc.crs import Crs
from layers.ogc.exports import MAX_ROWS, sent
from layers.ogc.exports.reading import Reading
from layers.ogc.media import GEOJSONSEQ, MVT
from layers.ogc.resource import Call

_HALF_WORLD = 20_037_508.342789244
_MAX_ZOOM, _EXTENT, _MARGIN = 22, 4_096, 64


def as_file(
    call: Call, layer: FeatureLayer, named: Crs, rows: QuerySet[Any], more: Sequence[Attribute], limit: int | None
) -> HttpResponseBase:
    """Ordered rows with the layer's attributes and `more` (annotations); all of them unless there is a limit."""
    shown = [*attributes(layer), *more]
    part = slice(0, min(limit or MAX_ROWS, MAX_ROWS))
    return sent(call, Reading.of_rows(layer, named, shown, rows, part, as_geojson=call.media is GEOJSONSEQ))


def annotated(name: str, label: Title) -> Attribute:
    """A number that a query computes, annotated as `_name`, as an attribute of its file."""
    column: FloatField[Any, Any] = FloatField(label, null=True)  # type: ignore[arg-type]
    return Attribute(name, f"_{name}", column, column)


SHARES = (annotated("inside", _("inside (m² or m)")), annotated("share", _("share")))


def tile_around(box: Box) -> tuple[int, int, int]:
    """(zoom, column, row) of the smallest tile of WebMercatorQuad that holds a box (EPSG:3857)."""
    west, south, east, north = ((value + _HALF_WORLD) / (2 * _HALF_WORLD) for value in box)
    for zoom in range(_MAX_ZOOM, 0, -1):
        first = math.floor(west * 2**zoom), math.floor((1 - north) * 2**zoom)
        if first == (math.floor(east * 2**zoom), math.floor((1 - south) * 2**zoom)):
            return zoom, *first
    return 0, 0, 0


def as_tile(layer: FeatureLayer, rows: QuerySet[Any], box: Box, limit: int) -> HttpResponse:
    """The rows as one vector tile, the smallest that holds the area; X-Tile says which (zoom/column/row)."""
    z, x, y = tile_around(box)
    quoted = connection.ops.quote_name
    model = rows.model
    names = "".join(f", t.{quoted(model._meta.get_field(name).column)}" for name in layer.tile_fields)
    keys, parameters = rows.values("pk")[:limit].query.sql_with_params()
    key, table = quoted(model._meta.pk.column), quoted(layer.table)
    # ST_AsMVT takes a row of a subquery as a whole, for which the ORM has no words. The keys come from the caller's own rows.
    sql = f"""
        SELECT ST_AsMVT(r, %s, {_EXTENT}, 'geom', 'id') FROM (
            SELECT t.{key} AS id{names},
                   ST_AsMVTGeom(t.{quoted(layer.tile_geometry)}, ST_TileEnvelope(%s, %s, %s), {_EXTENT}, {_MARGIN}) AS geom
            FROM {table} t WHERE t.{key} IN ({keys})
        ) r WHERE geom IS NOT NULL
    """  # noqa: S608  quoted names and a statement of the ORM
    with connection.cursor() as cursor:
        cursor.execute(sql, [layer.name, z, x, y, *parameters])
        (content,) = cursor.fetchone()
    return HttpResponse(bytes(content), content_type=MVT.type, headers={"X-Tile": f"{z}/{x}/{y}"})
