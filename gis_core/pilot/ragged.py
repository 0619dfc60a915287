"""Arrays of lists of different lengths, kept flat: the arithmetic behind the mesh."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def within(count: Ints) -> Ints:
    """0, 1, … count[0]-1, 0, 1, … count[1]-1, …"""
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - count, count)


def ranges(first: Ints, count: Ints, backwards: Bools | None = None) -> Ints:
    """first[0], first[0]+1, … (count[0] of them), first[1], …; those marked `backwards` run from their end to the start."""
    step = within(count)
    if backwards is not None:
        step = np.where(np.repeat(backwards, count), np.repeat(count, count) - 1 - step, step)
    result: Ints = np.repeat(first, count) + step
    return result


def segment_sum(values: Floats, start: Ints) -> Floats:
    """Sums of consecutive non-empty segments; `start` has one entry more than there are segments."""
    result: Floats = np.add.reduceat(values, start[:-1])
    return result


def area_and_centroid(points: Floats, start: Ints) -> tuple[Floats, Floats]:
    """Signed areas and centroids of rings (first point not repeated)."""
    size = np.diff(start)
    # Coordinates relative to each ring's first point: at 1.7 million metres the products would lose the millimetres.
    origin = points[start[:-1]]
    p = points - np.repeat(origin, size, axis=0)
    q = np.concatenate([p[1:], p[:1]])
    q[start[1:] - 1] = 0.0
    cross = p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]
    area = segment_sum(cross, start) / 2
    safe = np.where(np.abs(area) < 1e-9, 1e-9, area)
    cx = segment_sum((p[:, 0] + q[:, 0]) * cross, start) / (6 * safe)
    cy = segment_sum((p[:, 1] + q[:, 1]) * cross, start) / (6 * safe)
    return area, origin + np.c_[cx, cy]


def extents(points: Floats, start: Ints, direction: Floats) -> tuple[Floats, Floats]:
    """Least and greatest coordinate of each ring along its own unit vector `direction` (rings, 2)."""
    along = (points * np.repeat(direction, np.diff(start), axis=0)).sum(axis=1)
    return np.minimum.reduceat(along, start[:-1]), np.maximum.reduceat(along, start[:-1])
