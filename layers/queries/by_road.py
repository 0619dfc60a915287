"""The features nearest to a position by road: straight to the nearest road, along the roads, straight to the feature.

Such a way is never shorter than the straight line. So the features within a circle whose ways are not longer than its radius are
the nearest ones, and their ways stay inside of it: the circle grows until it holds as many as are asked for. Roads beyond it change
nothing of that, so one network serves all layers of a request and every smaller circle.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, NotFound, TooLarge
from gis_core.geometry import stray
from layers.catalogue import catalogue
from layers.filters.selecting import Filter, read_filter
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs
from layers.ogc.feature import columns
from layers.ogc.resource import Call
from layers.parameters import Parameters
from layers.queries.asking import Asked, moment_of
from layers.queries.network import FARTHEST_M, Floats, Network, network
from layers.queries.plane_rows import Rows, queryset, read
from layers.queries.position import Position
from layers.queries.zone import PLANE

NAMES = ("by", "roads", "roads-filter")
_BY = ("straight", "road")
_DEFAULT_ROADS = "roads"
# How far ways lead that nobody limits.
USUAL_M = 20_000.0
_FIRST_M = 250.0
_MOST_FEATURES, _MOST_ROADS = 20_000, 100_000
# Circles are drawn with corners, and the plane's metres differ from those of the ellipsoid a little.
_SPARE = 1.01
Way = tuple[float, Any]


@dataclass(frozen=True)
class Ways:
    """The cheapest ways from a place along lines (EPSG:5899): one network, in which any number of rows are looked up."""

    net: Network
    costs: Floats

    def to(self, rows: Rows, reach: float) -> list[Way]:
        """The ways to rows that are not longer than `reach`: metres (to the millimetre) and key, shortest first."""
        along, apart = self.net.costs_of(shapely.point_on_surface(rows.shapes), self.costs)
        metres = np.round(self.net.apart[0] + along + apart, 3)
        kept = np.flatnonzero((metres <= reach) & (apart <= FARTHEST_M))
        return sorted((float(metres[number]), rows.keys[number]) for number in kept)


def ways_from(place: shapely.Point, lines: Any) -> Ways:
    """The ways from a place along lines, of which there is one at least."""
    net = network(lines, np.ones(len(lines)), np.array([place], object))
    return Ways(net, net.ways(net.places)[0])


@dataclass
class Roads:
    """The roads that the caller may see around a place (EPSG:5899), read and joined to a network once for all layers of a request."""

    asked: Asked
    place: shapely.Point
    _known: float = -1.0
    _lines: Any = None
    _ways: Ways | None = None

    def lines(self, metres: float) -> Any:
        """The lines that come within `metres` of the place, or farther ones too where those are known already. Raises TooLarge."""
        if metres > self._known:
            rows = _read(self.asked, self.circle(metres), _MOST_ROADS)
            self._known, self._lines, self._ways = metres, shapely.get_parts(rows.shapes), None
        return self._lines

    def circle(self, metres: float) -> Any:
        """The ground within `metres`."""
        return self.place.buffer(metres * _SPARE)

    def ways(self, asked: Asked, reach: float) -> list[Way]:
        """The ways to the rows of a layer that are not longer than `reach`, shortest first. Raises TooLarge."""
        rows = _read(asked, self.circle(reach), _MOST_FEATURES)
        # The nearest road of a feature may lie outside of the circle: only then is it known that another one is not.
        lines = self.lines(reach + min(reach, FARTHEST_M))
        if not len(rows) or not len(lines):
            return []
        if self._ways is None:
            self._ways = ways_from(self.place, lines)
        return self._ways.to(rows, reach)


def read_roads(call: Call, parameters: Parameters, position: Position) -> Roads | None:
    """From `by`, `roads` and `roads-filter`; None where straight lines are asked for.

    Raises NotFound for roads that are not open to the caller, BadParameter also where the position is too far from every road.
    """
    by = parameters.text("by")
    if by is None or by == _BY[0]:
        _nothing_of_roads(parameters)
        return None
    if by not in _BY:
        sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"field": "by", "value": by[:40], "accepted": ", ".join(_BY)}, field="by")
    layer = _layer(call, parameters)
    if layer.geometry_kind != "line":
        raise BadParameter(_("roads must name a layer of lines; “%(name)s” is none.") % {"name": layer.name}, field="roads")
    asked = Asked(layer, layer.reach(call.scope), moment_of(parameters, layer), _filter(parameters, layer))
    roads = Roads(asked, _place(position))
    lines = roads.lines(FARTHEST_M)
    if not len(lines) or float(np.min(shapely.distance(lines, roads.place))) > FARTHEST_M:
        sentence = _("No road of “%(layer)s” lies within %(metres)d m of the position: ways along roads begin nearer to one.")
        raise BadParameter(sentence % {"layer": layer.title, "metres": FARTHEST_M}, field="lon")
    return roads


def _nothing_of_roads(parameters: Parameters) -> None:
    for name in ("roads", "roads-filter"):
        if name in parameters:
            raise BadParameter(_("%(field)s is for by=road.") % {"field": name}, field=name)


def _layer(call: Call, parameters: Parameters) -> FeatureLayer:
    try:
        return catalogue.features(parameters.text("roads") or _DEFAULT_ROADS, call.scope, "query")
    except NotFound as error:
        raise NotFound(error.detail, field="roads") from None


def _filter(parameters: Parameters, layer: FeatureLayer) -> Filter | None:
    try:
        return read_filter({"filter": parameters.text("roads-filter")}, layer)
    except BadParameter as error:
        raise BadParameter(f"roads-filter: {error.detail}", field="roads-filter") from None


def _place(position: Position) -> shapely.Point:
    point = position.point(PLANE)
    if point is None or stray(np.array([point.coords]), PLANE).any():
        raise BadParameter(_("The position lies outside of the plane of VN-2000; by=road needs one in Viet Nam."), field="lon")
    return shapely.Point(*point.coords)


def _read(asked: Asked, circle: Any, most: int) -> Rows:
    try:
        return read(asked, (), circle, most)
    except TooLarge:
        sentence = _("More than %(most)d features of “%(layer)s” would have to be looked at: give a smaller max_distance or a filter.")
        raise TooLarge(sentence % {"most": most, "layer": asked.layer.title}, field="max_distance") from None


def rows_by_road(asked: Asked, roads: Roads, k: int, limit: float | None, named: Crs, after: Way | None = None) -> list[tuple[Any, ...]]:
    """The k rows (key, geometry text, attributes, metres) with the shortest ways, within `limit` metres. Raises TooLarge."""
    chosen = _nearest(asked, roads, k, USUAL_M if limit is None else limit, after)
    found = asked.rows().filter(pk__in=[key for _metres, key in chosen]).values_list("pk", *columns(asked.layer, named))
    by_key = {row[0]: row for row in found}
    return [(*by_key[key], metres) for metres, key in chosen if key in by_key]


def _nearest(asked: Asked, roads: Roads, k: int, farthest: float, after: Way | None) -> list[Way]:
    everything = len(queryset(asked, roads.circle(farthest)).order_by().values_list("pk", flat=True)[: _MOST_FEATURES + 1])
    reach = min(farthest, _FIRST_M)
    while True:
        ways = roads.ways(asked, reach)
        left = [way for way in ways if after is None or way > after]
        if len(left) >= k or reach >= farthest or len(ways) == everything:
            return left[:k]
        reach = min(farthest, reach * 2)
