"""Well-known binary (ISO 19125, little-endian) into the columns of packed geometries, by compiled loops.

Multi-geometries and collections only announce more geometries, so the whole is a flat walk over points, lines and
polygons; of a mixture those of the highest dimension stay, as ST_AsMVTGeom keeps them (shapes.py does the same by shapely).
"""

from typing import Any

import numpy as np

from layers.store.grid import HIGH, LOW, SCALE
from layers.store.jit import kernel
from layers.store.packed import NARROW, Slots
from layers.store.ragged import EXTERIOR, HOLE, LINE, POINTS, Ints
from layers.store.wire import Bytes, Fields

_FAR, _NEAR = np.iinfo(np.int32).max, np.iinfo(np.int32).min


@kernel
def _number(data: Bytes, at: int) -> Any:
    """An unsigned 32-bit number."""
    # np.int64, not int: numba takes int() of an unsigned byte for unsigned, and mixing that with signed numbers makes floats.
    return np.int64(data[at]) | np.int64(data[at + 1]) << 8 | np.int64(data[at + 2]) << 16 | np.int64(data[at + 3]) << 24


@kernel
def _size(data: Bytes, at: int, kind: int, width: int) -> Any:
    """Bytes of a point, line or polygon after its type."""
    if kind == 1:
        return 8 * width
    count = _number(data, at)
    if kind == 2:
        return 4 + 8 * width * count
    size = 4
    for _ring in range(count):
        size += 4 + 8 * width * _number(data, at + size)
    return size


@kernel
def _is_empty(data: Bytes, at: int, kind: int) -> bool:
    """Whether a point, line or polygon has no vertex."""
    if kind == 1:
        x = data[at : at + 8].view(np.float64)[0]
        return bool(x != x)
    count = _number(data, at)
    return count == 0 or (kind == 3 and _number(data, at + 4) == 0)


@kernel
def _highest(data: Bytes, at: int) -> int:
    """The kind (1 point, 2 line, 3 polygon) of highest dimension that is there, 0 for nothing, -1 for what is not supported."""
    best, rest = 0, 1
    while rest:
        code = _number(data, at + 1)
        kind, form = code % 1000, code // 1000
        width = 2 + (form > 0) + (form == 3)
        at += 5
        rest -= 1
        if kind > 7:
            return -1
        if kind > 3:
            rest += _number(data, at)
            at += 4
            continue
        if kind > best and not _is_empty(data, at, kind):
            best = kind
        at += _size(data, at, kind, width)
    return best


@kernel
def _vertices(data: Bytes, at: int, count: int, width: int, xs: Ints, ys: Ints, out: int, box: Ints) -> None:
    """Put vertices on the grid (as grid.to_grid) and widen the box."""
    metres = data[at : at + 8 * width * count].view(np.float64)
    for k in range(count):
        x, y = np.rint(metres[k * width] * SCALE), np.rint(metres[k * width + 1] * -SCALE)
        x, y = min(max(x, LOW), HIGH), min(max(y, LOW), HIGH)
        column, row = np.int32(x), np.int32(y)
        xs[out + k], ys[out + k] = column, row
        box[0], box[1] = min(box[0], column), min(box[1], row)
        box[2], box[3] = max(box[2], column), max(box[3], row)


@kernel
def _leaf(
    data: Bytes, at: int, kind: int, width: int, xs: Ints, ys: Ints, parts: Ints, roles: Bytes, box: Ints, vertex: int, part: int
) -> tuple[int, int]:
    """One line or polygon as parts; returns the next vertex and part."""
    rings = _number(data, at) if kind == 3 else 1
    at += 4 if kind == 3 else 0
    for ring in range(rings):
        count = _number(data, at)
        at += 4
        if count:
            kept = count - 1 if kind == 3 else count  # without the closing vertex
            _vertices(data, at, kept, width, xs, ys, vertex, box)
            roles[part] = LINE if kind == 2 else EXTERIOR if ring == 0 else HOLE
            vertex += kept
            part += 1
            parts[part] = vertex
        at += 8 * width * count
    return vertex, part


@kernel
def _feature(
    data: Bytes, at: int, top: int, xs: Ints, ys: Ints, parts: Ints, roles: Bytes, box: Ints, vertex: int, part: int
) -> tuple[int, int]:
    """The geometries of kind `top` of one feature; all points together are one part."""
    begin, rest = vertex, 1
    while rest:
        code = _number(data, at + 1)
        kind, form = code % 1000, code // 1000
        width = 2 + (form > 0) + (form == 3)
        at += 5
        rest -= 1
        if kind > 3:
            rest += _number(data, at)
            at += 4
            continue
        if kind == top and not _is_empty(data, at, kind):
            if kind == 1:
                _vertices(data, at, 1, width, xs, ys, vertex, box)
                vertex += 1
            else:
                vertex, part = _leaf(data, at, kind, width, xs, ys, parts, roles, box, vertex, part)
        at += _size(data, at, kind, width)
    if top == 1 and vertex > begin:
        roles[part] = POINTS
        part += 1
        parts[part] = vertex
    return vertex, part


@kernel
def _pack(box: Ints, wide: bool, xs: Ints, ys: Ints, count: int, out_x: Slots, out_y: Slots, slot: int) -> None:
    """Vertices as slots (packed.py)."""
    for k in range(count):
        x, y = np.int64(xs[k]) - box[0], np.int64(ys[k]) - box[1]
        if wide:
            out_x[slot + 2 * k], out_x[slot + 2 * k + 1] = x & NARROW, x >> 16
            out_y[slot + 2 * k], out_y[slot + 2 * k + 1] = y & NARROW, y >> 16
        else:
            out_x[slot + k], out_y[slot + k] = x, y


@kernel
def features(
    data: Bytes,
    starts: Fields,
    lengths: Fields,
    field: int,
    xs: Ints,
    ys: Ints,
    out_x: Slots,
    out_y: Slots,
    parts: Ints,
    roles: Bytes,
    ends: Ints,
    boxes: Ints,
    slot: int,
    part: int,
    first: int,
) -> tuple[int, int]:
    """Append the geometries of one field to columns that hold `slot` slots, `part` parts and `first` features.

    `xs` and `ys` are room for the vertices of one feature, `ends` is the column Ragged.features. Returns (slots, parts) then,
    (-1, 0) when a geometry is not supported.
    """
    for row in range(starts.shape[0]):
        box = boxes[first + row]
        box[0], box[1], box[2], box[3] = _FAR, _FAR, _NEAR, _NEAR
        top = 0
        if lengths[row, field] > 0:
            top = _highest(data, starts[row, field])
            if top < 0:
                return -1, 0
        if top:
            before = part
            vertices, part = _feature(data, starts[row, field], top, xs, ys, parts, roles, box, 0, part)
            wide = np.int64(box[2]) - box[0] > NARROW or np.int64(box[3]) - box[1] > NARROW
            _pack(box, wide, xs, ys, vertices, out_x, out_y, slot)
            for k in range(before + 1, part + 1):
                parts[k] = slot + (2 * parts[k] if wide else parts[k])
            slot = parts[part]
        ends[first + row + 1] = part
    return slot, part
