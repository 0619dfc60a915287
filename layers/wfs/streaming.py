"""Answers of more features than a page has: written while they are read, with few of them in memory.

A request that names a COUNT above the service's own page size wants everything in one answer. One cursor reads it, so it shows
one state of the data, and a client that goes away ends the statement (layers/ogc/exports).
"""

from collections.abc import Iterator
from functools import partial

import orjson
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from layers.attributes import json_default
from layers.ogc.crs import LONLAT
from layers.ogc.exports.reading import Reading
from layers.ogc.exports.streaming import streamed
from layers.wfs import gml, tables
from layers.wfs.envelope import CLOSING, Collection, Part, neighbours, opening
from layers.wfs.query import Query
from layers.wfs.requests import COUNT_DEFAULT, GetFeature

MAX_COUNT = 5_000_000


def is_large(asked: GetFeature) -> bool:
    """Whether the request names more features than a page has, of one type."""
    wanted = asked.count is not None and asked.count > COUNT_DEFAULT
    return wanted and len(asked.queries) == 1 and asked.result_type == "results" and asked.value is None and not asked.by_id


def large(request: HttpRequest, asked: GetFeature, query: Query, root: str, kind: str, *, as_json: bool) -> HttpResponseBase:
    """The features as GML, or as GeoJSON. Raises Unavailable when too many such answers are being written."""
    wrapper = "gml:featureMember" if asked.dialect.is_first else "wfs:member"
    columns = tables.json_columns(query) if as_json else [gml.member(query, asked.dialect, wrapper)]
    count = min(asked.count or 0, MAX_COUNT)
    statement = query.whole_statement(asked.start, count, columns)
    reading = Reading(query.layer, LONLAT, query.attributes, statement, query.counting_statement())
    write = _json if as_json else _gml
    return streamed(request, reading, partial(write, asked, query, root, count), kind)


def _head(asked: GetFeature, query: Query, count: int, reading: Reading) -> tuple[Collection, int, int | None]:
    """What stands before the features, how many follow, and where the next page begins."""
    matched = reading.count()
    returned = max(0, min(count, matched - asked.start))
    following = asked.start + returned if asked.start + returned < matched else None
    return Collection([Part(query, [], matched)], asked.start, count, timezone.now()), returned, following


def _gml(asked: GetFeature, query: Query, root: str, count: int, reading: Reading) -> Iterator[bytes]:
    read, returned, following = _head(asked, query, count, reading)
    yield opening(read, returned, asked.dialect, root, neighbours(read, asked, root, following)).encode()
    for rows in reading.batches():
        yield "".join([row[1] for row in rows]).encode()
    yield CLOSING.encode()


def _json(asked: GetFeature, query: Query, root: str, count: int, reading: Reading) -> Iterator[bytes]:
    read, returned, following = _head(asked, query, count, reading)
    members = tables.json_members(read, returned, neighbours(read, asked, root, following))
    yield orjson.dumps(members)[:-1] + b',"features":['
    before = b""
    for rows in reading.batches():
        yield before + b",".join([orjson.dumps(tables.feature(row, query), default=json_default) for row in rows])
        before = b","
    yield b"]}"
