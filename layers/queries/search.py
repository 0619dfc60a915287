"""`/query/search`: one box over all layers, Vietnamese with or without its marks, ranked; nothing that the caller does not reach."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import F, FloatField, Func, Q, QuerySet, TextField, Value
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.errors import BadParameter
from layers.catalogue import catalogue
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.layer import FeatureLayer
from layers.ogc.crs import LONLAT, Crs
from layers.ogc.links import link
from layers.ogc.media import JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.parameters import AS_OF, Parameters, parse_number
from layers.queries import mixed
from layers.queries.asking import Asked, of_layer
from layers.queries.at_point import read_crs, read_only
from layers.queries.folding import Fold, folded, searchable

NAMES = ("q", "layers", "limit", "after", "datetime", AS_OF, "crs", *FILTER_PARAMETERS)
MAX_LENGTH, MAX_WORDS = 120, 8
DEFAULT_LIMIT, MAX_LIMIT = 10, 50
Place = tuple[float, str, int]
# The unrounded score, by which pages go on; it leaves no answer.
_EXACT = "_exact"
# "7/123", "tờ 7 thửa 123", "to 7, so 123": the numbers of a sheet and a parcel, in this order.
_NUMBERS = re.compile(r"(?:t[oờ]\s*(?:s[oố])?\s*)?(\d{1,6})\s*(?:[/,;\-]|\s)\s*(?:th[uử]a\s*)?(?:s[oố])?\s*(\d{1,6})", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """What was typed, in NFC; `numbers` where it reads like a sheet and a parcel."""

    text: str
    parts: tuple[str, ...]
    numbers: tuple[str, str] | None


@resource(*mixed.FORMATS)
def search(call: Call) -> Document:
    """{query, results: [{layer, title, id, label, detail, admin_unit, position, bbox, score}]}, best first."""
    parameters = call.parameters(*NAMES)
    words = read_words(parameters)
    limit = parameters.integer("limit", low=1, high=MAX_LIMIT, clamp=True) or DEFAULT_LIMIT
    layers = _layers(call, parameters)
    read_only(call, parameters, layers)
    asked = [of_layer(call, parameters, layer) for layer in layers]
    named, after = read_crs(parameters), _after(parameters)

    def hits() -> list[dict[str, Any]]:
        found = [hit for one in asked for hit in _hits(one, words, limit + 1, after)]
        return sorted(found, key=lambda hit: (-hit[_EXACT], hit["layer"], hit["id"]))

    def find(in_crs: Crs) -> list[mixed.Found]:
        found = hits()[:limit]
        return [mixed.Found(one.layer.name, str(one.layer.title), _features(found, one.layer, in_crs), "label") for one in asked]

    def build() -> Content:
        found = hits()
        answer: Content = {"query": words.text, "results": [_placed(hit, named) for hit in found[:limit]]}
        if len(found) > limit:
            last = found[limit - 1]
            place = f"{last[_EXACT]!r},{last['layer']},{last['id']}"
            answer["links"] = [link("next", call.links.here(after=place), JSON.type, _("Next page"))]
        return answer

    return mixed.document(call, named, find, build, [one.state() for one in asked])


def _after(parameters: Parameters) -> Place | None:
    """The hit after which a page begins: score, layer, key, as the link `next` gives them. Raises BadParameter."""
    text = parameters.text("after")
    if text is None:
        return None
    score, _comma, rest = text.partition(",")
    layer, _comma, key = rest.partition(",")
    try:
        return parse_number(score, "after"), layer, int(key)
    except (BadParameter, ValueError):
        raise BadParameter(_("after is no place in this list; follow the link next."), field="after") from None


def _placed(hit: dict[str, Any], named: Crs) -> dict[str, Any]:
    """A hit as the answer shows it, its position and box in the asked CRS."""
    shown = {name: value for name, value in hit.items() if name != _EXACT}
    if hit["position"] is not None and named != LONLAT:
        shown["position"] = _moved(named, *hit["position"])
        west, south, east, north = hit["bbox"]
        corners = [_moved(named, x, y) for x in (west, east) for y in (south, north)]
        shown["bbox"] = [min(x for x, _y in corners), min(y for _x, y in corners), max(x for x, _y in corners), max(y for _x, y in corners)]
    return shown


def _moved(named: Crs, lon: float, lat: float) -> list[float]:
    x, y = (lon, lat) if named.srid == crs.WGS84 else crs.transform(crs.WGS84, named.srid, lon, lat)
    decimals = 7 if named.is_geographic else 3
    return [round(y, decimals), round(x, decimals)] if named.latitude_first else [round(x, decimals), round(y, decimals)]


def _features(found: Sequence[dict[str, Any]], layer: FeatureLayer, named: Crs) -> list[dict[str, Any]]:
    """The hits of one layer as points."""
    features = []
    for hit in found:
        if hit["layer"] == layer.name:
            position = _placed(hit, named)["position"]
            geometry = None if position is None else {"type": "Point", "coordinates": position}
            properties = {name: hit[name] for name in ("label", "detail", "admin_unit")}
            features.append({"type": "Feature", "id": hit["id"], "geometry": geometry, "properties": properties, "score": hit["score"]})
    return features


def read_words(parameters: Parameters) -> Words:
    """From `q`. Raises BadParameter."""
    text = " ".join(unicodedata.normalize("NFC", parameters.text("q") or "").split())
    if len(text) < 2 or len(text) > MAX_LENGTH:
        sentence = _("q needs what is looked for, 2 to %(limit)d characters.")
        raise BadParameter(sentence % {"limit": MAX_LENGTH}, field="q")
    found = _NUMBERS.fullmatch(text)
    return Words(text, tuple(text.split(" ")[:MAX_WORDS]), (found[1], found[2]) if found else None)


def _layers(call: Call, parameters: Parameters) -> list[FeatureLayer]:
    names = parameters.names("layers")
    visible = catalogue.visible_to(call.scope, "search")
    found = visible if names is None else [catalogue.get(name, call.scope, "search") for name in names]
    return [layer for layer in found if isinstance(layer, FeatureLayer) and (searchable(layer) or layer.search_numbers)]


def _hits(asked: Asked, words: Words, limit: int, after: Place | None) -> list[dict[str, Any]]:
    layer = asked.layer
    rows = _by_numbers(asked, words) if layer.search_numbers and words.numbers else None
    if rows is None:
        if not searchable(layer):
            return []
        rows = _by_words(asked, words)
    return [_described(layer, row) for row in _read(layer, rows if after is None else _beyond(rows, layer, after), limit)]


def _beyond(rows: QuerySet[Any], layer: FeatureLayer, after: Place) -> QuerySet[Any]:
    """The rows that come after a hit: by score downwards, then by layer, then by key."""
    score, name, key = after
    beyond = Q(_score__lt=score)
    if layer.name > name:
        beyond |= Q(_score=score)
    elif layer.name == name:
        beyond |= Q(_score=score, pk__gt=key)
    return rows.filter(beyond)


def _by_numbers(asked: Asked, words: Words) -> QuerySet[Any]:
    assert words.numbers is not None
    numbers = dict(zip(asked.layer.search_numbers, words.numbers, strict=True))
    found: QuerySet[Any] = asked.rows().filter(**numbers).annotate(_score=Value(1.0, output_field=FloatField()))
    return found


def _by_words(asked: Asked, words: Words) -> QuerySet[Any]:
    """Every word occurs; the nearer the text is to what was typed, the better, and a beginning counts more."""
    rows = asked.rows().annotate(_text=folded(asked.layer))
    typed = Fold(Value(words.text, output_field=TextField()))
    for word in words.parts:
        rows = rows.filter(Q(_text__contains=Fold(Value(word, output_field=TextField()))))
    near = Func(typed, F("_text"), function="word_similarity", output_field=FloatField())
    whole = Func(typed, F("_text"), function="similarity", output_field=FloatField())
    scored: QuerySet[Any] = rows.annotate(_score=near * Value(0.6) + whole * Value(0.4))
    return scored


def _read(layer: FeatureLayer, rows: QuerySet[Any], limit: int) -> Sequence[tuple[Any, ...]]:
    lonlat = Func(F(layer.tile_geometry), Value(crs.WGS84), function="ST_Transform", output_field=GeometryField(srid=crs.WGS84))
    on_it = Func(lonlat, function="ST_PointOnSurface", output_field=GeometryField(srid=crs.WGS84))
    place = [Func(on_it, function=axis, output_field=FloatField()) for axis in ("ST_X", "ST_Y")]
    box = [Func(lonlat, function=edge, output_field=FloatField()) for edge in ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")]
    label = F(layer.label_field) if layer.label_field else F(searchable(layer)[0])
    detail = F(searchable(layer)[0]) if searchable(layer) else Value("", output_field=TextField())
    unit = F("admin_unit__name") if hasattr(layer.model, "admin_unit") else Value("", output_field=TextField())
    return list(rows.order_by("-_score", "pk").values_list("pk", "_score", label, detail, unit, *place, *box)[:limit])


def _described(layer: FeatureLayer, row: Sequence[Any]) -> dict[str, Any]:
    pk, score, label, detail, unit, lon, lat, *box = row
    return {
        "layer": layer.name,
        "title": str(layer.title),
        "id": pk,
        "label": str(label or detail or pk),
        "detail": str(detail or "") if detail != label else "",
        "admin_unit": unit or "",
        "position": None if lon is None else [round(lon, 7), round(lat, 7)],
        "bbox": None if lon is None else [round(edge, 7) for edge in box],
        "score": round(score, 4),
        _EXACT: score,
    }
