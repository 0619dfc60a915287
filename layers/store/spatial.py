"""Finding rows by place: a Hilbert order, boxes of blocks of rows, and the scan over both."""

import numpy as np
import numpy.typing as npt

from layers.store.grid import Window
from layers.store.jit import COMPILED, kernel
from layers.store.ragged import Ints, Rows

BLOCK = 64


def hilbert(boxes: Ints) -> npt.NDArray[np.uint32]:
    """The place of each box's middle on a Hilbert curve through 2^16 by 2^16 cells of the boxes' own extent."""
    middle = (boxes[:, :2].astype(np.int64) + boxes[:, 2:]) >> 1
    low = middle.min(axis=0, initial=2**40)
    span = max(int((middle - low).max(initial=0)), 1)
    if COMPILED:
        curve = np.empty(len(boxes), np.uint32)
        _walk(boxes, low, span, curve)
        return curve
    cells = ((middle - low) * 65535 // span).astype(np.uint32)
    x, y = cells[:, 0].copy(), cells[:, 1].copy()
    curve = np.zeros(len(boxes), np.uint32)
    for bit in range(15, -1, -1):
        right, up = x >> bit & 1, y >> bit & 1
        curve = curve << 2 | (3 * right) ^ up
        # Turn the quadrant so that its curve begins where the last one ended.
        mirror = (up == 0) & (right == 1)
        x[mirror], y[mirror] = 65535 - x[mirror], 65535 - y[mirror]
        swap = up == 0
        x[swap], y[swap] = y[swap], x[swap]
    return curve


@kernel
def _walk(boxes: Ints, low: Rows, span: int, curve: npt.NDArray[np.uint32]) -> None:
    for row in range(boxes.shape[0]):
        x = (((np.int64(boxes[row, 0]) + boxes[row, 2]) >> 1) - low[0]) * 65535 // span
        y = (((np.int64(boxes[row, 1]) + boxes[row, 3]) >> 1) - low[1]) * 65535 // span
        place = 0
        for bit in range(15, -1, -1):
            right, up = x >> bit & 1, y >> bit & 1
            place = place << 2 | (3 * right) ^ up
            if up == 0:
                if right == 1:
                    x, y = 65535 - x, 65535 - y
                x, y = y, x
        curve[row] = place


def blocks(boxes: Ints) -> Ints:
    """The common box of each `BLOCK` rows."""
    if not len(boxes):
        return np.empty((0, 4), np.int32)
    starts = np.arange(0, len(boxes), BLOCK)
    return np.hstack([np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)])


def meeting(boxes: Ints, grouped: Ints, window: Window) -> Rows:
    """The rows whose boxes meet the window (edges count)."""
    edges = (window.west, window.north, window.east, window.south)
    if not COMPILED:
        return vectorised(boxes, grouped, *edges)
    rows = np.empty(len(boxes) if len(boxes) < 4096 else int(_within(grouped, *edges)) * BLOCK, np.int64)
    return rows[: _scan(boxes, grouped, *edges, rows)]


def vectorised(boxes: Ints, grouped: Ints, west: int, north: int, east: int, south: int) -> Rows:
    """The same in numpy."""
    near = np.flatnonzero(_meets(grouped, west, north, east, south))
    rows = (near[:, None] * BLOCK + np.arange(BLOCK)).ravel()
    rows = rows[rows < len(boxes)]
    near_by = boxes[rows]
    found: Rows = rows[_meets(near_by, west, north, east, south) & (near_by[:, 0] <= near_by[:, 2])]
    return found


def _meets(boxes: Ints, west: int, north: int, east: int, south: int) -> npt.NDArray[np.bool_]:
    meets: npt.NDArray[np.bool_] = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= south) & (boxes[:, 3] >= north)
    return meets


@kernel
def _within(grouped: Ints, west: int, north: int, east: int, south: int) -> int:
    count = 0
    for block in range(grouped.shape[0]):
        if grouped[block, 0] <= east and grouped[block, 2] >= west and grouped[block, 1] <= south and grouped[block, 3] >= north:
            count += 1
    return count


@kernel
def _scan(boxes: Ints, grouped: Ints, west: int, north: int, east: int, south: int, rows: Rows) -> int:
    found = 0
    for block in range(grouped.shape[0]):
        if grouped[block, 0] > east or grouped[block, 2] < west or grouped[block, 1] > south or grouped[block, 3] < north:
            continue
        for row in range(block * BLOCK, min(block * BLOCK + BLOCK, boxes.shape[0])):
            left, top, right, bottom = boxes[row]
            # A row without geometry has a box turned inside out, which a window over the whole world would meet.
            if left <= east and right >= west and top <= south and bottom >= north and left <= right:
                rows[found] = row
                found += 1
    return found
