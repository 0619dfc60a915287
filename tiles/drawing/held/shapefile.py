"""Features of the store as a shapefile (ESRI Shapefile Technical Description, July 1998), in EPSG:3857 metres.

Shapes of one layer may be of several types here (single points beside multipoints): Mapnik looks at each record's own.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layers.store.grid import SCALE
from layers.store.jit import kernel
from layers.store.packed import NARROW, Slots
from layers.store.ragged import EXTERIOR, HOLE, LINE, POINTS, Ints, Rows
from layers.store.store import Picked

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]
Words = npt.NDArray[np.int32]
_POINT, _POLYLINE, _POLYGON, _MULTIPOINT = 1, 3, 5, 8
_TYPES = {POINTS: _MULTIPOINT, LINE: _POLYLINE, EXTERIOR: _POLYGON, HOLE: _POLYGON}
_HEADER, _CODE, _VERSION = 25, 9994, 1000  # words of four bytes; file code and version
_METRES = 1 / SCALE  # a step


@dataclass(frozen=True)
class Column:
    """A whole number of each feature: its name (at most ten letters), and the numbers that stand for the codes of `codes`."""

    name: str
    codes: npt.NDArray[np.integer]
    numbers: Sequence[int]


@dataclass(frozen=True)
class Shapefile:
    """Picked features, measured: bytes of the three files (`.shp`, `.shx`, `.dbf`), each a multiple of four."""

    picked: Picked
    columns: Sequence[Column]
    words: Ints  # of each record without its header
    bounds: tuple[float, float, float, float]  # west, south, east, north in metres

    @classmethod
    def of(cls, picked: Picked, columns: Sequence[Column]) -> "Shapefile":
        """Measure features."""
        slots = picked.geometry.slots
        words = np.empty(len(picked.rows), np.int32)
        west, south, east, north = _measure(slots.parts, slots.roles, slots.features, picked.boxes, picked.rows, words)
        return cls(picked, columns, words, (west * _METRES, south * _METRES, east * _METRES, north * _METRES))

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Bytes of `.shp`, `.shx` and `.dbf`."""
        count = len(self.words)
        return 4 * (_HEADER + 2 * count + int(self.words.sum())), 4 * (_HEADER + 2 * count), -(-self._table_bytes // 4) * 4

    @property
    def _parts(self) -> int:
        """How many the features have."""
        ends, rows = self.picked.geometry.slots.features, self.picked.rows
        return int((ends[rows + 1] - ends[rows]).sum())

    @property
    def _width(self) -> int:
        """Characters of a number."""
        return max((len(str(number)) for column in self.columns for number in column.numbers), default=1)

    @property
    def _table_bytes(self) -> int:
        return 32 * (len(self.columns) + 1) + 1 + len(self.words) * (1 + self._width * len(self.columns)) + 1

    def write(self, shp: Words, shx: Words, dbf: Bytes) -> None:
        """Write the files to the front of arrays that have room for them."""
        picked, slots = self.picked, self.picked.geometry.slots
        shp_bytes, shx_bytes, _dbf_bytes = self.sizes
        first = int(slots.features[picked.rows[0]]) if len(picked.rows) else len(slots.roles)
        kind = _TYPES[int(slots.roles[first])] if first < len(slots.roles) else _POLYGON
        for target, size in ((shp, shp_bytes), (shx, shx_bytes)):
            head = struct.pack(">7i", _CODE, 0, 0, 0, 0, 0, size // 2) + struct.pack("<2i8d", _VERSION, kind, *self.bounds, 0, 0, 0, 0)
            target[:_HEADER] = np.frombuffer(head, np.int32)
        starts, turned = np.empty(len(self.words), np.int64), np.empty(self._parts, np.bool_)
        shapes = slots.parts, slots.roles, slots.features, picked.boxes, picked.rows
        _records(self.words, shp, shx)
        _heads(*shapes, self.words, _METRES, shp, starts)
        _winding(slots.xs, slots.ys, *shapes, turned)
        _vertices(slots.xs, slots.ys, *shapes, _METRES, turned, starts, shp)
        self._table(dbf)

    def _table(self, dbf: Bytes) -> None:
        """dBASE III: a header, a description of 32 bytes a column, then a line a feature."""
        count, width = len(self.words), self._width
        begins, line = 32 * (len(self.columns) + 1) + 1, 1 + width * len(self.columns)
        head = struct.pack("<4BIHH20x", 3, 126, 1, 1, count, begins, line)
        for column in self.columns:
            head += struct.pack("<11sc4xBB14x", column.name.encode(), b"N", width, 0)
        dbf[:begins] = np.frombuffer(head + b"\r", np.uint8)
        lines = dbf[begins : begins + count * line].reshape(count, line)
        lines[:, 0] = ord(" ")
        for number, column in enumerate(self.columns):
            texts = b"".join(f"{value:>{width}}".encode() for value in column.numbers)
            table = np.frombuffer(texts, np.uint8).reshape(-1, width)
            lines[:, 1 + number * width : 1 + (number + 1) * width] = table[column.codes]
        dbf[begins + count * line] = 0x1A


@kernel
def _measure(parts: Ints, roles: Bytes, features: Ints, boxes: Ints, rows: Rows, words: Ints) -> tuple[int, int, int, int]:
    """Fills the words of each record; returns where all lie, in steps (west, south, east, north): nowhere for nothing."""
    left, top, right, bottom = 1 << 31, 1 << 31, -(1 << 31), -(1 << 31)
    for k in range(rows.shape[0]):
        row = rows[k]
        first, end = features[row], features[row + 1]
        west, north, east, south = int(boxes[row, 0]), int(boxes[row, 1]), int(boxes[row, 2]), int(boxes[row, 3])
        count = (parts[end] - parts[first]) // (2 if max(east - west, south - north) > NARROW else 1)
        if count == 0:
            words[k] = 1
            continue
        left, top, right, bottom = min(left, west), min(top, north), max(right, east), max(bottom, south)
        if roles[first] == POINTS:
            words[k] = 5 if count == 1 else 10 + 4 * count
        else:
            closing = 0 if roles[first] == LINE else end - first
            words[k] = 11 + (end - first) + 4 * (count + closing)
    return (left, -bottom, right, -top) if left <= right else (0, 0, 0, 0)


@kernel
def _swapped(value: int) -> int:
    """The four bytes of a number the other way round."""
    swapped = (value & 0xFF) << 24 | (value & 0xFF00) << 8 | (value >> 8) & 0xFF00 | (value >> 24) & 0xFF
    return int(swapped - (1 << 32) if swapped >= 1 << 31 else swapped)


@kernel
def _records(words: Ints, shp: Words, shx: Words) -> None:
    """The header of each record, in the file and in its index."""
    at = _HEADER
    for k in range(words.shape[0]):
        length = _swapped(2 * words[k])
        shp[at], shp[at + 1] = _swapped(k + 1), length
        shx[_HEADER + 2 * k], shx[_HEADER + 2 * k + 1] = _swapped(2 * at), length
        at += 2 + words[k]


@kernel
def _heads(
    parts: Ints, roles: Bytes, features: Ints, boxes: Ints, rows: Rows, words: Ints, metres: float, shp: Words, starts: Longs
) -> None:
    """Type, box, and the first vertex of each part; fills where the vertices of each feature begin."""
    at = _HEADER
    for k in range(rows.shape[0]):
        row = rows[k]
        first, end = features[row], features[row + 1]
        at += 2
        if words[k] <= 5:  # nothing, or a single point
            shp[at] = 0 if words[k] == 1 else _POINT
            starts[k] = at + 1
            at += words[k]
            continue
        role = roles[first]
        shp[at] = _MULTIPOINT if role == POINTS else _POLYLINE if role == LINE else _POLYGON
        west, north, east, south = boxes[row, 0], boxes[row, 1], boxes[row, 2], boxes[row, 3]
        for side, value in enumerate((np.int64(west), -np.int64(south), np.int64(east), -np.int64(north))):
            bits = np.float64(value * metres).view(np.int64)
            shp[at + 1 + 2 * side], shp[at + 2 + 2 * side] = np.int32(bits), np.int32(bits >> 32)
        width = 2 if max(np.int64(east) - west, np.int64(south) - north) > NARROW else 1
        closing, listed = int(role >= EXTERIOR), 0 if role == POINTS else end - first
        shp[at + 9] = listed
        shp[at + (9 if role == POINTS else 10)] = (parts[end] - parts[first]) // width + closing * listed
        starts[k] = at + (10 if role == POINTS else 11) + listed
        for part in range(listed):
            shp[at + 11 + part] = (parts[first + part] - parts[first]) // width + closing * part
        at += words[k]


@kernel
def _winding(gx: Slots, gy: Slots, parts: Ints, roles: Bytes, features: Ints, boxes: Ints, rows: Rows, turned: Flags) -> None:
    """Of each part of the features whether it has to be turned: on a map exteriors run clockwise, holes the other way."""
    found = 0
    for k in range(rows.shape[0]):
        row = rows[k]
        width = 2 if max(np.int64(boxes[row, 2]) - boxes[row, 0], np.int64(boxes[row, 3]) - boxes[row, 1]) > NARROW else 1
        for part in range(features[row], features[row + 1]):
            area = 0.0
            last = parts[part + 1] - width
            for at in range(parts[part], last + 1, width) if roles[part] >= EXTERIOR else range(0):
                high = (width - 1) * 65536.0
                x, y = gx[at] + gx[at + width - 1] * high, gy[at] + gy[at + width - 1] * high
                before = last if at == parts[part] else at - width
                area += (gx[before] + gx[before + width - 1] * high) * y - x * (gy[before] + gy[before + width - 1] * high)
            turned[found] = (area > 0) != (roles[part] == EXTERIOR) and area != 0
            found += 1


@kernel
def _vertices(
    gx: Slots,
    gy: Slots,
    parts: Ints,
    roles: Bytes,
    features: Ints,
    boxes: Ints,
    rows: Rows,
    metres: float,
    turned: Flags,
    starts: Longs,
    shp: Words,
) -> None:
    """The vertices; rings are closed."""
    found = 0
    for k in range(rows.shape[0]):
        row, at = rows[k], starts[k]
        west, north = np.int64(boxes[row, 0]), np.int64(boxes[row, 1])
        width = 2 if max(np.int64(boxes[row, 2]) - west, np.int64(boxes[row, 3]) - north) > NARROW else 1
        for part in range(features[row], features[row + 1]):
            begin, count = parts[part], (parts[part + 1] - parts[part]) // width
            step, place = (-width, begin + (count - 1) * width) if turned[found] else (width, begin)
            again = place
            for j in range(count + min(count, int(roles[part] >= EXTERIOR))):
                place = again if j == count else place
                x = np.float64((west + gx[place] + (np.int64(gx[place + width - 1]) << 16) * (width - 1)) * metres).view(np.int64)
                y = np.float64(-(north + gy[place] + (np.int64(gy[place + width - 1]) << 16) * (width - 1)) * metres).view(np.int64)
                shp[at], shp[at + 1], shp[at + 2], shp[at + 3] = np.int32(x), np.int32(x >> 32), np.int32(y), np.int32(y >> 32)
                at += 4
                place += step
            found += 1
