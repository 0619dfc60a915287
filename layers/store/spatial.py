"""Finding rows by place: a Hilbert order, boxes of blocks of rows, and the scan over both; and rows in the order of their ids."""

import numpy as np
import numpy.typing as npt

from layers.store.grid import Window
from layers.store.jit import COMPILED, kernel
from layers.store.ragged import Ints, Rows

BLOCK = 64
Mask = npt.NDArray[np.bool_]
_ALL = np.empty(0, np.bool_)  # in place of a mask that shows every row


def hilbert(boxes: Ints) -> npt.NDArray[np.uint32]:
    """The place of each box's middle on a Hilbert curve through 2^16 by 2^16 cells of the boxes' own extent."""
    if COMPILED:
        curve = np.empty(len(boxes), np.uint32)
        _walk(boxes, *_extent(boxes), curve)
        return curve
    middle = (boxes[:, :2].astype(np.int64) + boxes[:, 2:]) >> 1
    low = middle.min(axis=0, initial=2**40)
    span = max(int((middle - low).max(initial=0)), 1)
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
def _extent(boxes: Ints) -> tuple[int, int, int]:
    """(least x, least y, larger span) of the middles of boxes; no temporary columns, for this is where loading needs most memory."""
    west, north, east, south = 2**40, 2**40, -(2**40), -(2**40)
    for row in range(boxes.shape[0]):
        x = (np.int64(boxes[row, 0]) + boxes[row, 2]) >> 1
        y = (np.int64(boxes[row, 1]) + boxes[row, 3]) >> 1
        west, east, north, south = min(west, x), max(east, x), min(north, y), max(south, y)
    return west, north, max(east - west, south - north, 1)


@kernel
def _walk(boxes: Ints, west: int, north: int, span: int, curve: npt.NDArray[np.uint32]) -> None:
    for row in range(boxes.shape[0]):
        x = (((np.int64(boxes[row, 0]) + boxes[row, 2]) >> 1) - west) * 65535 // span
        y = (((np.int64(boxes[row, 1]) + boxes[row, 3]) >> 1) - north) * 65535 // span
        place = 0
        for bit in range(15, -1, -1):
            right, up = x >> bit & 1, y >> bit & 1
            place = place << 2 | (3 * right) ^ up
            if up == 0:
                if right == 1:
                    x, y = 65535 - x, 65535 - y
                x, y = y, x
        curve[row] = place


def blocks(boxes: Ints) -> tuple[Ints, Ints]:
    """The common box of each `BLOCK` rows, and of each `BLOCK` of those boxes."""
    first = _grouped(boxes)
    return first, _grouped(first)


def _grouped(boxes: Ints) -> Ints:
    if not len(boxes):
        return np.empty((0, 4), np.int32)
    starts = np.arange(0, len(boxes), BLOCK)
    return np.hstack([np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)])


def meeting(boxes: Ints, grouped: tuple[Ints, Ints], window: Window, *masks: Mask | None) -> Rows:
    """The rows whose boxes meet the window (edges count), as far as all of at most two masks show them."""
    edges = (window.west, window.north, window.east, window.south)
    if COMPILED:
        first, second = (*[_ALL if mask is None else mask for mask in masks], _ALL, _ALL)[:2]
        found: Rows = _scan(boxes, *grouped, *edges, first, second)
        return found
    rows = vectorised(boxes, grouped, *edges)
    for mask in masks:
        rows = rows if mask is None else rows[mask[rows]]
    return rows


def around(grouped: tuple[Ints, Ints], window: Window) -> int:
    """How many rows stand in blocks that meet the window."""
    edges = (window.west, window.north, window.east, window.south)
    return BLOCK * (int(_count(*grouped, *edges)) if COMPILED else int(np.count_nonzero(_meets(grouped[0], *edges))))


@kernel
def _count(grouped: Ints, outer: Ints, west: int, north: int, east: int, south: int) -> int:
    count = 0
    for group in range(outer.shape[0]):
        if _near(outer, group, west, north, east, south):
            for block in range(group * BLOCK, min(group * BLOCK + BLOCK, grouped.shape[0])):
                if _near(grouped, block, west, north, east, south):
                    count += 1
    return count


def vectorised(boxes: Ints, grouped: tuple[Ints, Ints], west: int, north: int, east: int, south: int) -> Rows:
    """The same in numpy."""
    near = np.flatnonzero(_meets(grouped[0], west, north, east, south))
    rows = (near[:, None] * BLOCK + np.arange(BLOCK)).ravel()
    rows = rows[rows < len(boxes)]
    near_by = boxes[rows]
    found: Rows = rows[_meets(near_by, west, north, east, south) & (near_by[:, 0] <= near_by[:, 2])]
    return found


def _meets(boxes: Ints, west: int, north: int, east: int, south: int) -> Mask:
    meets: Mask = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= south) & (boxes[:, 3] >= north)
    return meets


@kernel
def _near(box: Ints, at: int, west: int, north: int, east: int, south: int) -> bool:
    return bool(box[at, 0] <= east and box[at, 2] >= west and box[at, 1] <= south and box[at, 3] >= north)


@kernel
def _blocks(grouped: Ints, outer: Ints, west: int, north: int, east: int, south: int) -> Rows:
    """The blocks that meet the window."""
    blocks = np.empty(_count(grouped, outer, west, north, east, south), np.int64)
    found = 0
    for group in range(outer.shape[0]):
        if _near(outer, group, west, north, east, south):
            for block in range(group * BLOCK, min(group * BLOCK + BLOCK, grouped.shape[0])):
                if _near(grouped, block, west, north, east, south):
                    blocks[found] = block
                    found += 1
    return blocks


@kernel
def _scan(boxes: Ints, grouped: Ints, outer: Ints, west: int, north: int, east: int, south: int, first: Mask, second: Mask) -> Rows:
    blocks = _blocks(grouped, outer, west, north, east, south)
    rows = np.empty(blocks.shape[0] * BLOCK, np.int64)
    found = 0
    for k in range(blocks.shape[0]):
        for row in range(blocks[k] * BLOCK, min(blocks[k] * BLOCK + BLOCK, boxes.shape[0])):
            # A row without geometry has a box turned inside out, which a window over the whole world would meet.
            here = _near(boxes, row, west, north, east, south) and boxes[row, 0] <= boxes[row, 2]
            if here and _shown(first, row) and _shown(second, row):
                rows[found] = row
                found += 1
    return rows[:found]


@kernel
def _shown(mask: Mask, row: int) -> bool:
    return bool(mask.shape[0] == 0 or mask[row])


def by_number(ids: npt.NDArray[np.integer]) -> tuple[Rows, Rows]:
    """(ids in ascending order, where each stood). Ids are unique."""
    if ids.dtype == np.int32:
        # Sorting numbers is several times as fast as sorting positions by them, so the position rides along.
        keys = ids.astype(np.int64)
        keys <<= 32
        keys |= np.arange(len(ids))
        keys.sort()
        return keys >> 32, keys & 0xFFFFFFFF
    order = np.argsort(ids)
    return ids[order].astype(np.int64), order
