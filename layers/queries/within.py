"""`/query/within`: the features of a layer in an area, with the exact share of each that lies inside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Case, Expression, F, FloatField, Func, QuerySet, Value, When
from django.db.models.functions import NullIf
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs, parse
from layers.ogc.exports import EXPORTS, disposition
from layers.ogc.feature import Feature, columns, feature_maker
from layers.ogc.links import link
from layers.ogc.media import GEOJSON, MVT
from layers.ogc.resource import Call, Content, Document, resource
from layers.ogc.selection import layer_key
from layers.parameters import Parameters
from layers.queries import asking, zone
from layers.queries.asking import Asked, read_asked
from layers.queries.files import SHARES, as_file, as_tile
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


@dataclass(frozen=True)
class Question:
    """Which features of a layer in which area, and what of each."""

    asked: Asked
    area: Zone
    relation: str
    shares: bool
    named: Crs
    after: object
    limit: int | None
    count: bool

    def rows(self) -> QuerySet[Any]:
        """Of all pages."""
        return inside(self.asked, self.area, self.relation)

    def page(self, call: Call) -> Content:
        """One page as GeoJSON."""
        limit = self.limit or DEFAULT_LIMIT
        rows = self.rows()
        part = _part(rows, self.asked.layer, self.named, self.area if self.shares else None, self.after, limit)
        content: Content = {
            "type": "FeatureCollection",
            "features": [_feature(self.asked.layer, row, shares=self.shares) for row in part[:limit]],
            "numberReturned": min(len(part), limit),
            "links": [],
        }
        if self.count:
            content["numberMatched"] = rows.count()
        if len(part) > limit:
            content["links"].append(link("next", call.links.here(after=str(part[limit - 1][0])), GEOJSON.type, _("Next page")))
        return content

    def file(self, call: Call) -> HttpResponseBase:
        """All rows as a file, or a tile around the area."""
        layer, rows = self.asked.layer, _from(self.rows(), self.after)
        if call.media is MVT:
            return as_tile(layer, rows, self.area.box, self.limit or MAX_LIMIT)
        if self.shares:
            size, share = share_columns(layer, self.area.on(PLANE))
            rows = rows.annotate(_inside=size, _share=share)
        return as_file(call, layer, self.named, rows, SHARES if self.shares else (), self.limit)


@resource(GEOJSON, *EXPORTS, MVT)
def within(call: Call) -> Document:
    """The features that meet the area (`relation=within`: that lie inside), by key: a GeoJSON FeatureCollection.

    `shares=true` adds to each surface or line `inside` (m² or m on the VN-2000 plane) and `share` (0..1) of it. In formats of files
    all rows come, streamed, unless `limit` is given; `f=mvt` is one tile around the area.
    """
    question = read_question(call, call.parameters(*NAMES))
    headers = {"Content-Crs": f"<{question.named.uri}>"}
    states = [question.asked.state([question.area.box]), *question.area.states]
    if call.media is GEOJSON:
        return Document(lambda: question.page(call), "", states, headers=headers)
    if call.media in EXPORTS:
        headers |= disposition(question.asked.layer, call.media)
    return Document(dict, "", states, headers=headers, raw=lambda: question.file(call), is_weak=True)


def read_question(call: Call, parameters: Parameters) -> Question:
    """From the query. Raises BadParameter, NotFound."""
    asked, area = read_asked(call, parameters), read_zone(call, parameters)
    shares = parameters.flag("shares")
    if shares and (asked.layer.geometry_kind == "point" or not area.is_area):
        raise BadParameter(_("shares=true needs surfaces or lines in an area: points have no size."), field="shares")
    limit = parameters.integer("limit", low=1, high=MAX_LIMIT, clamp=True)
    after, named = read_after(parameters, asked.layer), parse(parameters.text("crs"), asked.layer, "crs")
    return Question(asked, area, _relation(parameters), shares, named, after, limit, parameters.flag("count"))


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
    wanted: list[Any] = ["pk", *columns(layer, named)]
    if shares is not None:
        wanted += share_columns(layer, shares.on(PLANE))
    return list(_from(rows, after).values_list(*wanted)[: limit + 1])


def _from(rows: QuerySet[Any], after: object) -> QuerySet[Any]:
    """By key, those after a key."""
    return (rows if after is None else rows.filter(pk__gt=after)).order_by("pk")


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


def read_after(parameters: Parameters, layer: FeatureLayer) -> object:
    """The key after which a page begins. Raises BadParameter."""
    text = parameters.text("after")
    if text is None:
        return None
    try:
        return layer_key(layer, text)
    except (ValueError, ValidationError):
        raise BadParameter(_("after is not a key of this layer; follow the link next."), field="after") from None
