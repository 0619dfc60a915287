"""The features of a tile as bytes (MVT 2.1, 4.2 and 4.3): the loop that numba compiles."""

import numpy as np
import numpy.typing as npt

from layers.store.jit import kernel
from layers.store.ragged import EXTERIOR, LINE, POINTS, Ints, Ragged
from tiles.encoder.attributes import Matrix

Bytes = npt.NDArray[np.uint8]
_FEATURE, _ID, _TAGS, _TYPE, _GEOMETRY = 0x12, 0x08, 0x12, 0x18, 0x22
_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 15


def by_loop(shapes: Ragged, ids: npt.NDArray[np.int64], tags: Matrix) -> bytes:
    """The feature messages, one after the other. Every feature of `shapes` has a part."""
    geometry = 4 * len(shapes.xs) + 12 * len(shapes.roles) + 16
    out = np.empty(geometry + len(ids) * (48 + 10 * tags.shape[1]), np.uint8)
    size = _write(shapes.xs, shapes.ys, shapes.parts, shapes.roles, shapes.features, ids, tags, out, np.empty(geometry, np.uint8))
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
def _write(xs: Ints, ys: Ints, parts: Ints, roles: Bytes, features: Ints, ids: Matrix, tags: Matrix, out: Bytes, spare: Bytes) -> int:
    at = 0
    for row in range(ids.shape[0]):
        size = _draw(xs, ys, parts, roles, features[row], features[row + 1], spare)
        tagged = 0
        for field in range(tags.shape[1]):
            if tags[row, field] >= 0:
                tagged += _length(field) + _length(tags[row, field])
        whole = 2 + 1 + _length(size) + size
        if ids[row] >= 0:
            whole += 1 + _length(ids[row])
        if tagged:
            whole += 1 + _length(tagged) + tagged
        out[at] = _FEATURE
        at = _varint(out, at + 1, whole)
        if ids[row] >= 0:
            out[at] = _ID
            at = _varint(out, at + 1, ids[row])
        at = _write_tags(tags, row, tagged, out, at)
        out[at], out[at + 1], out[at + 2] = _TYPE, _kind(roles[features[row]]), _GEOMETRY
        at = _varint(out, at + 3, size)
        out[at : at + size] = spare[:size]
        at += size
    return at


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
def _draw(xs: Ints, ys: Ints, parts: Ints, roles: Bytes, first: int, end: int, out: Bytes) -> int:
    """Commands and deltas of one feature."""
    at, x, y = 0, 0, 0
    for part in range(first, end):
        begin, stop = parts[part], parts[part + 1]
        moves = stop - begin if roles[part] == POINTS else 1
        at = _varint(out, at, moves << 3 | _MOVE_TO)
        for k in range(begin, stop):
            if k == begin + moves:
                at = _varint(out, at, (stop - k) << 3 | _LINE_TO)
            dx, dy = int(xs[k]) - x, int(ys[k]) - y
            at = _varint(out, at, (dx << 1) ^ (dx >> 63))
            at = _varint(out, at, (dy << 1) ^ (dy >> 63))
            x, y = int(xs[k]), int(ys[k])
        if roles[part] >= EXTERIOR:
            out[at] = _CLOSE_PATH
            at += 1
    return at
