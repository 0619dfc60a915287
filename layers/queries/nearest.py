"""`/query/nearest`: the features nearest to a position, by the index and then exactly by metres."""

import math
from collections.abc import Sequence
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import F, QuerySet, Value
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.changes.clock import Box
from gis_core.errors import BadParameter
from gis_core.functions import nearest_first
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.ogc.crs import LONLAT
from layers.ogc.feature import Feature, columns, feature_maker
from layers.ogc.media import JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.queries.asking import Asked, of_layer
from layers.queries.at_point import asked_layers, read_position
from layers.queries.position import GeodesicMetres, PlaneMetres, Position, square

NAMES = ("lon", "lat", "layers", "k", "max_distance", "datetime", *FILTER_PARAMETERS)
DEFAULT_K, MAX_K = 10, 100
MAX_METRES = 100_000.0
Rows = Sequence[tuple[Any, ...]]


@resource(JSON)
def nearest(call: Call) -> Document:
    """The `k` nearest features of each layer, nearest first: {position, results: [{layer, title, features}]}.

    `distance_m` of a feature is measured on the ellipsoid, for layers in VN-2000 on their plane; 0 inside a surface.
    """
    parameters = call.parameters(*NAMES)
    position = read_position(parameters)
    k = parameters.integer("k", low=1, high=MAX_K) or DEFAULT_K
    limit = parameters.number("max_distance", low=0.0, high=MAX_METRES)
    layers = asked_layers(call, parameters)
    if parameters.text("filter") is not None and len(layers) != 1:
        raise BadParameter(_("filter asks about the fields of one layer: name one in layers."), field="filter")
    asked = [of_layer(call, parameters, layer) for layer in layers]

    def build() -> Content:
        return {"position": [position.lon, position.lat], "results": [_result(one, position, k, limit) for one in asked]}

    return Document(build, "", [one.state(_touched(position, limit)) for one in asked])


def _touched(position: Position, limit: float | None) -> list[Box | None]:
    """Without a limit any change may bring something nearer."""
    return [None] if limit is None else [Position(position.lon, position.lat, limit).box]


def _result(asked: Asked, position: Position, k: int, limit: float | None) -> dict[str, Any]:
    make = feature_maker(asked.layer)
    features: list[Feature] = [{**make(row[:-1]), "distance_m": round(row[-1], 2)} for row in rows_near(asked, position, k, limit)]
    return {"layer": asked.layer.name, "title": str(asked.layer.title), "features": features}


def rows_near(asked: Asked, position: Position, k: int, limit: float | None = None) -> Rows:
    """The k rows (key, geometry text, attributes, metres) nearest to a position, within `limit` metres.

    The index knows the order on the Mercator map alone, whose scale changes with the latitude. So its first k only say how far
    the answer can reach; everything within that distance is then measured.
    """
    point = position.point(asked.layer.srid)
    on_map = position.point(crs.WEB_MERCATOR)
    if point is None or on_map is None:
        return []
    metres = (GeodesicMetres if asked.layer.srid == crs.WGS84 else PlaneMetres)(
        F(asked.layer.geometry), Value(point, output_field=GeometryField(srid=asked.layer.srid))
    )
    rows = asked.rows().filter(**{f"{asked.layer.tile_geometry}__isnull": False}).annotate(_metres=metres)
    reach = limit
    if limit is None:
        first = rows.order_by(nearest_first(asked.layer.tile_geometry, on_map)).values_list("_metres", flat=True)[:k]
        reach = max(first, default=None)
        if reach is None or not math.isfinite(reach):
            return []
    return list(_measured(asked, rows, Position(position.lon, position.lat, reach or 0.0), k))


def _measured(asked: Asked, rows: QuerySet[Any], circle: Position, k: int) -> Rows:
    near = rows.filter(**{f"{asked.layer.tile_geometry}__bboverlaps": square(circle.box)}, _metres__lte=circle.tolerance + 0.001)
    return list(near.order_by("_metres", "pk").values_list("pk", *columns(asked.layer, LONLAT), "_metres")[:k])
