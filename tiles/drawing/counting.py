"""Counting features for a picture of a low zoom: from this process's memory where the layer stands there, else in the database.

Both count the same: by cells of the tile grid, and by administrative unit (tiles/pyramid).
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
from django.core.exceptions import EmptyResultSet
from django.db import connection

from gis_core.changes.clock import Box
from layers.generalisation import Generalisation
from layers.layer import FeatureLayer, When
from layers.store.store import LayerStore
from tiles.drawing.rows import Rows
from tiles.engine import engine
from tiles.matrix import EDGE, Tile
from tiles.pyramid.anchors import Anchored, anchored
from tiles.pyramid.counters import largest
from tiles.pyramid.counters_sql import aggregates
from tiles.pyramid.sources import CounterSource
from tiles.pyramid.tally import CELL_BITS, SIDE, Tally, by_cell, by_unit

Numbers = npt.NDArray[np.float64]
_BOX = "{{geom}} && ST_MakeEnvelope({0}, {1}, {2}, {3}, 3857)"


class Counted(NamedTuple):
    """Places by their coordinates: how many features each has, and the group with the largest share."""

    x: Numbers
    y: Numbers
    n: Sequence[int]
    groups: Sequence[str]


_NOTHING = Counted(np.zeros(0), np.zeros(0), (), ())


def squares(low: CounterSource, rows: Rows, zoom: int, box: Box) -> Counted:
    """Cells of the grid that meet `box` (EPSG:3857), by their column and row in the world."""
    side = 2 * EDGE / (1 << (zoom + CELL_BITS))
    west, south, east, north = (max(-EDGE, min(EDGE, value)) for value in box)
    first, last = math.floor((west + EDGE) / side), math.ceil((east + EDGE) / side)
    top, bottom = math.floor((EDGE - north) / side), math.ceil((EDGE - south) / side)
    if (store := _store(low, rows, zoom)) is not None:
        return _from_memory(low, store, zoom, (first, top, last, bottom))
    # Features of a whole cell count, also where the cell reaches out of the box.
    whole = _BOX.format(first * side - EDGE, EDGE - bottom * side, last * side - EDGE, EDGE - top * side)
    inner, shift = _anchored(rows, whole), 32 - CELL_BITS - zoom
    if inner is None:
        return _NOTHING
    counted = f"SELECT ux >> {shift} AS x, uy >> {shift} AS y, g, count(*) AS n, sum(w) AS w FROM ({inner.sql}) r GROUP BY 1, 2, 3"  # noqa: S608
    return _read(rows.layer, f"SELECT x, y, %s FROM ({counted}) c GROUP BY x, y", inner.values)  # noqa: S608


def totals(low: CounterSource, rows: Rows) -> Counted:
    """Administrative units, each in the middle of its features, in steps of the world grid from the north-west."""
    if (store := _store(low, rows, 0)) is not None:
        tally = by_unit(store, low.reach, low.when)
        filled = tally.filled
        middles = tally.middle[filled] // tally.n[filled].sum(axis=1)[:, None]
        return _tallied(low.layer, tally, filled, middles[:, 0], middles[:, 1])
    inner = _anchored(rows, "true")
    if inner is None:
        return _NOTHING
    sums = "count(*) AS n, sum(w) AS w, sum(ux) AS sx, sum(uy) AS sy"
    counted = f"SELECT unit, g, {sums} FROM ({inner.sql}) r GROUP BY 1, 2"  # noqa: S608
    middle = "div(sum(sx), sum(n)) AS x, div(sum(sy), sum(n)) AS y"
    return _read(rows.layer, f"SELECT {middle}, %s FROM ({counted}) c GROUP BY unit", inner.values)  # noqa: S608


def _store(low: CounterSource, rows: Rows, zoom: int) -> LayerStore | None:
    """The layer in memory, where it can answer; an interval of time it cannot."""
    found = engine.stores([low], Tile(zoom, 0, 0)) if not isinstance(rows.when, tuple) else None
    return found[0] if found else None


def _from_memory(low: CounterSource, store: LayerStore, zoom: int, cells: tuple[int, int, int, int]) -> Counted:
    first, top, last, bottom = cells
    found = []
    for column in range(first // SIDE, min(math.ceil(last / SIDE), 1 << zoom)):
        for row in range(top // SIDE, min(math.ceil(bottom / SIDE), 1 << zoom)):
            tally = by_cell(store, Tile(zoom, column, row), low.reach, low.when)
            filled = tally.filled
            found.append(_tallied(low.layer, tally, filled, column * SIDE + filled % SIDE, row * SIDE + filled // SIDE))
    return Counted(
        np.concatenate([part.x for part in found]) if found else np.zeros(0),
        np.concatenate([part.y for part in found]) if found else np.zeros(0),
        [n for part in found for n in part.n],
        [group for part in found for group in part.groups],
    )


def _tallied(layer: FeatureLayer, tally: Tally, places: npt.NDArray[np.int64], x: npt.NDArray[Any], y: npt.NDArray[Any]) -> Counted:
    how = layer.generalisation
    assert how is not None
    n, measure = tally.n[places], tally.measure[places]
    return Counted(x.astype(float), y.astype(float), n.sum(axis=1).tolist(), _keys(how, largest(n, measure)))


def _keys(how: Generalisation, numbers: npt.NDArray[np.int64]) -> list[str]:
    return [how.keys[number] for number in numbers.tolist()]


def _anchored(rows: Rows, condition: str) -> Anchored | None:
    """None where it is known without asking that there are no rows."""
    try:
        # Intervals of time select rows as moments do.
        return anchored(rows.layer, rows.reach, cast("When", rows.when), rows.filter, condition)
    except EmptyResultSet:
        return None


def _read(layer: FeatureLayer, statement: str, values: Sequence[Any]) -> Counted:
    """`statement` yields x and y; it has a %s where the aggregates of a place belong."""
    assert layer.generalisation is not None
    head, tail = statement.split("%s", 1)
    sql = f'SELECT x, y, n, "group" FROM ({head}{aggregates(layer.generalisation)}{tail}) made ORDER BY x, y'  # noqa: S608  names and constants of ours
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        found = cursor.fetchall()
    x, y = (np.array([row[place] for row in found], dtype=float) for place in (0, 1))
    return Counted(x, y, [int(row[2]) for row in found], [str(row[3]) for row in found])
