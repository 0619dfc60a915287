"""Inside the child: batches as GDAL or Arrow gives them, made into rows whose geometry and text can be trusted.

Out go the row number (from 1), WKB of a 2D geometry, a fault where the row cannot be used, and the attributes in the few
types that a table has. A geometry is walked through (gis_core.geometry) before GEOS sees it.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis_core.geometry import FILE, GeometryFault, measure_wkb, misplaced, stray
from gis_core.importing.faults import FileFault
from gis_core.importing.legacy import to_unicode
from gis_core.importing.messages import ColumnType, Field, Remarks, Script

ROW, GEOMETRY, FAULT = "row", "geometry", "fault"
_LEGACY_SAMPLE = 200
MAX_ROWS, MAX_VERTICES = 10_000_000, 100_000_000
_VERTEX_BYTES = 16
_ARROW: dict[ColumnType, Any] = {
    "boolean": pa.bool_(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "text": pa.string(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us", "UTC"),
}


def column_type(found: Any) -> ColumnType | None:
    """The type of column for an Arrow type; None for bytes and what else no table shows. Nested values become JSON text."""
    if pa.types.is_dictionary(found):
        return column_type(found.value_type)
    if isinstance(found, pa.BaseExtensionType):
        return column_type(found.storage_type)  # GDAL marks text as arrow.json where values are of several types
    tests: tuple[tuple[Any, ColumnType], ...] = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_date, "date"),
        (pa.types.is_time, "time"),
        (pa.types.is_timestamp, "timestamp"),
        (_is_small, "integer"),
        (pa.types.is_integer, "bigint"),
        (pa.types.is_floating, "double"),
        (pa.types.is_decimal, "double"),
        (_is_text, "text"),
        (pa.types.is_nested, "text"),
        (pa.types.is_null, "text"),
    )
    return next((name for test, name in tests if test(found)), None)


def schema_of(fields: Sequence[Field]) -> Any:
    """The schema of the outgoing stream: c0, c1, … for the attributes."""
    columns = [(f"c{index}", _ARROW[field.type]) for index, field in enumerate(fields)]
    return pa.schema([(ROW, pa.int64()), (GEOMETRY, pa.binary()), (FAULT, pa.string()), *columns])


class Shaper:
    """Turns incoming batches into outgoing ones and remembers what a person should be told."""

    def __init__(self, fields: Sequence[Field], geometry: str, srid: int, zone: str, script: Script = "utf8") -> None:
        self.fields, self.geometry, self.srid, self.zone, self.script = fields, geometry, srid, zone, script
        self.schema = schema_of(fields)
        self.remarks = Remarks(script=script)
        self._vertices = 0
        self.texts: list[str] = []
        self._row = 1

    def shape(self, batch: Any) -> Any:
        """One batch. Raises FileFault for text that is not UTF-8."""
        rows = np.arange(self._row, self._row + batch.num_rows)
        shapes, faults = guarded(batch.column(self.geometry).to_pylist(), self.srid, self.remarks)
        columns = [self._column(batch.column(field.name), field, faults) for field in self.fields]
        self._row += batch.num_rows
        self._bound(shapes)
        sentences = [None if fault is None else json.dumps({"code": fault.code, "params": fault.params}) for fault in faults]
        return pa.record_batch([pa.array(rows), pa.array(shapes, pa.binary()), pa.array(sentences, pa.string()), *columns], self.schema)

    def _bound(self, shapes: Sequence[bytes | None]) -> None:
        """Rows and vertices of the whole file. Raises FileFault."""
        if self._row - 1 > MAX_ROWS:
            raise FileFault("too-many-rows", limit=MAX_ROWS)
        self._vertices += sum(map(len, filter(None, shapes))) // _VERTEX_BYTES
        if self._vertices > MAX_VERTICES:
            raise FileFault("too-many-vertices", limit=MAX_VERTICES)

    def _column(self, values: Any, field: Field, faults: "list[_RowFault | None]") -> Any:
        values = getattr(values, "storage", values)
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        if pa.types.is_nested(values.type):
            texts = [None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in values.to_pylist()]
            return self._text(pa.array(texts, pa.string()), field, faults)
        if field.type == "text":
            return self._text(values, field, faults)
        if field.type == "timestamp":
            return self._moments(values)
        return pc.cast(values, _ARROW[field.type], safe=False)

    def _moments(self, values: Any) -> Any:
        """Times in UTC; those that state no offset are taken in the zone of the service."""
        if _is_text(values.type):
            parsed = [None if text is None else datetime.fromisoformat(text) for text in values.to_pylist()]
            zone = ZoneInfo(self.zone)
            aware = [moment if moment is None or moment.tzinfo else moment.replace(tzinfo=zone) for moment in parsed]
            return pa.array(aware, _ARROW["timestamp"])
        local = values if values.type.tz else pc.assume_timezone(values, self.zone, ambiguous="earliest", nonexistent="latest")
        return pc.cast(local, _ARROW["timestamp"], safe=False)

    def _text(self, values: Any, field: Field, faults: "list[_RowFault | None]") -> Any:
        values = values if values.type == pa.string() else pc.cast(_checked(values, field, self._row), pa.string())
        values = _checked(values, field, self._row)
        for index in np.flatnonzero(pc.fill_null(pc.match_substring(values, "\0"), False).to_numpy(zero_copy_only=False)):
            faults[index] = faults[index] or _RowFault("nul", {"field": field.name})
        if self.script != "utf8":
            letters = [None if text is None else to_unicode(text, self.script) for text in values.to_pylist()]
            values = pa.array(letters, pa.string())
        normal = pc.utf8_normalize(values, form="NFC")
        changed = pc.sum(pc.not_equal(normal, values)).as_py() or 0
        if changed and self.script == "utf8":
            self.remarks.normalised += changed
            self.remarks.fields[field.name] = self.remarks.fields.get(field.name, 0) + changed
        if len(self.texts) < _LEGACY_SAMPLE:
            self.texts += [text for text in normal.slice(0, _LEGACY_SAMPLE).to_pylist() if text]
        return normal


class _RowFault:
    """A code and its parameters, until the row's message is written."""

    def __init__(self, code: str, params: dict[str, Any]) -> None:
        self.code, self.params = code, params


def guarded(shapes: Sequence[bytes | None], srid: int, remarks: Remarks) -> tuple[list[bytes | None], list[_RowFault | None]]:
    """2D WKB of each shape, or a fault. Order: structure, then GEOS, then emptiness, finiteness, range."""
    faults: list[_RowFault | None] = [None if data else _RowFault("no-geometry", {}) for data in shapes]
    for index, data in enumerate(shapes):
        if data:
            try:
                measure_wkb(data, FILE)
            except GeometryFault as error:
                faults[index] = _RowFault(error.code, error.params)
    sound = np.array([data if fault is None else None for data, fault in zip(shapes, faults, strict=True)], dtype=object)
    geometries = shapely.from_wkb(sound, on_invalid="ignore")
    remarks.heights = remarks.heights or bool(shapely.has_z(geometries).any())
    _mark(faults, np.array([data is not None for data in sound]) & shapely.is_missing(geometries), "bad-ring")
    _mark(faults, ~shapely.is_missing(geometries) & shapely.is_empty(geometries), "empty")
    for index, found in _misplaced(geometries, srid):
        faults[index] = faults[index] or found
    flat = shapely.to_wkb(geometries, output_dimension=2, byte_order=1)
    return [None if fault else data for data, fault in zip(flat, faults, strict=True)], faults


def texts_of(batch: Any) -> list[str]:
    """Some texts of a batch, to see how they are written; text that is no UTF-8 is left out."""
    found: list[str] = []
    for column in batch.columns:
        if _is_text(column.type) and _is_valid(column):
            found += [text for text in column.slice(0, _LEGACY_SAMPLE).to_pylist() if text]
    return found


def _mark(faults: list[_RowFault | None], which: npt.NDArray[np.bool_], code: str) -> None:
    for index in np.flatnonzero(which):
        faults[index] = faults[index] or _RowFault(code, {})


def _misplaced(geometries: Any, srid: int) -> Iterator[tuple[int, _RowFault]]:
    """The first bad position of each geometry that has one."""
    positions, owners = shapely.get_coordinates(geometries, return_index=True)
    infinite = ~np.isfinite(positions).all(axis=1)
    for owner in np.unique(owners[infinite]):
        yield int(owner), _RowFault("not-finite", {})
    outside = ~infinite & stray(positions, srid)
    found, first = np.unique(owners[outside], return_index=True)
    for owner, (x, y) in zip(found, positions[outside][first], strict=True):
        fault = misplaced(float(x), float(y), srid)
        yield int(owner), _RowFault(fault.code, fault.params)


def _checked(values: Any, field: Field, first_row: int) -> Any:
    """Arrow trusts its producer that text is UTF-8; GDAL passes on what the file holds."""
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        at = next((index for index in range(len(values)) if not _is_valid(values.slice(index, 1))), 0)
        raise FileFault("not-utf8-row", row=first_row + at, field=field.name) from None
    return values


def _is_valid(value: Any) -> bool:
    try:
        value.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _is_small(found: Any) -> bool:
    return pa.types.is_integer(found) and found.bit_width <= 32 and not pa.types.is_uint32(found)


def _is_text(found: Any) -> bool:
    return any(test(found) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))
