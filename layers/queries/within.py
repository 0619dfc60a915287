"""`/query/within`: the features of a layer in an area, with the exact share of each that lies inside."""

from collections.abc import Sequence
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Case, Expression, F, FloatField, Func, QuerySet, Value, When
from django.db.models.functions import NullIf
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs, parse
from layers.ogc.feature import Feature, columns, feature_maker
from layers.ogc.links import link
from layers.ogc.media import GEOJSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.selection import layer_key
from layers.parameters import Parameters
from layers.queries import asking, zone
from layers.queries.asking import Asked, read_asked
from layers.queries.position import square
from layers.queries.zone import PLANE, Zone, read_zone

NAMES = (*asking.NAMES, *zone.NAMES, "relation", "shares", "limit", "after", "count", "crs")
DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000
RELATIONS = {"intersects": "intersects", "within": "within"}


class OnThePlane(Func):
    """A geometry in VN-2000 / TM-3 107°45' (EPSG:5899), where areas and lengths are measured."""

    function = "ST_Transform"
    output_field = GeometryField(srid=PLANE)


class Measure(Func):
    """Square metres of surfaces, metres of lines."""

    output_field = FloatField()

    def __init__(self, shape: Expression, *, is_line: bool) -> None:
        super().__init__(shape, function="ST_Length" if is_line else "ST_Area")


@resource(GEOJSON)
def within(call: Call) -> Document:
    """The features that meet the area (`relation=within`: that lie inside), by key: a GeoJSON FeatureCollection.

    `shares=true` adds to each surface or line `inside` (m² or m on the VN-2000 plane) and `share` (0..1) of it.
    """
    parameters = call.parameters(*NAMES)
    asked, area = read_asked(call, parameters), read_zone(call, parameters)
    shares = parameters.flag("shares")
    if shares and (asked.layer.geometry_kind == "point" or not area.is_area):
        raise BadParameter(_("shares=true needs surfaces or lines in an area: points have no size."), field="shares")
    limit = parameters.integer("limit", low=1, high=MAX_LIMIT, clamp=True) or DEFAULT_LIMIT
    after, named = _after(parameters, asked.layer), parse(parameters.text("crs"), asked.layer, "crs")
    relation = _relation(parameters)

    def build() -> Content:
        rows = inside(asked, area, relation)
        part = _part(rows, asked.layer, named, area if shares else None, after, limit)
        content: Content = {
            "type": "FeatureCollection",
            "features": [_feature(asked.layer, row, shares=shares) for row in part[:limit]],
            "numberReturned": min(len(part), limit),
            "links": [],
        }
        if parameters.flag("count"):
            content["numberMatched"] = rows.count()
        if len(part) > limit:
            content["links"].append(link("next", call.links.here(after=str(part[limit - 1][0])), GEOJSON.type, _("Next page")))
        return content

    return Document(build, "", [asked.state([area.box]), *area.states], headers={"Content-Crs": f"<{named.uri}>"})


def inside(asked: Asked, area: Zone, relation: str = "intersects") -> QuerySet[Any]:
    """The rows that meet the area: found by the map's index, decided on the true geometry."""
    found = asked.rows().filter(**{f"{asked.layer.tile_geometry}__bboverlaps": square(area.box)})
    return found.filter(**{f"{asked.layer.geometry}__{RELATIONS[relation]}": area.on(asked.layer.srid)})


def share_columns(layer: FeatureLayer, area: GEOSGeometry) -> tuple[Expression, Expression]:
    """Inside (m² or m) and share (0..1) of each row. What lies inside as a whole is not cut."""
    shape: Expression = F(layer.geometry)  # type: ignore[assignment]
    on_plane = shape if layer.srid == PLANE else OnThePlane(shape, Value(PLANE))
    is_line = layer.geometry_kind == "line"
    whole = Measure(on_plane, is_line=is_line)
    place = Value(area, output_field=GeometryField(srid=PLANE))
    cut = Func(on_plane, place, function="ST_Intersection", output_field=GeometryField(srid=PLANE))
    covered = Func(on_plane, place, function="ST_CoveredBy", output_field=BooleanField())
    part = Case(When(covered, then=whole), default=Measure(cut, is_line=is_line), output_field=FloatField())
    return part, part / NullIf(whole, Value(0.0))


def _part(
    rows: QuerySet[Any], layer: FeatureLayer, named: Crs, shares: Zone | None, after: object, limit: int
) -> Sequence[tuple[Any, ...]]:
    if after is not None:
        rows = rows.filter(pk__gt=after)
    wanted: list[Any] = ["pk", *columns(layer, named)]
    if shares is not None:
        wanted += share_columns(layer, shares.on(PLANE))
    return list(rows.order_by("pk").values_list(*wanted)[: limit + 1])


def _feature(layer: FeatureLayer, row: Sequence[Any], *, shares: bool) -> Feature:
    if not shares:
        return feature_maker(layer)(row)
    size, share = row[-2:]
    return {**feature_maker(layer)(row[:-2]), "inside": round(size, 3), "share": None if share is None else round(min(share, 1.0), 6)}


def _relation(parameters: Parameters) -> str:
    relation = parameters.text("relation") or "intersects"
    if relation not in RELATIONS:
        accepted = ", ".join(RELATIONS)
        sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"field": "relation", "value": relation[:40], "accepted": accepted}, field="relation")
    return relation


def _after(parameters: Parameters, layer: FeatureLayer) -> object:
    text = parameters.text("after")
    if text is None:
        return None
    try:
        return layer_key(layer, text)
    except (ValueError, ValidationError):
        raise BadParameter(_("after is not a key of this layer; follow the link next."), field="after") from None
