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
def clip_ring(xs: Longs, ys: Longs, count: int, low: int, high: int, spare_x: Longs, spare_y: Longs) -> int:
    """Sutherland-Hodgman: cut the ring in xs, ys in place; returns how many vertices are left. `spare` is room for half as many again."""
    for side in range(4):
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
def tidy(xs: Ints, ys: Ints, at: int, count: int, ring: bool) -> int:
    """Drop repeated vertices, then those straight between their neighbours, in place from `at`; returns how many are left."""
    kept = 0
    for k in range(at, at + count):
        if kept == 0 or xs[k] != xs[at + kept - 1] or ys[k] != ys[at + kept - 1]:
            xs[at + kept] = xs[k]
            ys[at + kept] = ys[k]
            kept += 1
    if ring and kept > 1 and xs[at] == xs[at + kept - 1] and ys[at] == ys[at + kept - 1]:
        kept -= 1
    if kept < 3:
        return kept
    first_x, first_y = xs[at], ys[at]
    px, py = xs[at + kept - 1], ys[at + kept - 1]
    out = at
    for k in range(kept):
        x, y = xs[at + k], ys[at + k]
        nx = xs[at + k + 1] if k + 1 < kept else first_x
        ny = ys[at + k + 1] if k + 1 < kept else first_y
        end = not ring and (k == 0 or k == kept - 1)
        ux, uy, vx, vy = x - px, y - py, nx - x, ny - y
        if end or ux * vy != uy * vx or ux * vx + uy * vy <= 0:
            xs[out] = x
            ys[out] = y
            out += 1
        px, py = x, y
    return out - at


@kernel
def wind(xs: Ints, ys: Ints, at: int, count: int, exterior: bool) -> bool:
    """Turn a ring as MVT 2.1 (4.3.4.4) wants it: exteriors positive, holes negative by the surveyor's formula. False without area."""
    area = 0
    for k in range(count):
        after = at + k + 1 if k + 1 < count else at
        area += int(xs[at + k]) * int(ys[after]) - int(xs[after]) * int(ys[at + k])
    if area == 0:
        return False
    if (area > 0) != exterior:
        low, high = at, at + count - 1
        while low < high:
            x, y = xs[low], ys[low]
            xs[low], ys[low] = xs[high], ys[high]
            xs[high], ys[high] = x, y
            low += 1
            high -= 1
    return True
