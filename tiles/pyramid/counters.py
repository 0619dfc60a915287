"""Counters as vector tiles from memory: squares of a grid (`<name>_grid`) and one point a unit (`<name>_units`).

Attributes of both: `n` features, `area` (their measure, in its unit), `group` with the largest share, `share_<group>` in
percent where there is any. counters_sql.py makes the same in the database.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gis_core.access import Reach
from layers.generalisation import Grouping
from layers.layer import When
from layers.store.jit import COMPILED
from layers.store.ragged import EXTERIOR, POINTS, Ragged, offsets
from layers.store.store import LayerStore
from layers.store.values import ENCODERS, delimited, varint
from tiles.encoder import vector, write
from tiles.matrix import Tile
from tiles.pyramid.tally import CELL_BITS, SIDE, Longs, Tally, by_cell, by_unit

_UNITS = 4096 // SIDE
_HEAD, _EXTENT = b"\x78\x02", b"\x28" + varint(4096)
# No value: the attribute is left out.
_NONE = -1


class Features(NamedTuple):
    """Shapes in tile units with their ids and the rows of a tally that they show."""

    shapes: Ragged
    ids: Longs
    rows: Longs


def grid(store: LayerStore, tile: Tile, reach: Reach, when: When) -> bytes:
    """The counters of the tile's cells; b"" without any."""
    return squares(store, tile, by_cell(store, tile, reach, when))


def squares(store: LayerStore, tile: Tile, tally: Tally) -> bytes:
    """A tally of the tile's cells as a layer of squares; b"" without any."""
    cells = tally.filled
    x, y = cells % SIDE, cells // SIDE
    ids = (((tile.y << CELL_BITS) + y) << (tile.z + CELL_BITS)) | ((tile.x << CELL_BITS) + x)
    return _layer(f"{store.layer.name}_grid", _how(store), tally, Features(_squares(x * _UNITS, y * _UNITS), ids, cells))


def units(store: LayerStore, tile: Tile, reach: Reach, when: When) -> bytes:
    """The totals of the units whose features lie around a point in the tile; b"" without any. The id is the unit's (0: none)."""
    tally = by_unit(store, reach, when)
    rows = tally.filled
    middles = tally.middle[rows] // tally.n[rows].sum(axis=1)[:, None]
    here = ((middles >> (32 - tile.z)) == (tile.x, tile.y)).all(axis=1)
    rows, middles = rows[here], middles[here]
    at = (middles - np.array([tile.x, tile.y]) * (1 << (32 - tile.z))) >> (20 - tile.z)
    ids = np.maximum(np.array(store.builder.units.ids, np.int64)[rows], 0)
    order = np.argsort(ids, kind="stable")
    points = Ragged(
        at[order, 0].astype(np.int32),
        at[order, 1].astype(np.int32),
        offsets(np.ones(len(rows), np.int64)),
        np.full(len(rows), POINTS, np.uint8),
        offsets(np.ones(len(rows), np.int64)),
    )
    return _layer(f"{store.layer.name}_units", _how(store), tally, Features(points, ids[order], rows[order]))


def _how(store: LayerStore) -> Grouping:
    how = store.layer.grouping
    assert how is not None
    return how


def _squares(x: Longs, y: Longs) -> Ragged:
    """Squares of cells, wound as exteriors are (MVT 2.1, 4.3.4.4)."""
    count, size = len(x), _UNITS
    xs = (x[:, None] + (0, size, size, 0)).astype(np.int32).ravel()
    ys = (y[:, None] + (0, 0, size, size)).astype(np.int32).ravel()
    ones = np.ones(count, np.int64)
    return Ragged(xs, ys, offsets(ones * 4), np.full(count, EXTERIOR, np.uint8), offsets(ones))


def attributes(how: Grouping) -> list[str]:
    """The attributes of a counter, in this order."""
    return ["n", *(["area"] if how.measure else []), "group", *(f"share_{key}" for key in how.keys)]


def _layer(name: str, how: Grouping, tally: Tally, features: Features) -> bytes:
    if not len(features.rows):
        return b""
    keys = attributes(how)
    group = keys.index("group")
    table = _table(how, tally.n[features.rows], tally.measure[features.rows])
    # Whole numbers and keys of groups share one list of values: numbers first, in order, then the keys that are used.
    whole = np.delete(table, group, axis=1)
    numbers = np.unique(whole[whole != _NONE])
    groups = np.unique(table[:, group])
    tags = np.where(table == _NONE, _NONE, np.searchsorted(numbers, table))
    tags[:, group] = len(numbers) + np.searchsorted(groups, table[:, group])
    messages = [ENCODERS["integer"](number) for number in numbers.tolist()]
    messages += [ENCODERS["string"](how.keys[number]) for number in groups.tolist()]
    body = (write.by_loop if COMPILED else vector.written)(features.shapes, features.ids, tags.astype(np.int32))
    head = _HEAD + delimited(0x0A, name.encode())
    named = b"".join(delimited(0x1A, key.encode()) for key in keys)
    return delimited(0x1A, head + body + named + b"".join(delimited(0x22, message) for message in messages) + _EXTENT)


def largest(n: Longs, measure: Longs) -> Longs:
    """The number of the largest group of each place; where nothing is measured, of the one with most features."""
    found: Longs = np.where(measure.sum(axis=1) > 0, measure.argmax(axis=1), n.argmax(axis=1))
    return found


def _table(how: Grouping, n: Longs, measure: Longs) -> Longs:
    """`attributes` by feature (row), the group as its number."""
    total = measure.sum(axis=1)
    group = largest(n, measure)
    area = [(total + how.parts // 2) // how.parts] if how.measure else []
    shares: npt.NDArray[np.int64] = (200 * measure + total[:, None]) // np.maximum(2 * total, 1)[:, None]
    return np.column_stack([n.sum(axis=1), *area, group, np.where(shares > 0, shares, _NONE)])
