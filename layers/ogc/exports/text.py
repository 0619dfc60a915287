"""Files that are text: CSV, and GeoJSON features one a line."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import orjson
import shapely

from layers.attributes import json_default
from layers.ogc.exports.reading import Reading
from layers.ogc.feature import feature_maker

# Spreadsheets run cells that begin like this as formulas; an apostrophe says that they are text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DECIMALS = 9
BOM = b"\xef\xbb\xbf"  # without it Excel takes Vietnamese letters for another encoding


def write_csv(reading: Reading) -> Iterator[bytes]:
    """RFC 4180 in UTF-8: id, attributes, the geometry as WKT in a column `WKT`, which GDAL and QGIS know."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["id", *(attribute.name for attribute in reading.shown), "WKT"])
    yield BOM + buffer.getvalue().encode()
    for rows in reading.batches():
        buffer = io.StringIO(newline="")
        texts = shapely.to_wkt(shapely.from_wkb([row[1] for row in rows]), rounding_precision=_DECIMALS)
        csv.writer(buffer).writerows([row[0], *map(cell, row[2:]), text or ""] for row, text in zip(rows, texts.tolist(), strict=True))
        yield buffer.getvalue().encode()


def cell(value: Any) -> Any:
    """A value as a cell of CSV: no formula of a spreadsheet, ISO 8601."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | datetime) else value


def write_sequence(reading: Reading) -> Iterator[bytes]:
    """GeoJSON text sequences (RFC 8142): each feature between a record separator and a line feed."""
    make = feature_maker(reading.layer, reading.shown)
    empty = True
    for rows in reading.batches():
        empty = False
        yield b"".join(b"\x1e" + orjson.dumps(make(row), default=json_default) + b"\n" for row in rows)
    if empty:
        yield b"\n"
