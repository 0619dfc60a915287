"""The features of a tile as bytes (MVT 2.1, 4.2 and 4.3): the loop that numba compiles."""

import numpy as np
import numpy.typing as npt

from layers.store.jit import kernel
from layers.store.ragged import EXTERIOR, LINE, POINTS, Ints, Ragged, Rows
from tiles.encoder.attributes import Matrix

Bytes = npt.NDArray[np.uint8]
_FEATURE, _ID, _TAGS, _TYPE, _GEOMETRY = 0x12, 0x08, 0x12, 0x18, 0x22
_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 15
_HEAD = 52  # bytes of a message beside its geometry and tags, at most, with room to move the geometry
# A vertex and the commands of a part take up to four bytes each. A message of up to 127 bytes has two lengths of one byte;
# those of a longer one take up to `_MORE` further bytes.
_EACH, _SHORT, _MORE = 4, 127, 8


def by_loop(shapes: Ragged, ids: Rows, tags: Matrix) -> bytes:
    """The feature messages, one after the other. Every feature of `shapes` has a part."""
    room = 4 * len(shapes.xs) + 12 * len(shapes.roles) + len(ids) * (_HEAD + 10 * tags.shape[1]) + 16
    out = np.empty(room, np.uint8)
    size = _write(shapes.xs, shapes.ys, shapes.parts, shapes.roles, shapes.features, ids, tags, out)
    return out[:size].tobytes()


@kernel
def _varint(out: Bytes, at: int, value: int) -> int:
    while value >= 128:
        out[at] = (value & 127) | 128
        at += 1
        value >>= 7
    out[at] = value
    return at + 1


@kernel
def _length(value: int) -> int:
    length = 1
    while value >= 128:
        length += 1
        value >>= 7
    return length


@kernel
def _write(xs: Ints, ys: Ints, parts: Ints, roles: Bytes, features: Ints, ids: Rows, tags: Matrix, out: Bytes) -> int:
    at = 0
    for row in range(ids.shape[0]):
        number, first, end = ids[row], features[row], features[row + 1]
        tagged = 0
        for field in range(tags.shape[1]):
            if tags[row, field] >= 0:
                tagged += _length(field) + _length(tags[row, field])
        head = _head(number, tagged)
        # The geometry is drawn where it belongs if both lengths surely take one byte, else further on and moved back: never
        # too early, where the head would be written over its first bytes.
        most = head + 1 + _EACH * (parts[end] - parts[first] + end - first)
        begin = at + 3 + head + (_MORE if most > _SHORT else 0)
        size = _draw(xs, ys, parts, roles, first, end, out, begin) - begin
        out[at] = _FEATURE
        at = _varint(out, at + 1, head + _length(size) + size)
        if number >= 0:
            out[at] = _ID
            at = _varint(out, at + 1, number)
        at = _write_tags(tags, row, tagged, out, at)
        out[at], out[at + 1], out[at + 2] = _TYPE, _kind(roles[first]), _GEOMETRY
        at = _varint(out, at + 3, size)
        if at < begin:
            for k in range(size):
                out[at + k] = out[begin + k]
        at += size
    return at


@kernel
def _head(number: int, tagged: int) -> int:
    """Bytes of a message beside its lengths and its geometry."""
    return 3 + (1 + _length(number) if number >= 0 else 0) + (1 + _length(tagged) + tagged if tagged else 0)


@kernel
def _write_tags(tags: Matrix, row: int, size: int, out: Bytes, at: int) -> int:
    if not size:
        return at
    out[at] = _TAGS
    at = _varint(out, at + 1, size)
    for field in range(tags.shape[1]):
        if tags[row, field] >= 0:
            at = _varint(out, at, field)
            at = _varint(out, at, tags[row, field])
    return at


@kernel
def _kind(role: int) -> int:
    """MVT's geometry type."""
    return 1 if role == POINTS else 2 if role == LINE else 3


@kernel
def _draw(xs: Ints, ys: Ints, parts: Ints, roles: Bytes, first: int, end: int, out: Bytes, at: int) -> int:
    """Commands and deltas of one feature."""
    x, y = 0, 0
    for part in range(first, end):
        begin, stop = parts[part], parts[part + 1]
        moves = stop - begin if roles[part] == POINTS else 1
        at = _varint(out, at, moves << 3 | _MOVE_TO)
        for k in range(begin, stop):
            if k == begin + moves:
                at = _varint(out, at, (stop - k) << 3 | _LINE_TO)
            dx, dy = int(xs[k]) - x, int(ys[k]) - y
            at = _short(out, at, (dx << 1) ^ (dx >> 63))
            at = _short(out, at, (dy << 1) ^ (dy >> 63))
            x += dx
            y += dy
        if roles[part] >= EXTERIOR:
            out[at] = _CLOSE_PATH
            at += 1
    return at


@kernel
def _short(out: Bytes, at: int, value: int) -> int:
    """A varint, most often of one byte or two."""
    if value < 128:
        out[at] = value
        return at + 1
    if value < 16384:
        out[at], out[at + 1] = value & 127 | 128, value >> 7
        return at + 2
    return _varint(out, at, value)
