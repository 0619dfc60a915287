"""The owner rule: whatever tiles there are, and whoever computes them, what is found is the same."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.analysis.kinds.overlay import pieces
from layers.analysis.kinds.topology import faults
from layers.analysis.tiling import Cell, cells_over
from layers.analysis.work import ordered
from layers.queries.plane_rows import Rows

_Box = tuple[int, int, int, int]
boxes = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30), st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=14)


def rows_of(found: list[_Box], shift: float = 0.0) -> Rows:
    """Rectangles as rows, and every third one its upper right half alone, which is not where its box's corner is."""
    shapes = np.array([shapely.box(x + shift, y, x + w + shift, y + h) for x, y, w, h in found], object)
    for number, (x, y, w, h) in enumerate(found):
        if number % 3 == 2:
            shapes[number] = shapely.Polygon([(x + w + shift, y), (x + w + shift, y + h), (x + shift, y + h)])
    return Rows([f"{shift}:{number}" for number in range(len(found))], shapes, {})


def meeting(rows: Rows, area: Any) -> Rows:
    """What the database hands over for a rectangle."""
    return rows.taken(shapely.intersects(shapely.box(*rows.bounds.T), area))


def around(rows: Rows, cell: Cell, gap: float) -> Rows:
    """The rows that a tile owns with all their neighbours."""
    owned = rows.taken(cell.owns(rows.bounds[:, 0], rows.bounds[:, 1]))
    area = (
        shapely.box(*cell.bounds)
        if not len(owned)
        else shapely.box(*shapely.total_bounds(owned.shapes)).union(shapely.box(*cell.bounds)).envelope
    )
    return meeting(rows, area.buffer(gap, join_style="mitre"))


def everything(frames: Iterator[Any]) -> str:
    """All tiles' findings as text, in the order of results."""
    return str(ordered(pandas.concat(list(frames), ignore_index=True)).to_csv(index=False))


@given(boxes, boxes, st.floats(3, 40))
@settings(max_examples=40, deadline=None)
def test_an_overlay_is_the_same_in_any_tiles(left: list[_Box], right: list[_Box], size: float) -> None:
    """Against one tile that holds everything."""
    mine, theirs = rows_of(left), rows_of(right, 0.5)
    whole = [pieces(mine, theirs, Cell(-1 + column, -1 + row, 1_000), 0.01) for column in (0, 1) for row in (0, 1)]
    parts = [
        pieces(meeting(mine, shapely.box(*cell.bounds)), meeting(theirs, shapely.box(*cell.bounds)), cell, 0.01)
        for cell in cells_over((-31, -31, 41, 41), size)
    ]
    assert everything(iter(parts)) == everything(iter(whole))


@given(boxes, boxes, st.floats(3, 40), st.tuples(st.floats(-25, 10), st.floats(-25, 10)))
@settings(max_examples=40, deadline=None)
def test_an_overlay_of_a_unit_is_the_same_in_any_tiles(left: list[_Box], right: list[_Box], size: float, at: tuple[float, float]) -> None:
    """Rows that reach out of it to the west and south are found at its border."""
    mine, theirs = rows_of(left), rows_of(right, 0.5)
    unit = shapely.Polygon([at, (at[0] + 30, at[1] + 4), (at[0] + 9, at[1] + 28)])
    whole = [pieces(mine, theirs, Cell(-1 + column, -1 + row, 1_000), 0.01, unit) for column in (0, 1) for row in (0, 1)]
    cells = [(cell, shapely.box(*cell.bounds)) for cell in cells_over(unit.bounds, size)]
    parts = [pieces(meeting(mine, box), meeting(theirs, box), cell, 0.01, unit) for cell, box in cells]
    assert everything(iter(parts)) == everything(iter(whole))


@given(boxes, st.floats(3, 40))
@settings(max_examples=40, deadline=None)
def test_an_audit_is_the_same_in_any_tiles(found: list[_Box], size: float) -> None:
    """Overlaps, and borders that are not shared, with rows that reach over many tiles."""
    rows, gap = rows_of(found), 0.05
    whole = [faults(rows, Cell(-1 + column, -1 + row, 1_000), 0.01, gap) for column in (0, 1) for row in (0, 1)]
    parts = [faults(around(rows, cell, gap), cell, 0.01, gap) for cell in cells_over((-31, -31, 41, 41), size)]
    assert everything(iter(parts)) == everything(iter(whole))


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(1, 90))
@settings(max_examples=60, deadline=None)
def test_every_place_has_one_owner(x: float, y: float, size: float) -> None:
    """Of the tiles around it."""
    cells = list(cells_over((x - 2 * size, y - 2 * size, x + 2 * size, y + 2 * size), size))
    assert sum(bool(cell.owns(x, y)) for cell in cells) == 1


def test_an_audit_says_what_is_wrong() -> None:
    """A bow tie, an overlap of 2 m², a border that misses its neighbour's corner by 2 cm, and clean neighbours."""
    clean = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    tie = shapely.Polygon([(100, 100), (110, 110), (110, 100), (100, 110)])
    over = [shapely.box(50, 50, 60, 60), shapely.box(59, 58, 70, 70)]
    gap = [shapely.box(200, 200, 210, 210), shapely.box(210.02, 200, 220, 210)]
    rows = Rows(list("abcdefg"), np.array([*clean, tie, *over, *gap], object), {})
    found = faults(rows, Cell(0, 0, 1_000), 0.01, 0.05)
    kinds = found.groupby("fault").feature.apply(list).to_dict()
    assert kinds["invalid"] == ["c"]
    assert kinds["overlap"] == ["d"]
    assert found[found.fault == "overlap"].iloc[0][["other", "area_m2"]].tolist() == ["e", 2.0]
    assert {"f", "g"} <= set(kinds["border"])
    assert not {"a", "b"} & set(found.feature)
