"""Where a feature of the store counts, and in which group: as anchors.py says in SQL."""

import numpy as np
import numpy.typing as npt

from layers.store.columns import Columns
from layers.store.jit import COMPILED, kernel
from layers.store.ragged import Ints, Rows
from layers.store.store import LayerStore

Longs = npt.NDArray[np.int64]
_HALF = 1 << 31


def anchors_of(boxes: Ints, rows: Rows) -> tuple[Longs, Longs]:
    """Middles of boxes in grid steps from the north-west corner of the world."""
    x, y = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    if COMPILED:
        _middles(boxes, rows, x, y)
    else:
        wide = boxes[rows].astype(np.int64)
        x[:], y[:] = ((wide[:, 0] + wide[:, 2]) >> 1) + _HALF, ((wide[:, 1] + wide[:, 3]) >> 1) + _HALF
    return x, y


def groups_of(store: LayerStore, columns: Columns, rows: Rows) -> Longs:
    """The number of each row's group."""
    how = store.layer.grouping
    assert how is not None
    if not how.groups:
        return np.zeros(len(rows), np.int64)
    field = store.layer.tile_fields.index(how.field)
    number = np.fromiter((how.number(value) for value in store.dictionaries[field].values), np.int64)
    found: Longs = number[columns.codes[field][rows]]
    return found


@kernel
def _middles(boxes: Ints, rows: Rows, x: Longs, y: Longs) -> None:
    for index in range(rows.shape[0]):
        west, north, east, south = boxes[rows[index]]
        x[index] = ((int(west) + int(east)) >> 1) + 2147483648
        y[index] = ((int(north) + int(south)) >> 1) + 2147483648
