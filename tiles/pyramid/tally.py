"""Counting features by cells of a tile and by units: exactly as fresh as the feature store."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_core.access import Reach
from layers.layer import When
from layers.store.columns import Columns
from layers.store.grid import Frame, Window
from layers.store.jit import COMPILED, kernel
from layers.store.ragged import Rows
from layers.store.store import LayerStore
from tiles.matrix import Tile
from tiles.pyramid.anchors_memory import anchors_of, groups_of
from tiles.pyramid.sums import CELL_ZOOM, sums

Longs = npt.NDArray[np.int64]
# Cells of a tile: 64 by 64.
CELL_BITS = 6
SIDE = 1 << CELL_BITS


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
    tally = empty(SIDE * SIDE, store)
    shift = CELL_ZOOM - CELL_BITS - tile.z
    if shift < 0:
        add_rows(tally, store, tile, store.sections(ground(tile), reach, when))
        return tally
    found = sums(store, reach, when)
    places, inside = _places(tile, found.x >> shift, found.y >> shift)
    groups = tally.n.shape[1]
    key = places * groups + found.group[inside]
    _sum(key, found.n[inside], tally.n.reshape(-1))
    _sum(key, found.measure[inside], tally.measure.reshape(-1))
    return tally


def by_unit(store: LayerStore, reach: Reach, when: When) -> Tally:
    """All features by the store's unit numbers, with the sums of their anchors."""
    tally = empty(len(store.builder.units.ids), store)
    found = sums(store, reach, when)
    key = found.unit * tally.n.shape[1] + found.group
    _sum(key, found.n, tally.n.reshape(-1))
    _sum(key, found.measure, tally.measure.reshape(-1))
    for axis, values in enumerate((found.middle_x, found.middle_y)):
        _sum(found.unit * 2 + axis, values, tally.middle.reshape(-1))
    return tally


def add_rows(tally: Tally, store: LayerStore, tile: Tile, sections: Iterable[tuple[Columns, Rows]]) -> None:
    """Add features one by one to the cells of the tile in which they count."""
    shift = 32 - tile.z - CELL_BITS
    for columns, rows in sections:
        x, y = anchors_of(columns.places[0].boxes, rows)
        # A box that meets the tile may have its anchor in the next one.
        places, inside = _places(tile, x >> shift, y >> shift)
        key = places * tally.n.shape[1] + groups_of(store, columns, rows)[inside]
        one_each = np.ones(len(key), np.int64)
        _sum(key, one_each, tally.n.reshape(-1))
        measured = columns.measures[0][rows[inside]].astype(np.int64) if columns.measures else one_each
        _sum(key, measured, tally.measure.reshape(-1))


def ground(tile: Tile) -> Window:
    """The tile without a margin."""
    return Frame.of(tile.z, tile.x, tile.y, 0).window()


def _places(tile: Tile, x: Longs, y: Longs) -> tuple[Longs, npt.NDArray[np.bool_]]:
    """Which of the cells (x, y) of the tile's level are in the tile, and the places of those."""
    x, y = x - (tile.x << CELL_BITS), y - (tile.y << CELL_BITS)
    inside = (x >= 0) & (x < SIDE) & (y >= 0) & (y < SIDE)
    return (y * SIDE + x)[inside], inside


def empty(places: int, store: LayerStore) -> Tally:
    """Nothing counted yet in so many places."""
    how = store.layer.grouping
    assert how is not None
    return Tally(*(np.zeros((places, width), np.int64) for width in (len(how.keys), len(how.keys), 2)))


def _sum(keys: Longs, values: Longs, into: Longs) -> None:
    """Add each value to its place."""
    if COMPILED:
        _add(keys, values, into)
    else:
        np.add.at(into, keys, values)


@kernel
def _add(keys: Longs, values: Longs, into: Longs) -> None:
    for index in range(keys.shape[0]):
        into[keys[index]] += values[index]


def warm() -> None:
    """Compile the loops."""
    nothing = np.zeros(1, np.int64)
    anchors_of(np.zeros((1, 4), np.int32), nothing)
    _sum(nothing, nothing, np.zeros(2, np.int64))
