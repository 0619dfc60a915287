"""The geometries of a tile: features of the grid, rounded to tile units, cut at the buffer, tidied and wound.

`shaped` is the whole of it as a loop; compiled it does any feature, and the numpy path (vector.py) leaves to it the few
features that reach beyond the tile.
"""

import numpy as np
import numpy.typing as npt

from layers.store.grid import Frame
from layers.store.jit import COMPILED, kernel
from layers.store.ragged import EXTERIOR, HOLE, LINE, POINTS, Ints, Ragged, Rows
from tiles.encoder.clip import Longs, clip_edge, clip_ring, tidy, wind

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


def inside(boxes: Ints, rows: Rows, frame: Frame) -> Flags:
    """Which of `rows` have boxes wholly in the clip rectangle, in tile units: their features need no cutting."""
    if COMPILED:
        whole = np.empty(len(rows), np.bool_)
        _inside(boxes, rows, frame.shift, frame.x, frame.y, frame.low, frame.high, whole)
        return whole
    boxes = boxes[rows]
    x, y = frame.units(boxes[:, 0::2], frame.x), frame.units(boxes[:, 1::2], frame.y)
    low, high = frame.low, frame.high
    return (x[:, 0] >= low) & (y[:, 0] >= low) & (x[:, 1] <= high) & (y[:, 1] <= high)


@kernel
def _inside(boxes: Ints, rows: Rows, shift: int, left: int, top: int, low: int, high: int, whole: Flags) -> None:
    half = (1 << shift) >> 1
    for k in range(rows.shape[0]):
        box = boxes[rows[k]]
        west, north = ((np.int64(box[0]) + half) >> shift) - left, ((np.int64(box[1]) + half) >> shift) - top
        east, south = ((np.int64(box[2]) + half) >> shift) - left, ((np.int64(box[3]) + half) >> shift) - top
        whole[k] = west >= low and north >= low and east <= high and south <= high


@kernel
def _room(parts: Ints, features: Ints, rows: Rows, whole: Flags) -> tuple[int, int, int, int]:
    """(vertices of whole features, vertices of the others, most vertices of one of those, parts of all)."""
    kept, cut, most, count = 0, 0, 0, 0
    for k in range(rows.shape[0]):
        first, end = features[rows[k]], features[rows[k] + 1]
        vertices = parts[end] - parts[first]
        count += end - first
        if whole[k]:
            kept += vertices
        else:
            cut += vertices
            most = max(most, vertices)
    return kept, cut, most, count


def by_loop(geometry: Ragged, rows: Rows, whole: Flags, frame: Frame) -> Ragged:
    """The features `rows` in tile units; a feature of which nothing is left has no parts. `whole`: as `inside` says."""
    kept, cut, most, parts = _room(geometry.parts, geometry.features, rows, whole)
    # A cut of four sides leaves a ring at most 1.5^4 times its vertices; every edge of a line may become a part.
    room, spare = kept + 6 * cut + 16, 6 * most + 16
    xs, ys = np.empty(room, np.int32), np.empty(room, np.int32)
    starts, roles = np.empty(parts + cut + 1, np.int32), np.empty(parts + cut, np.uint8)
    features = np.empty(len(rows) + 1, np.int32)
    edges = (frame.shift, frame.x, frame.y, frame.low, frame.high)
    source = (geometry.xs, geometry.ys, geometry.parts, geometry.roles, geometry.features)
    made = _shape(*source, rows, whole, *edges, spare, xs, ys, starts, roles, features)
    last = starts[made]
    return Ragged(xs[:last], ys[:last], starts[: made + 1], roles[:made], features)


@kernel
def _shape(
    gx: Ints,
    gy: Ints,
    parts: Ints,
    roles: Bytes,
    features: Ints,
    rows: Rows,
    whole: Flags,
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
) -> int:
    rings = np.empty((4, spare), np.int64)
    edge = np.empty(4, np.int64)
    half = (1 << shift) >> 1
    made = 0
    at = 0
    starts[0] = 0
    for r in range(rows.shape[0]):
        ends[r] = made
        drawn = False
        for part in range(features[rows[r]], features[rows[r] + 1]):
            role = roles[part]
            if role == HOLE and not drawn:
                continue  # its exterior has vanished
            begin, end = parts[part], parts[part + 1]
            if role == LINE and not whole[r]:
                made, at = _cut_line(gx, gy, begin, end, half, shift, left, top, low, high, edge, xs, ys, at, starts, kinds, made)
                continue
            if whole[r] or role == POINTS:
                count = _place(gx, gy, begin, end, half, shift, left, top, low, high, xs, ys, at)
            else:
                count = _cut_ring(gx, gy, begin, end, half, shift, left, top, low, high, rings, xs, ys, at)
            count = _finished(xs, ys, at, count, role)
            if role == EXTERIOR:
                drawn = count > 0
            if count:
                kinds[made] = role
                made += 1
                at += count
                starts[made] = at
    ends[rows.shape[0]] = made
    return made


@kernel
def _place(
    gx: Ints, gy: Ints, begin: int, end: int, half: int, shift: int, left: int, top: int, low: int, high: int, xs: Ints, ys: Ints, at: int
) -> int:
    """Round vertices to units; the few outside (points of a multipoint) are left out."""
    count = 0
    for k in range(begin, end):
        x = ((np.int64(gx[k]) + half) >> shift) - left
        y = ((np.int64(gy[k]) + half) >> shift) - top
        if low <= x <= high and low <= y <= high:
            xs[at + count] = x
            ys[at + count] = y
            count += 1
    return count


@kernel
def _cut_ring(
    gx: Ints,
    gy: Ints,
    begin: int,
    end: int,
    half: int,
    shift: int,
    left: int,
    top: int,
    low: int,
    high: int,
    room: Longs,
    xs: Ints,
    ys: Ints,
    at: int,
) -> int:
    """Round a ring to units and cut it."""
    for k in range(end - begin):
        room[0, k] = ((np.int64(gx[begin + k]) + half) >> shift) - left
        room[1, k] = ((np.int64(gy[begin + k]) + half) >> shift) - top
    count = clip_ring(room[0], room[1], end - begin, low, high, room[2], room[3])
    for k in range(count):
        xs[at + k] = room[0, k]
        ys[at + k] = room[1, k]
    return count


@kernel
def _finished(xs: Ints, ys: Ints, at: int, count: int, role: int) -> int:
    """Tidy a part; 0 when too little of it is left to be drawn."""
    if role == POINTS:
        return _distinct(xs, ys, at, count)
    count = tidy(xs, ys, at, count, role != LINE)
    if role == LINE:
        return count if count >= 2 else 0
    return count if count >= 3 and wind(xs, ys, at, count, role == EXTERIOR) else 0


@kernel
def _distinct(xs: Ints, ys: Ints, at: int, count: int) -> int:
    """Drop points that follow an equal one."""
    kept = 0
    for k in range(at, at + count):
        if kept == 0 or xs[k] != xs[at + kept - 1] or ys[k] != ys[at + kept - 1]:
            xs[at + kept] = xs[k]
            ys[at + kept] = ys[k]
            kept += 1
    return kept


@kernel
def _cut_line(
    gx: Ints,
    gy: Ints,
    begin: int,
    end: int,
    half: int,
    shift: int,
    left: int,
    top: int,
    low: int,
    high: int,
    edge: Rows,
    xs: Ints,
    ys: Ints,
    at: int,
    starts: Ints,
    kinds: Bytes,
    made: int,
) -> tuple[int, int]:
    """The pieces of a line inside the rectangle, each a part; returns how many parts and vertices there are now."""
    count = 0
    for k in range(begin, end - 1):
        edge[0] = ((np.int64(gx[k]) + half) >> shift) - left
        edge[1] = ((np.int64(gy[k]) + half) >> shift) - top
        edge[2] = ((np.int64(gx[k + 1]) + half) >> shift) - left
        edge[3] = ((np.int64(gy[k + 1]) + half) >> shift) - top
        cut = clip_edge(edge, low, high)
        if cut:
            if count == 0:
                xs[at], ys[at] = edge[0], edge[1]
                count = 1
            xs[at + count], ys[at + count] = edge[2], edge[3]
            count += 1
        # A piece ends where the line leaves the rectangle, and with the line.
        if count and (not cut or cut & 4 or k == end - 2):
            count = _finished(xs, ys, at, count, LINE)
            if count:
                kinds[made] = LINE
                made += 1
                at += count
                starts[made] = at
            count = 0
    return made, at
