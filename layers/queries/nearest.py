"""`/query/nearest`: the features nearest to a position, by the index and then exactly by metres; or by road (by_road.py)."""

import math
from collections.abc import Sequence
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet, Value
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.changes.clock import Box
from gis_core.errors import BadParameter
from gis_core.functions import nearest_first
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.layer import FeatureLayer
from layers.ogc.crs import LONLAT, Crs
from layers.ogc.feature import Feature, columns, feature_maker
from layers.ogc.links import link
from layers.ogc.media import JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.selection import layer_key
from layers.parameters import AS_OF, Parameters, parse_number
from layers.queries import by_road, mixed
from layers.queries.asking import Asked, of_layer
from layers.queries.at_point import asked_layers, read_crs, read_position
from layers.queries.position import GeodesicMetres, PlaneMetres, Position, square

NAMES = ("lon", "lat", "layers", "k", "max_distance", *by_road.NAMES, "after", "datetime", AS_OF, "crs", *FILTER_PARAMETERS)
DEFAULT_K, MAX_K = 10, 100
MAX_METRES = 100_000.0
Rows = Sequence[tuple[Any, ...]]
Place = tuple[float, Any]


@resource(*mixed.FORMATS)
def nearest(call: Call) -> Document:
    """The `k` nearest features of each layer, nearest first: {position, results: [{layer, title, features}]}.

    `distance_m` of a feature is measured on the ellipsoid, for layers in VN-2000 on their plane; 0 inside a surface. With `by=road` it
    is the way along the lines of `roads`; what no road reaches is left out.
    """
    parameters = call.parameters(*NAMES)
    position = read_position(parameters)
    k = parameters.integer("k", low=1, high=MAX_K) or DEFAULT_K
    limit = parameters.number("max_distance", low=0.0, high=MAX_METRES)
    layers = asked_layers(call, parameters)
    if parameters.text("filter") is not None and len(layers) != 1:
        raise BadParameter(_("filter asks about the fields of one layer: name one in layers."), field="filter")
    asked = [of_layer(call, parameters, layer) for layer in layers]
    named, after = read_crs(parameters), _after(parameters, layers)
    roads = by_road.read_roads(call, parameters, position)

    def find(in_crs: Crs) -> list[mixed.Found]:
        if roads is not None:
            return [_told(one, by_road.rows_by_road(one, roads, k, limit, in_crs, after)) for one in asked]
        return [_told(one, rows_near(one, position, k, limit, in_crs, after)) for one in asked]

    def build() -> Content:
        found = find(named)
        results = [{"layer": one.layer, "title": one.title, "features": one.features} for one in found]
        answer: Content = {"position": [position.lon, position.lat], "results": results}
        if len(found) == 1 and len(found[0].features) == k:
            answer["links"] = [link("next", call.links.here(after=found[0].more["last"]), JSON.type, _("Next page"))]
        return answer

    states = [one.state(_touched(position, limit)) for one in asked] + ([roads.asked.state()] if roads is not None else [])
    return mixed.document(call, named, find, build, states)


def _after(parameters: Parameters, layers: Sequence[FeatureLayer]) -> Place | None:
    """The place after which a page begins: metres and key, as the link `next` gives them. Raises BadParameter."""
    text = parameters.text("after")
    if text is None:
        return None
    metres, _comma, key = text.partition(",")
    try:
        if len(layers) != 1:
            raise ValueError
        return parse_number(metres, "after"), layer_key(layers[0], key)
    except (BadParameter, ValueError, ValidationError):
        raise BadParameter(_("after is no place in this list; name one layer and follow the link next."), field="after") from None


def _touched(position: Position, limit: float | None) -> list[Box | None]:
    """Without a limit any change may bring something nearer."""
    return [None] if limit is None else [Position(position.lon, position.lat, limit).box]


def _told(asked: Asked, rows: Rows) -> mixed.Found:
    make = feature_maker(asked.layer)
    features: list[Feature] = [{**make(row[:-1]), "distance_m": round(row[-1], 2)} for row in rows]
    # The unrounded distance, by which pages go on.
    more = {"last": f"{rows[-1][-1]!r},{rows[-1][0]}"} if rows else {}
    return mixed.Found(asked.layer.name, str(asked.layer.title), features, asked.layer.label_field, more)


def rows_near(
    asked: Asked, position: Position, k: int, limit: float | None = None, named: Crs = LONLAT, after: Place | None = None
) -> Rows:
    """The k rows (key, geometry text, attributes, metres) nearest to a position, within `limit` metres.

    The index knows the order on the Mercator map alone, whose scale changes with the latitude. So its first k only say how far
    the answer can reach; everything within that distance is then measured. `after` (metres, key) leaves out what came before.
    """
    point = position.point(asked.layer.srid)
    on_map = position.point(crs.WEB_MERCATOR)
    if point is None or on_map is None:
        return []
    metres = (GeodesicMetres if asked.layer.srid == crs.WGS84 else PlaneMetres)(
        F(asked.layer.geometry), Value(point, output_field=GeometryField(srid=asked.layer.srid))
    )
    rows = asked.rows().filter(**{f"{asked.layer.tile_geometry}__isnull": False}).annotate(_metres=metres)
    if after is not None:
        rows = rows.filter(Q(_metres__gt=after[0]) | Q(_metres=after[0], pk__gt=after[1]))
    reach = limit
    if limit is None:
        first = rows.order_by(nearest_first(asked.layer.tile_geometry, on_map)).values_list("_metres", flat=True)[:k]
        reach = max(first, default=None)
        if reach is None or not math.isfinite(reach):
            return []
    return list(_measured(asked, rows, Position(position.lon, position.lat, reach or 0.0), k, named))


def _measured(asked: Asked, rows: QuerySet[Any], circle: Position, k: int, named: Crs) -> Rows:
    near = rows.filter(**{f"{asked.layer.tile_geometry}__bboverlaps": square(circle.box)}, _metres__lte=circle.tolerance + 0.001)
    return list(near.order_by("_metres", "pk").values_list("pk", *columns(asked.layer, named), "_metres")[:k])
