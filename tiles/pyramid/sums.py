"""Features summed up by small cell, unit and group: what all counters of low zooms are made of.

The sums of the rows that were loaded are kept beside them; an edit costs only the rows that came and went since.
"""

import threading
from typing import Any, NamedTuple, Self, cast

import numpy as np
import numpy.typing as npt

from gis_core.access import Reach
from layers.layer import When
from layers.store.columns import Columns
from layers.store.masks import Sight
from layers.store.ragged import Rows
from layers.store.store import LayerStore
from tiles.pyramid.anchors_memory import anchors_of, groups_of

Longs = npt.NDArray[np.int64]
_EVERYTHING = Reach(everything=True)
# Cells of this zoom are the smallest that counters show.
CELL_ZOOM = 16
# Sums of so many moments are kept: today's, and a few that somebody asked for.
_KEPT = 4
_making = threading.Lock()


class Sums(NamedTuple):
    """One entry a cell, unit, publication and group: features, their measure, and the sums of their anchors."""

    x: Longs
    y: Longs
    unit: Longs
    public: npt.NDArray[np.bool_]
    group: Longs
    n: Longs
    measure: Longs
    middle_x: Longs
    middle_y: Longs

    def take(self, rows: npt.NDArray[np.bool_]) -> Self:
        """Some of the entries."""
        return type(self)(*cast("Any", (column[rows] for column in self)))

    def negative(self) -> Self:
        """What takes these entries away."""
        return self._replace(n=-self.n, measure=-self.measure, middle_x=-self.middle_x, middle_y=-self.middle_y)


def sums(store: LayerStore, reach: Reach, when: When) -> Sums:
    """What `reach` shows of the store at a moment; a key may stand in several entries."""
    sight = Sight.of(store.layer, _EVERYTHING, when)
    loaded = _of_loaded(store, sight)
    gone = _summed(store, store.base, _seen(store, sight, store.base, np.flatnonzero(~store.alive).astype(np.int64)))
    new = _summed(store, store.tail, _seen(store, sight, store.tail, np.arange(len(store.tail), dtype=np.int64)))
    together = Sums(*(np.concatenate(columns) for columns in zip(loaded, gone.negative(), new, strict=True)))
    return together if reach.everything else together.take(_reached(store, together, reach))


def _of_loaded(store: LayerStore, sight: Sight) -> Sums:
    """The sums of the rows that were loaded, made once for all threads that want them."""
    with _making:
        kept: dict[Sight, Sums] = store.base.derived.setdefault("sums", {})
        if sight not in kept:
            kept[sight] = _summed(store, store.base, _seen(store, sight, store.base, np.arange(len(store.base), dtype=np.int64)))
            while len(kept) > _KEPT:
                kept.pop(next(iter(kept)))
        return kept[sight]


def _seen(store: LayerStore, sight: Sight, columns: Columns, rows: Rows) -> Rows:
    shown = columns.places[0].boxes
    rows = rows[shown[rows, 0] <= shown[rows, 2]]  # rows without geometry count nowhere
    mask = sight.mask(columns, store.builder.units, rows)
    return rows if mask is None else rows[mask]


def _reached(store: LayerStore, found: Sums, reach: Reach) -> npt.NDArray[np.bool_]:
    if store.base.units is None:
        return np.full(len(found.n), bool(reach))
    inside = store.builder.units.reached(reach.units)[found.unit]
    return inside | found.public if reach.public else inside


def _summed(store: LayerStore, columns: Columns, rows: Rows) -> Sums:
    x, y = anchors_of(columns.places[0].boxes, rows)
    groups = groups_of(store, columns, rows)
    nothing = np.zeros(len(rows), np.int64)
    units = nothing if columns.units is None else columns.units[rows].astype(np.int64)
    public = nothing if columns.public is None else columns.public[rows].astype(np.int64)
    shift = 32 - CELL_ZOOM
    # 16 bits each for the cell's column and row, 1 for publication, 8 for the group, the rest for the unit.
    key = ((((units << 8) | groups) << 1 | public) << 32) | ((y >> shift) << 16) | (x >> shift)
    distinct, which, n = np.unique(key, return_inverse=True, return_counts=True)
    added = [np.zeros(len(distinct), np.int64) for _ in range(3)]
    for into, values in zip(added, (columns.measures[0][rows].astype(np.int64), x, y), strict=True):
        np.add.at(into, which, values)
    low, high = distinct & 0xFFFFFFFF, distinct >> 32
    return Sums(low & 0xFFFF, low >> 16, high >> 9, (high & 1).astype(np.bool_), (high >> 1) & 0xFF, n.astype(np.int64), *added)
