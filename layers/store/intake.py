"""A layer's rows from the COPY stream into columns, by compiled loops: no Python object a row, little memory beside the columns."""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from layers.store import spatial, wire, wkb
from layers.store.columns import Builder, Columns, Place, compact
from layers.store.distinct import Distinct
from layers.store.growing import Growing
from layers.store.packed import Packed
from layers.store.ragged import Ragged, Rows, picked, picked_parts, renumbered
from layers.store.shapes import Unsupported
from layers.store.times import NEVER, narrow_times
from layers.store.values import narrow

# How PostgreSQL sends a value of each kind (layers/store/schema.py).
_DECODE: dict[str, Callable[[bytes], Any]] = {
    "string": lambda raw: raw.decode(),
    "float": lambda raw: struct.unpack(">f", raw)[0],
    "double": lambda raw: struct.unpack(">d", raw)[0],
    "integer": lambda raw: int.from_bytes(raw, "big", signed=True),
    "boolean": lambda raw: raw == b"\x01",
}


class Shapes:
    """The growing columns of one geometry."""

    def __init__(self) -> None:
        self.xs, self.ys, self.parts = Growing(np.uint16), Growing(np.uint16), Growing(np.int32)
        self.features, self.roles, self.boxes = Growing(np.int32), Growing(np.uint8), Growing(np.int32, 4)
        for starts in (self.parts, self.features):
            starts.room(1)[0] = 0
            starts.size = 1

    @property
    def nbytes(self) -> int:
        """Memory of what is filled."""
        return sum(column.nbytes for column in (self.xs, self.ys, self.parts, self.features, self.roles, self.boxes))

    def take(self, data: wire.Bytes, starts: wire.Fields, lengths: wire.Fields, field: int) -> None:
        """Append one field of rows. Raises Unsupported."""
        sizes = np.maximum(lengths[:, field], 0)
        rows, size, most = len(starts), int(sizes.sum()), int(sizes.max(initial=0))
        vertices, parts = size // 16, size // 20 + rows  # a vertex has 16 bytes, a part 20 and more
        xs, ys, roles = self.xs.room(2 * vertices), self.ys.room(2 * vertices), self.roles.room(parts)
        ends, features, boxes = self.parts.room(parts), self.features.room(rows), self.boxes.room(rows)
        one_x, one_y = np.empty(most // 16 + 1, np.int32), np.empty(most // 16 + 1, np.int32)
        filled = (self.xs.size, self.roles.size, self.boxes.size)
        made = wkb.features(data, starts, lengths, field, one_x, one_y, xs, ys, ends, roles, features, boxes, *filled)
        if made[0] < 0:
            raise Unsupported("Curves and surfaces of curves are not kept.")
        self.xs.size = self.ys.size = made[0]
        self.roles.size, self.parts.size = made[1], made[1] + 1
        self.boxes.size += rows
        self.features.size += rows

    def sorted(self, order: Rows) -> Place:
        """The features in an order; each column is given up as soon as it is taken over."""
        parts, features, roles = self.parts.give(), self.features.give(), self.roles.give()
        starts, ends = renumbered(parts, features, order)
        xs = picked(self.xs.give(), parts, features, order, int(starts[-1]))
        ys = picked(self.ys.give(), parts, features, order, int(starts[-1]))
        slots = Ragged(xs, ys, starts, picked_parts(roles, features, order, int(ends[-1])), ends)
        return Place(Packed(slots), self.boxes.give()[order])


class Intake:
    """Takes chunks of rows of `builder.schema.sql` and makes columns of all of them, in spatial order."""

    def __init__(self, builder: Builder) -> None:
        schema = self._schema = builder.schema
        self._fields = len(builder.dictionaries)
        self._shaped = 5 + self._fields + len(schema.measures)  # the first field with a geometry
        self._width = self._shaped + len(schema.places)
        self._ids = Growing(np.int64)
        kinds = zip(schema.kinds, builder.dictionaries, strict=True)
        self._values = [Distinct(_DECODE[kind], dictionary.codes) for kind, dictionary in kinds]
        self._codes = [Growing(np.uint32) for _ in self._values]
        self._unit, self._units = Distinct(_DECODE["integer"], builder.units.codes), Growing(np.uint32)
        self._public, self._begins, self._ends = Growing(np.bool_), Growing(np.int64), Growing(np.int64)
        self._measures = [Growing(np.int64) for _ in schema.measures]
        self._places = [Shapes() for _ in schema.places]

    @property
    def nbytes(self) -> int:
        """Memory of the columns so far."""
        flat = (self._ids, *self._codes, self._units, self._public, self._begins, self._ends, *self._measures)
        return sum(column.nbytes for column in flat) + sum(place.nbytes for place in self._places)

    def take(self, chunk: bytes, most: int) -> None:
        """Append the rows of `chunk`, of which there are at most `most`. Raises Unsupported."""
        data = np.frombuffer(chunk, np.uint8)
        starts, lengths = np.empty((most, self._width), np.int32), np.empty((most, self._width), np.int32)
        rows = wire.split(data, self._width, starts, lengths)
        starts, lengths = starts[:rows], lengths[:rows]
        where = (data, starts, lengths)
        _numbers(self._ids, where, 0, 0)
        for field, (values, codes) in enumerate(zip(self._values, self._codes, strict=True), 1):
            _append(codes, values.codes(*where, field))
        self._take_special(where, 1 + self._fields)
        for place, shapes in enumerate(self._places):
            shapes.take(*where, self._shaped + place)

    def _take_special(self, where: tuple[wire.Bytes, wire.Fields, wire.Fields], at: int) -> None:
        schema = self._schema
        if schema.has_units:
            _append(self._units, self._unit.codes(*where, at))
        if schema.has_flag:
            _numbers(self._public, where, at + 1, 0)
        for column, name, field in ((self._begins, schema.times[0], at + 2), (self._ends, schema.times[1], at + 3)):
            if name is not None:
                _numbers(column, where, field, NEVER)
        for field, column in enumerate(self._measures, at + 4):
            _numbers(column, where, field, 0)

    def columns(self) -> Columns:
        """All rows along a Hilbert curve. What was taken is given up."""
        schema = self._schema
        order: Rows = np.argsort(spatial.hilbert(self._places[0].boxes.array[: self._ids.size]), kind="stable").astype(np.int64)
        return Columns(
            compact(self._ids.give())[order],
            tuple(narrow(column.give())[order] for column in self._codes),
            narrow(self._units.give())[order] if schema.has_units else None,
            self._public.give()[order] if schema.has_flag else None,
            narrow_times(self._begins.give())[order] if schema.times[0] is not None else None,
            narrow_times(self._ends.give())[order] if schema.times[1] is not None else None,
            places=tuple(place.sorted(order) for place in self._places),
            measures=tuple(compact(column.give())[order] for column in self._measures),
        )


def _numbers(column: Growing, where: tuple[wire.Bytes, wire.Fields, wire.Fields], field: int, absent: int) -> None:
    data, starts, lengths = where
    wire.integers(data, starts, lengths, field, absent, column.room(len(starts)), column.size)
    column.size += len(starts)


def _append(column: Growing, values: npt.NDArray[Any]) -> None:
    column.room(len(values))[column.size : column.size + len(values)] = values
    column.size += len(values)
