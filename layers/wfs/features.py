"""GetFeature and GetPropertyValue: pages of queries, and the form in which they are answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Scope
from layers.attributes import Attribute
from layers.freshness import one_state
from layers.wfs import gml, tables
from layers.wfs.dialect import WfsError
from layers.wfs.envelope import Collection, Part, collection, feature_alone, links, values
from layers.wfs.fes import property_name
from layers.wfs.query import CHEAP_COUNT, Query, understand
from layers.wfs.requests import COUNT_DEFAULT, GetFeature
from layers.wfs.streaming import is_large, large
from layers.wfs.types import unknown_property

GEOJSON_FORMATS = ("application/json", "application/geo+json", "geojson", "json")
CSV_FORMATS = ("text/csv", "csv")


def formats(asked: GetFeature) -> tuple[str, ...]:
    """The output formats of a version, the default first."""
    return (*asked.dialect.gml_formats, *GEOJSON_FORMATS, *CSV_FORMATS)


_JSON = "application/json; subtype=geojson; charset=utf-8"
# How a valueReference names the id of a feature.
ID_REFERENCES = ("@gml:id", "@id")


class FeatureNotFound(WfsError):
    """No feature has the id that GetFeatureById was asked for (09-025r2, 7.9.3.6: 404)."""

    status = HTTPStatus.NOT_FOUND


def get_feature(request: HttpRequest, asked: GetFeature, scope: Scope, root: str, *, current: bool) -> HttpResponseBase:
    """The answer. `root` is the service's address; `current` says that memory holds what was asked for (min_seq).

    Raises WfsError, BadParameter.
    """
    writer = _writer(asked)
    try:
        queries = [understand(query, scope, asked.dialect, asked.when) for query in asked.queries]
    except WfsError as error:
        if asked.by_id and error.field == "resourceId":  # a type that there is not has no features either
            raise _not_there(asked) from error
        raise
    if is_large(asked) and writer in (_gml, _geojson) and request.method != "HEAD":
        kind = _JSON if writer is _geojson else _xml_type(asked)
        return large(request, asked, queries[0], root, kind, as_json=writer is _geojson)
    if current:
        queries = [query.sized() for query in queries]
        queries[0].placed(asked.start)
    with one_state():
        return writer(asked, queries, root)


Writer = Callable[[GetFeature, Sequence[Query], str], HttpResponse]


def _writer(asked: GetFeature) -> Writer:
    wanted = asked.output_format.replace("+", " ").replace(" ", "").lower()
    if asked.value is not None:
        return _values
    if any(wanted == known.replace("+", " ").replace(" ", "").lower() for known in asked.dialect.gml_formats) or not wanted:
        return _single if asked.by_id else _gml
    kind = wanted.partition(";")[0]
    if kind in {known.replace("+", "") for known in GEOJSON_FORMATS}:
        return _geojson
    if kind in CSV_FORMATS:
        return _csv
    sentence = _("outputFormat “%(value)s” is not written here; accepted are: %(accepted)s.")
    values = {"value": asked.output_format[:80], "accepted": ", ".join(formats(asked))}
    raise WfsError("InvalidParameterValue", sentence % values, "outputFormat")


@dataclass
class _Window:
    """What is left of startIndex and count while the queries are answered one after the other."""

    start: int
    count: int


def _read(asked: GetFeature, queries: Sequence[Query], columns: Callable[[Query], Sequence[Any]]) -> Collection:
    """The page over all queries. Only what is wanted of each is read."""
    count = COUNT_DEFAULT if asked.count is None else min(asked.count, COUNT_DEFAULT)
    if asked.result_type == "hits":
        return Collection([Part(query, [], query.count()) for query in queries], asked.start, count, timezone.now(), hits=True)
    window = _Window(asked.start, count)
    parts: list[Part] = []
    for query in queries:
        if window.count <= 0:
            parts.append(Part(query, [], _matched(query)))
            continue
        before = window.start
        rows = query.page(before, window.count, columns(query), asked.cursor if len(queries) == 1 else None)
        is_last = len(rows) < window.count
        matched = before + len(rows) if is_last and (rows or not before) else _matched(query)
        # Behind the last row of a type the next type goes on.
        window.start = max(0, before - query.count()) if before and not rows else 0
        window.count -= len(rows)
        parts.append(Part(query, rows, matched))
    return Collection(parts, asked.start, count, timezone.now())


def _matched(query: Query) -> int | None:
    """How many there are, where that is cheap to know."""
    if query.total is not None:
        return query.total
    found = query.counted_up_to(CHEAP_COUNT + 1)
    return found if found <= CHEAP_COUNT else None


def _gml(asked: GetFeature, queries: Sequence[Query], root: str) -> HttpResponse:
    wrapper = "gml:featureMember" if asked.dialect.is_first else "wfs:member"
    read = _read(asked, queries, lambda query: [gml.member(query, asked.dialect, wrapper)])
    content = collection(read, asked.dialect, root, links(read, asked, root))
    return HttpResponse(content, content_type=_xml_type(asked))


def _single(asked: GetFeature, queries: Sequence[Query], root: str) -> HttpResponse:
    """A feature by its id, without a collection around it. Raises WfsError where there is none."""
    rows = queries[0].page(0, 1, [gml.member(queries[0], asked.dialect, "")])
    if not rows:
        raise _not_there(asked)
    return HttpResponse(feature_alone(rows[0][1], queries[0].layer, asked.dialect, root), content_type=_xml_type(asked))


def _not_there(asked: GetFeature) -> WfsError:
    ids = asked.queries[0].ids or ("",)
    sentence = _("There is no feature “%(id)s” in this collection, or it is not open to you.")
    return FeatureNotFound("NotFound", sentence % {"id": ids[0][:40]}, "ID")


def _values(asked: GetFeature, queries: Sequence[Query], root: str) -> HttpResponse:
    if str(asked.value).strip() in ID_REFERENCES:
        ids = [replace(query, attributes=[], with_geometry=False) for query in queries]
        read = _read(asked, ids, lambda query: [gml.id_value(query)])
        return HttpResponse(values(read, asked.dialect, root, links(read, asked, root)), content_type=_xml_type(asked))
    chosen = [_value_of(query, str(asked.value)) for query in queries]
    wanted = [
        replace(query, attributes=[attribute] if attribute else [], with_geometry=attribute is None)
        for query, attribute in zip(queries, chosen, strict=True)
    ]
    read = _read(asked, wanted, lambda query: [gml.property_value(query, next(iter(query.attributes), None))])
    return HttpResponse(values(read, asked.dialect, root, links(read, asked, root)), content_type=_xml_type(asked))


def _value_of(query: Query, name: str) -> Attribute | None:
    wanted = property_name(name)
    if wanted == query.layer.geometry:
        return None
    for attribute in query.attributes:
        if attribute.name == wanted:
            return attribute
    raise unknown_property(query.layer, wanted, "valueReference")


def _geojson(asked: GetFeature, queries: Sequence[Query], root: str) -> HttpResponse:
    read = _read(asked, queries, tables.json_columns)
    if asked.by_id:
        if not read.returned:
            raise _not_there(asked)
        return HttpResponse(tables.json_feature(read), content_type="application/geo+json")
    content = tables.json_collection(read, links(read, asked, root))
    return HttpResponse(content, content_type=_JSON)


def _csv(asked: GetFeature, queries: Sequence[Query], root: str) -> HttpResponse:
    if len(queries) > 1:
        raise WfsError("OptionNotSupported", _("CSV holds one type; ask for each by itself."), "typeNames")
    read = _read(asked, queries, tables.csv_columns)
    name = f"{queries[0].layer.name}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(tables.csv_table(read), content_type="text/csv; charset=utf-8", headers=headers)


def _xml_type(asked: GetFeature) -> str:
    """The format that was asked for, if it was, as clients compare it."""
    wanted = asked.output_format.replace(" ", "")
    named = (known for known in asked.dialect.gml_formats if "/" in known and known.replace(" ", "") == wanted)
    known = next(named, asked.dialect.gml_formats[0])
    return f"{known}; charset=utf-8" if "charset" not in known else known
