"""Mending happens in a process that can die: wings of a bow-tie, an overlap kept, and a shape that takes for ever."""

import math
import random

import shapely
from shapely.geometry import shape

from gis_core.geometry_repair import repair
from tests.importing.conftest import bow_tie, square


def _tangle(vertices: int) -> bytes:
    """A ring that crosses itself thousands of times."""
    dice = random.Random(1)
    ring = [(dice.random(), dice.random()) for _ in range(vertices)]
    return bytes(shapely.to_wkb(shapely.Polygon([*ring, ring[0]])))


def test_a_bow_tie_becomes_its_two_wings() -> None:
    """And a valid shape keeps its area."""
    mended = repair([shapely.to_wkb(shape(bow_tie(0, 0, 2))), shapely.to_wkb(shape(square(0, 0, 2)))])
    wings, whole = (shapely.from_wkb(data) for data in mended)
    assert wings.geom_type == "MultiPolygon"
    assert math.isclose(wings.area, 2)
    assert whole.equals(shape(square(0, 0, 2)))


def test_an_overlap_is_not_turned_inside_out() -> None:
    """Two overlapping parts become one surface; linework mending would cut a hole where both lie."""
    parts = shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)])
    (mended,) = repair([shapely.to_wkb(parts)])
    assert math.isclose(shapely.from_wkb(mended).area, 7)


def test_surfaces_stay_surfaces() -> None:
    """A spike is cut off, not kept as a line beside the polygon."""
    spike = shapely.Polygon([(0, 0), (1, 0), (1, 1), (5, 1), (1, 1), (0, 1)])
    (mended,) = repair([shapely.to_wkb(spike)])
    assert shapely.from_wkb(mended).equals(shapely.box(0, 0, 1, 1))


def test_nothing_left_is_none() -> None:
    """A surface without any area."""
    flat = shapely.to_wkb(shapely.Polygon([(0, 0), (1, 1), (0, 0), (0, 0)]))
    assert repair([flat]) == [None]


def test_a_shape_that_takes_too_long_costs_itself_alone() -> None:
    """Its process dies; the shapes before and after it are mended."""
    good = shapely.to_wkb(shape(bow_tie(0, 0)))
    first, tangled, last = repair([good, _tangle(1_500), good], seconds=0.3)
    assert first == last is not None
    assert tangled is None
