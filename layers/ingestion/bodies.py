"""Rows out of what was sent: a JSON list, a GeoJSON collection, CSV, or an Excel workbook."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, UnsupportedMedia
from layers.feed import Sent
from layers.ingestion.workbook import UnreadableWorkbook, rows_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {".csv": "text/csv", ".xlsx": XLSX, ".geojson": "application/geo+json", ".json": "application/json"}


def rows_sent(content: bytes, kind: str) -> list[Sent]:
    """The rows of a body of the media type `kind`. Raises BadParameter or UnsupportedMedia."""
    kind = kind.partition(";")[0].strip().lower()
    if kind not in KINDS.values():
        raise UnsupportedMedia(_("Send one of: %(kinds)s.") % {"kinds": ", ".join(sorted(KINDS.values()))}, field="Content-Type")
    if kind == "text/csv":
        return list(_by_name(csv.reader(_text(content).splitlines())))
    return list(_by_name(iter(_sheet(content)))) if kind == XLSX else _json(content)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadParameter(_("The table is not in UTF-8."), field="body") from None


def _sheet(content: bytes) -> list[list[str]]:
    try:
        return rows_of(content)
    except UnreadableWorkbook:
        raise BadParameter(_("The workbook cannot be read: save the table as .xlsx again, or as CSV."), field="body") from None


def _by_name(lines: Iterator[list[str]]) -> Iterable[Sent]:
    names = [name.strip() for name in next(lines, [])]
    for line in lines:
        if any(cell.strip() for cell in line):
            yield Sent({name: cell.strip() for name, cell in zip(names, line, strict=False) if name})


def _json(content: bytes) -> list[Sent]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise BadParameter(_("The body cannot be read as JSON."), field="body") from None
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        return [_feature(one) for one in _rows(found.get("features"))]
    return [Sent(row) for row in _rows(found)]


def _rows(found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise BadParameter(_("A list of rows is expected, each an object, or a GeoJSON FeatureCollection."), field="body")
    return found


def _feature(feature: dict[str, Any]) -> Sent:
    values, geometry = feature.get("properties") or {}, feature.get("geometry")
    if not isinstance(values, dict) or not isinstance(geometry, dict):
        raise BadParameter(_("A feature needs properties and a geometry."), field="body")
    return Sent(values, geometry)
