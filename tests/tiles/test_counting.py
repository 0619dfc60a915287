"""Counters of pictures: memory and database say the same, for each person, at every zoom that shows them."""

import pytest

from gis_core import crs
from gis_core.access import Reach
from tests.store.against_sql import load
from tests.store.test_against_sql import layer_of, reaches
from tests.world import World
from tiles.drawing import counting
from tiles.drawing.rows import Rows
from tiles.matrix import EDGE
from tiles.pyramid.sources import CounterSource
from tiles.pyramid.tally import CELL_BITS

Content = dict[tuple[float, float], tuple[int, str]]


def content(found: counting.Counted) -> Content:
    """(n, group) by place."""
    return {(x, y): (n, group) for x, y, n, group in zip(found.x.tolist(), found.y.tolist(), found.n, found.groups, strict=True)}


def _within(place: tuple[float, float], zoom: int, at: tuple[float, float], wide: float) -> bool:
    """Whether the middle of a cell is in the box; the database also meets features on its edge, in cells beside it."""
    side = 2 * EDGE / (1 << (zoom + CELL_BITS))
    middle = (place[0] + 0.5) * side - EDGE, EDGE - (place[1] + 0.5) * side
    return all(abs(one - other) < wide for one, other in zip(middle, at, strict=True))


@pytest.mark.parametrize("zoom", [5, 9, 12])
def test_memory_and_database_count_alike(db: None, world: World, monkeypatch: pytest.MonkeyPatch, zoom: int) -> None:
    layer = layer_of("parcels")
    store = load(layer)
    x, y = crs.transform(crs.WGS84, crs.WEB_MERCATOR, *world.row("parcels", "A").at)
    wide = EDGE / 2**zoom
    for reach in reaches(layer, world):
        low, rows = CounterSource(layer, reach, why="zoom"), Rows(layer, reach)
        answers = []
        for found in (store, None):
            monkeypatch.setattr(counting, "_store", lambda *_asked, found=found: found)
            counted = counting.squares(low, rows, zoom, (x - wide, y - wide, x + wide, y + wide))
            answers.append((content(counted), content(counting.totals(low, rows))))
        in_memory, in_database = answers
        squares = [{place: told for place, told in one[0].items() if _within(place, zoom, (x, y), wide)} for one in answers]
        assert squares[0] == squares[1]
        assert bool(squares[0]) == (reach != Reach())
        assert in_database[1] == in_memory[1]
    assert content(counting.totals(CounterSource(layer, Reach(everything=True)), Rows(layer, Reach(everything=True))))
