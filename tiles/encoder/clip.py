"""Cutting and tidying of rings and lines in tile units. Compiled with numba, plain Python without it.

An edge that crosses a side of the rectangle is cut from its lower end to its upper one, whichever way it runs: neighbours
that share the edge get the same point.
"""

import math

import numpy as np
import numpy.typing as npt

from layers.store.jit import kernel

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@kernel
def crossing(a0: int, b0: int, a1: int, b1: int, side: int) -> int:
    """Where the edge from (a0, b0) to (a1, b1) has a = side: b, to the nearest unit."""
    if a0 > a1:
        a0, b0, a1, b1 = a1, b1, a0, b0
    share = float(side - a0) * float(b1 - b0) / float(a1 - a0)
    return int(b0) + math.floor(share + 0.5)


@kernel
def clip_ring(xs: Longs, ys: Longs, count: int, low: int, high: int, crossed: int, spare_x: Longs, spare_y: Longs) -> int:
    """Sutherland-Hodgman: cut the ring in xs, ys in place; returns how many vertices are left. `spare` is room for half as many again.

    `crossed` has a bit for each side beyond which the ring reaches: 1 west, 2 north, 4 east, 8 south.
    """
    for side in range(4):
        if not crossed >> side & 1:
            continue
        bound = low if side < 2 else high
        along, across = (xs, ys) if side % 2 == 0 else (ys, xs)
        made = 0
        for i in range(count):
            j = i - 1 if i else count - 1
            a, b, before, other = along[i], across[i], along[j], across[j]
            enters = a >= bound if side < 2 else a <= bound
            was_in = before >= bound if side < 2 else before <= bound
            if enters != was_in:
                cut = crossing(before, other, a, b, bound)
                spare_x[made] = bound if side % 2 == 0 else cut
                spare_y[made] = cut if side % 2 == 0 else bound
                made += 1
            if enters:
                spare_x[made] = xs[i]
                spare_y[made] = ys[i]
                made += 1
        for i in range(made):
            xs[i] = spare_x[i]
            ys[i] = spare_y[i]
        count = made
    return count


@kernel
def clip_edge(edge: Longs, low: int, high: int) -> int:
    """Cut the edge (x0, y0, x1, y1) in place, side by side. 0: nothing is left; else 1, plus 2 (4) when its start (end) was cut."""
    result = 1
    # Cuts are measured on the whole edge, not on what an earlier (rounded) cut left of it.
    x0, y0, x1, y1 = edge[0], edge[1], edge[2], edge[3]
    for side in range(4):
        axis, bound = side % 2, (low if side < 2 else high)
        a0, a1 = edge[axis], edge[2 + axis]
        starts_in = a0 >= bound if side < 2 else a0 <= bound
        ends_in = a1 >= bound if side < 2 else a1 <= bound
        if not starts_in and not ends_in:
            return 0
        if starts_in == ends_in:
            continue
        cut = crossing(x0, y0, x1, y1, bound) if axis == 0 else crossing(y0, x0, y1, x1, bound)
        at = 2 if starts_in else 0
        edge[at + axis] = bound
        edge[at + 1 - axis] = cut
        result |= 4 if starts_in else 2
    return result


@kernel
def distinct(xs: Ints, ys: Ints, at: int, count: int) -> int:
    """Drop vertices that follow an equal one, in place from `at`; returns how many are left."""
    kept = at
    for k in range(at, at + count):
        if kept == at or xs[k] != xs[kept - 1] or ys[k] != ys[kept - 1]:
            xs[kept], ys[kept] = xs[k], ys[k]
            kept += 1
    return kept - at


@kernel
def straightened(xs: Ints, ys: Ints, at: int, count: int) -> int:
    """Drop vertices of a line that lie straight between their neighbours, in place from `at`; returns how many are left."""
    if count < 3:
        return count
    end = at + count - 1
    px, py = int(xs[at]), int(ys[at])
    kept = at + 1
    for k in range(at + 1, end):
        x, y = int(xs[k]), int(ys[k])
        if _turns(x - px, y - py, int(xs[k + 1]) - x, int(ys[k + 1]) - y):
            xs[kept], ys[kept] = xs[k], ys[k]
            kept += 1
        px, py = x, y
    xs[kept], ys[kept] = xs[end], ys[end]
    return kept + 1 - at


@kernel
def _turns(ux: int, uy: int, vx: int, vy: int) -> bool:
    return bool(ux * vy != uy * vx or ux * vx + uy * vy <= 0)


@kernel
def ring(xs: Ints, ys: Ints, at: int, count: int, exterior: bool) -> int:
    """A ring as it is drawn, in place from `at`: open, without vertices straight between their neighbours, wound as MVT 2.1 (4.3.4.4)
    wants it (exteriors positive by the surveyor's formula, holes negative); returns how many vertices are left, 0 without area.
    """
    if count > 1 and xs[at] == xs[at + count - 1] and ys[at] == ys[at + count - 1]:
        count -= 1
    if count < 3:
        return 0
    last = at + count - 1
    x, y = int(xs[at]), int(ys[at])
    ux, uy = x - int(xs[last]), y - int(ys[last])
    first_x, first_y, area, kept = x, y, 0, at
    for k in range(at, last + 1):
        nx, ny = (int(xs[k + 1]), int(ys[k + 1])) if k < last else (first_x, first_y)
        vx, vy = nx - x, ny - y
        area += x * ny - nx * y
        if _turns(ux, uy, vx, vy):
            xs[kept], ys[kept] = x, y
            kept += 1
        x, y, ux, uy = nx, ny, vx, vy
    if kept - at < 3 or area == 0:
        return 0
    if (area > 0) != exterior:
        low, high = at, kept - 1
        while low < high:
            xs[low], xs[high] = xs[high], xs[low]
            ys[low], ys[high] = ys[high], ys[low]
            low += 1
            high -= 1
    return kept - at
