"""Counting features by cells and by units straight from the feature store's columns: exactly as fresh as they are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_core.access import Reach
from layers.layer import When
from layers.store.columns import Columns
from layers.store.grid import Frame, Window
from layers.store.jit import COMPILED, kernel
from layers.store.ragged import Ints, Rows
from layers.store.store import LayerStore
from tiles.matrix import Tile

Longs = npt.NDArray[np.int64]
# Cells of a tile: 64 by 64.
CELL_BITS = 6
SIDE = 1 << CELL_BITS
_HALF = 1 << 31
_WORLD = Window(-_HALF, -_HALF, _HALF - 1, _HALF - 1)


@dataclass(frozen=True)
class Tally:
    """Counts by place (cell of a tile, or unit) and group: `n` and `measure` are (places, groups), `middle` (places, 2) sums of anchors."""

    n: Longs
    measure: Longs
    middle: Longs

    @property
    def filled(self) -> Rows:
        """The places in which something is."""
        return np.flatnonzero(self.n.any(axis=1)).astype(np.int64)


def by_cell(store: LayerStore, tile: Tile, reach: Reach, when: When) -> Tally:
    """Features whose anchor is in the tile, by its cells in rows from the north-west."""
    shift = 32 - tile.z - CELL_BITS
    tally = _empty(SIDE * SIDE, store)
    window = Frame.of(tile.z, tile.x, tile.y, 0).window()
    for columns, rows in store.sections(window, reach, when):
        x, y = _anchors(columns.places[0].boxes, rows)
        x, y = (x >> shift) - (tile.x << CELL_BITS), (y >> shift) - (tile.y << CELL_BITS)
        # A box that meets the tile may have its anchor in the next one.
        inside = (x >= 0) & (x < SIDE) & (y >= 0) & (y < SIDE)
        _count(tally, store, columns, rows[inside], (y * SIDE + x)[inside])
    return tally


def by_unit(store: LayerStore, reach: Reach, when: When) -> Tally:
    """All features by the store's unit numbers, with the sums of their anchors."""
    tally = _empty(len(store.builder.units.ids), store)
    for columns, rows in store.sections(_WORLD, reach, when):
        if columns.units is None:
            continue
        units = columns.units[rows].astype(np.int64)
        _count(tally, store, columns, rows, units)
        for axis, values in enumerate(_anchors(columns.places[0].boxes, rows)):
            _sum(units, values, tally.middle[:, axis])
    return tally


def _empty(places: int, store: LayerStore) -> Tally:
    how = store.layer.generalisation
    assert how is not None
    return Tally(*(np.zeros((places, width), np.int64) for width in (len(how.keys), len(how.keys), 2)))


def _anchors(boxes: Ints, rows: Rows) -> tuple[Longs, Longs]:
    """Middles of boxes, counted from the north-west corner of the world."""
    x, y = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    if COMPILED:
        _middles(boxes, rows, x, y)
    else:
        wide = boxes[rows].astype(np.int64)
        x[:], y[:] = ((wide[:, 0] + wide[:, 2]) >> 1) + _HALF, ((wide[:, 1] + wide[:, 3]) >> 1) + _HALF
    return x, y


def _count(tally: Tally, store: LayerStore, columns: Columns, rows: Rows, places: Longs) -> None:
    how = store.layer.generalisation
    assert how is not None
    field = store.layer.tile_fields.index(how.field)
    group_of = np.fromiter((how.number(value) for value in store.dictionaries[field].values), np.int64)
    key = places * len(how.keys) + group_of[columns.codes[field][rows]]
    _sum(key, np.ones(len(rows), np.int64), tally.n.reshape(-1))
    _sum(key, columns.measures[0][rows].astype(np.int64), tally.measure.reshape(-1))


def _sum(keys: Longs, values: Longs, into: Longs) -> None:
    """Add each value to its place."""
    if COMPILED:
        _add(keys, values, into)
    else:
        np.add.at(into, keys, values)


@kernel
def _middles(boxes: Ints, rows: Rows, x: Longs, y: Longs) -> None:
    for index in range(rows.shape[0]):
        west, north, east, south = boxes[rows[index]]
        x[index] = ((int(west) + int(east)) >> 1) + 2147483648
        y[index] = ((int(north) + int(south)) >> 1) + 2147483648


@kernel
def _add(keys: Longs, values: Longs, into: Longs) -> None:
    for index in range(keys.shape[0]):
        into[keys[index]] += values[index]


def warm() -> None:
    """Compile the loops."""
    rows, keys = np.zeros(1, np.int64), np.zeros(1, np.int64)
    _anchors(np.zeros((1, 4), np.int32), rows)
    _sum(keys, keys, np.zeros((1, 2), np.int64).reshape(-1))
    _sum(keys, keys, np.zeros((1, 2), np.int64)[:, 0])
