"""Rows as Arrow record batches: what GeoParquet and FlatGeobuf are written from."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa

from layers.attributes import Attribute, Kind
from layers.ogc.exports.reading import Reading, Row

GEOMETRY = "geometry"
_TYPES: dict[Kind, Any] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "date-time": pa.timestamp("us", tz="UTC"),
    "uuid": pa.string(),
    "array": pa.string(),
    "other": pa.string(),
}


def schema_of(reading: Reading, metadata: dict[str, str] | None = None, key: str = "id") -> Any:
    """Names and types of the columns; the key first, the geometry (WKB) last."""
    fields = [(key, pa.string() if _has_text_key(reading) else pa.int64())]
    fields += [(attribute.name, _TYPES[attribute.kind]) for attribute in reading.shown]
    return pa.schema([*fields, pa.field(GEOMETRY, pa.binary(), metadata=metadata)])


def batches(reading: Reading, schema: Any) -> Iterator[Any]:
    """The rows as record batches."""
    for rows in reading.batches():
        yield pa.record_batch(list(_columns(rows, reading.shown, schema)), schema=schema)


def _columns(rows: Sequence[Row], shown: Sequence[Attribute], schema: Any) -> Iterator[Any]:
    columns = list(zip(*rows, strict=True))
    keys = [str(value) for value in columns[0]] if schema.field(0).type == pa.string() else columns[0]
    yield pa.array(keys, schema.field(0).type)
    for place, _attribute in enumerate(shown, start=1):
        kind = schema.field(place).type
        yield pa.array([_plain(value, kind) for value in columns[place + 1]], kind)
    yield pa.array([None if value is None else bytes(value) for value in columns[1]], pa.binary())


def _plain(value: Any, kind: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if kind == pa.string() and value is not None and not isinstance(value, str):
        return str(value)
    if pa.types.is_timestamp(kind) and value is not None:
        return value.astimezone(UTC)
    return str(value) if isinstance(value, UUID) else value


def _has_text_key(reading: Reading) -> bool:
    column = reading.layer.model._meta.pk
    assert column is not None
    return "Integer" not in column.get_internal_type() and "AutoField" not in column.get_internal_type()
