"""Features as GeoJSON and as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db.models import Expression, Func, TextField, Value

from layers.attributes import json_default
from layers.ogc.crs import LONLAT, shape_in
from layers.wfs.envelope import Collection
from layers.wfs.query import Query
from layers.wfs.srs import Srs, urn


def json_columns(query: Query) -> list[str | Expression]:
    """The geometry as GeoJSON text, then the attributes."""
    return [_shape(query, "ST_AsGeoJSON"), *(attribute.lookup for attribute in query.attributes)]


def csv_columns(query: Query) -> list[str | Expression]:
    """The attributes, then the geometry as WKT."""
    shape = [_shape(query, "ST_AsText")] if query.with_geometry else []
    return [*(attribute.lookup for attribute in query.attributes), *shape]


def json_collection(read: Collection, pages: Mapping[str, str]) -> bytes:
    """A FeatureCollection. Without srsName it is in longitude and latitude (RFC 7946); with it, the member `crs` says in which CRS."""
    features = [feature(row, part.query) for part in read.parts for row in part.rows]
    return orjson.dumps({**json_members(read, read.returned, pages), "features": features}, default=json_default)


def json_members(read: Collection, returned: int, pages: Mapping[str, str]) -> dict[str, Any]:
    """The members of a FeatureCollection beside its features."""
    srs = _srs(read.parts[0].query)
    named = {"crs": {"type": "name", "properties": {"name": urn(srs.srid)}}} if srs.srid != LONLAT.srid else {}
    return {
        "type": "FeatureCollection",
        "timeStamp": read.at.isoformat(),
        "numberReturned": returned,
        "numberMatched": "unknown" if read.matched is None else read.matched,
        "links": [{"rel": name, "href": address, "type": "application/json"} for name, address in pages.items()],
        **named,
    }


def json_feature(read: Collection) -> bytes:
    """The only feature."""
    return orjson.dumps(feature(read.parts[0].rows[0], read.parts[0].query), default=json_default)


def csv_table(read: Collection) -> bytes:
    """RFC 4180 in UTF-8 with a mark, without which spreadsheets garble Vietnamese."""
    query = read.parts[0].query
    written = io.StringIO()
    writer = csv.writer(written)
    names = [attribute.name for attribute in query.attributes]
    writer.writerow(["id", *names, *([query.layer.geometry] if query.with_geometry else [])])
    for row in read.parts[0].rows:
        writer.writerow([f"{query.layer.name}.{row[0]}", *(_cell(value) for value in row[1:])])
    return written.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else value


def feature(row: Sequence[Any], query: Query) -> dict[str, Any]:
    """One feature."""
    names = [attribute.name for attribute in query.attributes]
    return {
        "type": "Feature",
        "id": f"{query.layer.name}.{row[0]}",
        "geometry": orjson.Fragment(row[1]) if row[1] is not None else None,
        "properties": dict(zip(names, row[2:], strict=True)),
    }


def _srs(query: Query) -> Srs:
    """Without srsName longitude and latitude; axes are never turned here, as programs expect of GeoJSON and WKT."""
    return query.srs if query.named_srs else Srs(LONLAT.srid, LONLAT.uri, east_first=True)


def _shape(query: Query, function: str) -> Expression:
    if not query.with_geometry:
        return Value(None, output_field=TextField())
    srs = _srs(query) if function == "ST_AsGeoJSON" else query.srs
    shape = shape_in(query.layer, srs.srid)
    arguments = [Value(srs.decimals(query.layer)), *([Value(0)] if function == "ST_AsGeoJSON" else [])]
    return Func(shape, *arguments, function=function, output_field=TextField())
