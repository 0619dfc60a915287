"""A layer's rows from the COPY stream into columns, by compiled loops: no Python object a row, little memory beside the columns."""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from layers.store import spatial, wire, wkb
from layers.store.columns import Builder, Columns, Place, compact
from layers.store.distinct import Distinct
from layers.store.growing import Growing, Pieces
from layers.store.packed import Packed
from layers.store.ragged import Ragged, Rows, picked, picked_parts, renumbered
from layers.store.shapes import Unsupported
from layers.store.times import NEVER, joined_times, narrow_times
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
        self._ids = Pieces(compact, np.concatenate)
        kinds = zip(schema.kinds, builder.dictionaries, strict=True)
        self._values = [Distinct(_DECODE[kind], dictionary.codes) for kind, dictionary in kinds]
        self._codes = [Pieces(narrow, np.concatenate) for _ in self._values]
        self._unit, self._units = Distinct(_DECODE["integer"], builder.units.codes), Pieces(narrow, np.concatenate)
        self._public = Pieces(lambda flags: flags.astype(np.bool_), np.concatenate)
        self._begins, self._ends = Pieces(narrow_times, joined_times), Pieces(narrow_times, joined_times)
        self._measures = [Pieces(compact, np.concatenate) for _ in schema.measures]
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
            codes.add(values.codes(*where, field))
        self._take_special(where, 1 + self._fields)
        for place, shapes in enumerate(self._places):
            shapes.take(*where, self._shaped + place)

    def _take_special(self, where: tuple[wire.Bytes, wire.Fields, wire.Fields], at: int) -> None:
        schema = self._schema
        if schema.has_units:
            self._units.add(self._unit.codes(*where, at))
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
        boxes = self._places[0].boxes
        order: Rows = np.argsort(spatial.hilbert(boxes.array[: boxes.size]), kind="stable").astype(np.int64, copy=False)
        return Columns(
            self._ids.give(np.int64)[order],
            tuple(column.give(np.uint32)[order] for column in self._codes),
            self._units.give(np.uint32)[order] if schema.has_units else None,
            self._public.give(np.bool_)[order] if schema.has_flag else None,
            self._begins.give(np.int64)[order] if schema.times[0] is not None else None,
            self._ends.give(np.int64)[order] if schema.times[1] is not None else None,
            places=tuple(place.sorted(order) for place in self._places),
            measures=tuple(column.give(np.int64)[order] for column in self._measures),
        )


def _numbers(column: Pieces, where: tuple[wire.Bytes, wire.Fields, wire.Fields], field: int, absent: int) -> None:
    data, starts, lengths = where
    values = np.empty(len(starts), np.int64)
    wire.integers(data, starts, lengths, field, absent, values)
    column.add(values)
