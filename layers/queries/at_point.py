"""`/query/at-point`: which unit governs a position, and what stands there."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import Q, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.changes.clock import clock
from gis_core.crs import WGS84
from gis_core.errors import BadParameter
from gis_core.models import AdminUnit
from gis_core.serving.statement import Given, Statement
from layers.builtin import AdminUnits
from layers.catalogue import catalogue
from layers.coverages.telling import values_told
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.filters.selecting import Filter
from layers.freshness import layer_state
from layers.layer import CoverageLayer, FeatureLayer, Interval, Layer
from layers.ogc.crs import Crs, parse
from layers.ogc.feature import Feature, feature_maker
from layers.ogc.resource import Call, Content, Document, resource
from layers.parameters import AS_OF, Moment, Parameters
from layers.queries import mixed
from layers.queries.asking import of_layer, state_of
from layers.queries.position import Position
from layers.queries.sighting import nothing_near

NAMES = ("lon", "lat", "datetime", AS_OF, "layers", "tolerance", "crs", *FILTER_PARAMETERS)
DEFAULT_TOLERANCE, MAX_TOLERANCE = 15.0, 200.0
MAX_FEATURES = 20


@resource(*mixed.FORMATS)
def at_point(call: Call) -> Document:
    """The administrative unit over a position on a day, and each layer's features there: {position, datetime, admin_unit, results}."""
    parameters = call.parameters(*NAMES)
    position = read_position(parameters)
    past = parameters.as_of()
    when = parameters.instant() if past is None else past
    layers, rasters = asked_layers(call, parameters), asked_rasters(call, parameters)
    named, only = read_crs(parameters), read_only(call, parameters, layers)

    def find(in_crs: Crs) -> list[mixed.Found]:
        return [found(call, layer, position, when if past is None else state_of(layer, past), in_crs, only) for layer in layers]

    def build() -> Content:
        return {
            "position": [position.lon, position.lat],
            "datetime": when,
            "admin_unit": admin_unit(position, _day(when)),
            "results": [
                *({"layer": one.layer, "title": one.title, "features": one.features, **one.more} for one in find(named)),
                *(coverage_result(layer, position, when) for layer in rasters),
            ],
        }

    states = [layer_state(layer, layer.reach(call.scope), [position.box], dated=when is not None) for layer in layers]
    units = clock.stamp(AdminUnit._meta.db_table)
    states += [layer.state for layer in rasters]
    return mixed.document(call, named, find, build, [*states, str(units), str(_day(when))])


def read_position(parameters: Parameters) -> Position:
    """From lon, lat and tolerance. Raises BadParameter."""
    lon, lat = parameters.number("lon", low=-180.0, high=180.0), parameters.number("lat", low=-90.0, high=90.0)
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        raise BadParameter(_("%(field)s is missing: the position in degrees, WGS 84.") % {"field": missing}, field=missing)
    tolerance = parameters.number("tolerance", low=0.0, high=MAX_TOLERANCE)
    return Position(lon, lat, DEFAULT_TOLERANCE if tolerance is None else tolerance)


def asked_layers(call: Call, parameters: Parameters) -> list[FeatureLayer]:
    """The named layers, or all; coverages have no features. Raises NotFound alike for unknown and forbidden names."""
    return [layer for layer in _asked(call, parameters) if isinstance(layer, FeatureLayer)]


def asked_rasters(call: Call, parameters: Parameters) -> list[CoverageLayer]:
    """Those of the named layers, or of all, that are rasters. Raises NotFound alike for unknown and forbidden names."""
    return [layer for layer in _asked(call, parameters) if isinstance(layer, CoverageLayer)]


def _asked(call: Call, parameters: Parameters) -> list[Layer]:
    names = parameters.names("layers")
    if names is None:
        return catalogue.visible_to(call.scope, "query")
    return [catalogue.get(name, call.scope, "query") for name in names]


def coverage_result(layer: CoverageLayer, position: Position, when: Moment | None) -> dict[str, Any]:
    """A raster's part of the answer: no features, but `values` of its pixel there; none where it says nothing."""
    told = values_told(layer, layer.shown(when), position.lon, position.lat)
    known = [one for one in told if one["value"] is not None]
    return {"layer": layer.name, "title": str(layer.title), "features": [], "truncated": False, "values": known}


def read_crs(parameters: Parameters) -> Crs:
    """The CRS of an answer over several layers, CRS84 when absent: any that every layer is published in. Raises BadParameter."""
    return parse(parameters.text("crs"), any_layer(), "crs")


def any_layer() -> FeatureLayer:
    """A layer in degrees: what it is published in, every layer is."""
    return AdminUnits()


def read_only(call: Call, parameters: Parameters, layers: Sequence[FeatureLayer]) -> Filter | None:
    """A filter, which asks about the fields of one layer. Raises BadParameter."""
    if parameters.text("filter") is None:
        return None
    if len(layers) != 1:
        raise BadParameter(_("filter asks about the fields of one layer: name one in layers."), field="filter")
    return of_layer(call, parameters, layers[0]).filter


def found(
    call: Call, layer: FeatureLayer, position: Position, when: Moment | Interval | None, named: Crs, only: Filter | None
) -> mixed.Found:
    """One layer's part of the answer; `distance_m` stands beside the properties of points and lines."""
    reach = layer.reach(call.scope)
    is_bare = call.standing.vouches and nothing_near(layer, reach, position, when)
    rows = [] if is_bare else position.rows(layer, reach, when, MAX_FEATURES + 1, named, only)
    more = {"truncated": len(rows) > MAX_FEATURES}
    return mixed.Found(layer.name, str(layer.title), _features(layer, rows[:MAX_FEATURES]), layer.label_field, more)


def _features(layer: FeatureLayer, rows: Sequence[tuple[Any, ...]]) -> list[Feature]:
    make = feature_maker(layer)
    if layer.geometry_kind == "polygon":
        return [make(row[:-1]) for row in rows]
    return [{**make(row[:-1]), "distance_m": round(row[-1], 2)} for row in rows]


_TOLD = ("id", "code", "name", "kind", "level", "path", "valid_from", "valid_to")


def admin_unit(position: Position, day: date) -> dict[str, Any] | None:
    """The lowest unit over the position on `day`, with those above it (nearest first) as `parents`."""
    over, above = _units(day)
    found = over.run(point=position.point(WGS84))
    if not found:
        return None
    unit = dict(zip(_TOLD, found[0], strict=True))
    codes = unit["path"].split("/")
    paths = ["/".join(codes[:end]) + "/" for end in range(1, len(codes) - 1)]
    parents = above.run(top=paths[0] if paths else "", middle=paths[-1] if paths else "")
    return {**unit, "parents": [dict(zip(_TOLD, parent, strict=True)) for parent in parents]}


@lru_cache(maxsize=8)
def _units(day: date) -> tuple[Statement, Statement]:
    """The lowest unit of a day over `point`, through the subdivided twin; those with the path `top` or `middle`."""
    units, told = AdminUnit.objects.as_of(day).order_by("-path"), ("pk", *_TOLD[1:])
    over = units.filter(parts__geom__intersects=Given("point", GeometryField(srid=WGS84)))
    above = units.filter(Q(path=Given("top", TextField())) | Q(path=Given("middle", TextField())))
    return Statement.of(over.values_list(*told)[:1]), Statement.of(above.values_list(*told))


def _day(when: Moment | None) -> date:
    if when is None:
        return timezone.localdate()
    return timezone.localdate(when) if isinstance(when, datetime) else when
