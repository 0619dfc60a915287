"""The geometries of a tile: features of the grid, rounded to tile units, cut at the buffer, tidied and wound.

`shaped` is the whole of it as a loop; compiled it does any feature, and the numpy path (vector.py) leaves to it the few
features that reach beyond the tile.
"""

import numpy as np
import numpy.typing as npt

from layers.store.grid import Frame
from layers.store.jit import kernel
from layers.store.packed import NARROW, Packed, Slots
from layers.store.ragged import EXTERIOR, HOLE, LINE, POINTS, Ints, Ragged, Rows
from tiles.encoder.clip import Longs, clip_edge, clip_ring, distinct, ring, straightened

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
_NOWHERE = -(1 << 62)


def inside(boxes: Ints, rows: Rows, frame: Frame) -> Flags:
    """Which of `rows` have boxes wholly in the clip rectangle, in tile units: their features need no cutting."""
    boxes = boxes[rows]
    x, y = frame.units(boxes[:, 0::2], frame.x), frame.units(boxes[:, 1::2], frame.y)
    low, high = frame.low, frame.high
    return (x[:, 0] >= low) & (y[:, 0] >= low) & (x[:, 1] <= high) & (y[:, 1] <= high)


def by_loop(geometry: Packed, boxes: Ints, rows: Rows, frame: Frame) -> tuple[Ragged, Rows]:
    """The features `rows` in tile units without those of which nothing is left, and which of `rows` the others are."""
    slots = geometry.slots
    edges = (frame.shift, frame.x, frame.y, frame.low, frame.high)
    crossed = np.empty(len(rows), np.uint8)
    kept, cut, most, parts = _room(slots.parts, slots.features, boxes, rows, *edges, crossed)
    # A cut of four sides leaves a ring at most 1.5^4 times its vertices; every edge of a line may become a part.
    room, spare = kept + 6 * cut + 16, 6 * most + 16
    xs, ys = np.empty(room, np.int32), np.empty(room, np.int32)
    starts, roles = np.empty(parts + cut + 1, np.int32), np.empty(parts + cut, np.uint8)
    features, drawn = np.empty(len(rows) + 1, np.int32), np.empty(len(rows), np.int64)
    source = (slots.xs, slots.ys, slots.parts, slots.roles, slots.features, boxes)
    made, count = _shape(*source, rows, crossed, *edges, spare, xs, ys, starts, roles, features, drawn)
    last = starts[made]
    return Ragged(xs[:last], ys[:last], starts[: made + 1], roles[:made], features[: count + 1]), drawn[:count]


@kernel
def _room(
    parts: Ints, features: Ints, boxes: Ints, rows: Rows, shift: int, left: int, top: int, low: int, high: int, crossed: Bytes
) -> tuple[int, int, int, int]:
    """Fills `crossed` (see clip_ring; 0: whole); returns slots of whole features, of the others, of the largest of those; parts of all."""
    kept, cut, most, count = 0, 0, 0, 0
    half = (1 << shift) >> 1
    for k in range(rows.shape[0]):
        row = rows[k]
        first, end = features[row], features[row + 1]
        slots = parts[end] - parts[first]
        count += end - first
        west, north = ((np.int64(boxes[row, 0]) + half) >> shift) - left, ((np.int64(boxes[row, 1]) + half) >> shift) - top
        east, south = ((np.int64(boxes[row, 2]) + half) >> shift) - left, ((np.int64(boxes[row, 3]) + half) >> shift) - top
        crossed[k] = (west < low) | (north < low) << 1 | (east > high) << 2 | (south > high) << 3
        if crossed[k] == 0:
            kept += slots
        else:
            cut += slots
            most = max(most, slots)
    return kept, cut, most, count


# One loop: calling a function for each feature takes longer than what is done for it (measured: 240 ns more, of 180).
@kernel
def _shape(
    gx: Slots,
    gy: Slots,
    parts: Ints,
    roles: Bytes,
    features: Ints,
    boxes: Ints,
    rows: Rows,
    crossed: Bytes,
    shift: int,
    left: int,
    top: int,
    low: int,
    high: int,
    spare: int,
    xs: Ints,
    ys: Ints,
    starts: Ints,
    kinds: Bytes,
    ends: Ints,
    kept: Rows,
) -> tuple[int, int]:
    rings, edge = np.empty((4, spare), np.int64), np.empty(4, np.int64)
    half = (1 << shift) >> 1
    made, at, count = 0, 0, 0
    starts[0], ends[0] = 0, 0
    for r in range(rows.shape[0]):
        row = rows[r]
        # Half a unit for rounding is added to the corner, once a feature.
        west, north = int(boxes[row, 0]) + half, int(boxes[row, 1]) + half
        width = 2 if max(boxes[row, 2] - west, boxes[row, 3] - north) + half > NARROW else 1
        drawn = False
        for part in range(features[row], features[row + 1]):
            role = roles[part]
            if role == HOLE and not drawn:
                continue  # its exterior has vanished
            begin, vertices = parts[part], (parts[part + 1] - parts[part]) // width
            if crossed[r] == 0:
                vertices = _place(gx, gy, begin, vertices, width, west, north, shift, left, top, xs, ys, at)
            else:
                vertices = _place(gx, gy, begin, vertices, width, west, north, shift, left, top, rings[0], rings[1], 0)
                if role == LINE:
                    made, at = _cut_line(rings, vertices, low, high, edge, xs, ys, at, starts, kinds, made)
                    continue
                vertices = _cut(rings, vertices, role, low, high, crossed[r], xs, ys, at)
            vertices = _finished(xs, ys, at, vertices, role)
            drawn = vertices > 0 if role == EXTERIOR else drawn
            if vertices:
                kinds[made] = role
                made += 1
                at += vertices
                starts[made] = at
        if made > ends[count]:
            kept[count] = r
            count += 1
            ends[count] = made
    return made, count


@kernel
def _cut(rings: Longs, vertices: int, role: int, low: int, high: int, crossed: int, xs: Ints, ys: Ints, at: int) -> int:
    """What is inside of points or of a ring, from `at`; returns how many vertices."""
    if role == POINTS:
        vertices = _inside(rings[0], rings[1], vertices, low, high)
    else:
        vertices = clip_ring(rings[0], rings[1], vertices, low, high, crossed, rings[2], rings[3])
    for k in range(vertices):
        xs[at + k], ys[at + k] = rings[0, k], rings[1, k]
    return distinct(xs, ys, at, vertices)


@kernel
def _place(
    gx: Slots,
    gy: Slots,
    begin: int,
    vertices: int,
    width: int,
    west: int,
    north: int,
    shift: int,
    left: int,
    top: int,
    xs: Ints | Longs,
    ys: Ints | Longs,
    at: int,
) -> int:
    """Vertices in tile units from `at`, none that follows an equal one; returns how many.

    `west` and `north` are the corner that they are counted from, with half a unit.
    """
    kept = at
    before_x, before_y = _NOWHERE, _NOWHERE
    for k in range(vertices):
        # np.int64, not int: numba takes int() of an unsigned number for unsigned, and mixing that with signed ones makes floats.
        if width == 1:
            east, south = np.int64(gx[begin + k]), np.int64(gy[begin + k])
        else:
            slot = begin + 2 * k
            east = np.int64(gx[slot]) | np.int64(gx[slot + 1]) << 16
            south = np.int64(gy[slot]) | np.int64(gy[slot + 1]) << 16
        x, y = ((west + east) >> shift) - left, ((north + south) >> shift) - top
        if x != before_x or y != before_y:
            xs[kept], ys[kept] = x, y
            kept += 1
        before_x, before_y = int(x), int(y)
    return kept - at


@kernel
def _inside(xs: Longs, ys: Longs, count: int, low: int, high: int) -> int:
    """Leave out the points outside, in place; returns how many are left."""
    kept = 0
    for k in range(count):
        if low <= xs[k] <= high and low <= ys[k] <= high:
            xs[kept], ys[kept] = xs[k], ys[k]
            kept += 1
    return kept


@kernel
def _finished(xs: Ints, ys: Ints, at: int, count: int, role: int) -> int:
    """A part as it is drawn; 0 when too little of it is left."""
    if role == POINTS:
        return count
    if role == LINE:
        count = straightened(xs, ys, at, count)
        return count if count >= 2 else 0
    return ring(xs, ys, at, count, role == EXTERIOR)


@kernel
def _cut_line(
    line: Longs, vertices: int, low: int, high: int, edge: Rows, xs: Ints, ys: Ints, at: int, starts: Ints, kinds: Bytes, made: int
) -> tuple[int, int]:
    """The pieces of a line inside the rectangle, each a part; returns how many parts and vertices there are now."""
    count = 0
    for k in range(vertices - 1):
        edge[0], edge[1], edge[2], edge[3] = line[0, k], line[1, k], line[0, k + 1], line[1, k + 1]
        cut = clip_edge(edge, low, high)
        if cut:
            if count == 0:
                xs[at], ys[at] = edge[0], edge[1]
                count = 1
            xs[at + count], ys[at + count] = edge[2], edge[3]
            count += 1
        # A piece ends where the line leaves the rectangle, and with the line.
        if count and (not cut or cut & 4 or k == vertices - 2):
            count = _finished(xs, ys, at, distinct(xs, ys, at, count), LINE)
            if count:
                kinds[made] = LINE
                made += 1
                at += count
                starts[made] = at
            count = 0
    return made, at
