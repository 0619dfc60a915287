"""Dissolving surfaces: nothing vanishes, nothing overlaps, neighbours of other owners are left alone."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tiles.pyramid.dissolve import Block, Grain, coarsen, dissolve

GRAIN = Grain(square=30.0, least=60.0, tolerance=1.0)
COARSE = Grain(square=40.0, least=400.0, tolerance=2.0, gap=3.0)
SIDE, COUNT = 10.0, 8


def lots(uses: list[int], owners: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A field of square lots that share their edges."""
    place = np.arange(len(uses))
    x, y = place % COUNT * SIDE, place // COUNT * SIDE
    return shapely.box(x, y, x + SIDE, y + SIDE), np.array(owners, np.int64), np.array(uses, np.int64)


ALL = COUNT * COUNT
FIELDS = st.tuples(st.lists(st.integers(0, 3), min_size=ALL, max_size=ALL), st.lists(st.integers(0, 1), min_size=ALL, max_size=ALL))


@settings(max_examples=40, deadline=None)
@given(FIELDS)
def test_blocks_cover_the_ground_once(field: tuple[list[int], list[int]]) -> None:
    shapes, owners, groups = lots(*field)
    blocks = dissolve(shapes, owners, groups, GRAIN)
    assert sorted(index for block in blocks for index in block.members.tolist()) == list(range(ALL))
    assert sum(block.shape.area for block in blocks) == np.float64(ALL * SIDE * SIDE)
    assert shapely.union_all([block.shape for block in blocks]).area == np.float64(ALL * SIDE * SIDE)
    for block in blocks:
        assert block.shape.is_valid
        assert set(owners[block.members].tolist()) == {block.owner}


def test_a_small_surface_follows_its_surroundings() -> None:
    shapes, owners, groups = lots([0] * ALL, [0] * ALL)
    groups[9] = 1
    assert [block.group for block in dissolve(shapes, owners, groups, Grain(30.0, 101.0, 1.0))] == [0]
    assert [block.group for block in dissolve(shapes, owners, groups, Grain(30.0, 99.0, 1.0))] == [0, 1]


def test_the_surroundings_are_those_of_its_owner() -> None:
    shapes, owners, groups = lots([0] * ALL, [0] * ALL)
    groups[9], owners[9] = 1, 1
    blocks = dissolve(shapes, owners, groups, Grain(30.0, 101.0, 1.0))
    assert [(block.owner, block.group, len(block.members)) for block in blocks] == [(0, 0, ALL - 1), (1, 1, 1)]


def test_surfaces_that_overlap_are_joined_all_the_same() -> None:
    shapes = shapely.box(np.array([0.0, 5.0]), np.array([0.0, 5.0]), np.array([10.0, 15.0]), np.array([10.0, 15.0]))
    (block,) = dissolve(shapes, np.zeros(2, np.int64), np.zeros(2, np.int64), GRAIN)
    assert block.shape.is_valid
    assert block.shape.area == 175.0


def test_nothing_gives_nothing() -> None:
    assert dissolve(np.empty(0, object), np.empty(0, np.int64), np.empty(0, np.int64), GRAIN) == []


@settings(max_examples=40, deadline=None)
@given(FIELDS)
def test_each_block_has_one_coarse_block_of_its_owner(field: tuple[list[int], list[int]]) -> None:
    fine = dissolve(*lots(*field), GRAIN)
    coarse = coarsen(fine, frozenset({3}), COARSE)
    assert sorted(index for block in coarse for index in block.members.tolist()) == list(range(len(fine)))
    for block in coarse:
        assert block.shape.is_valid
        assert not block.shape.is_empty
        assert {fine[index].owner for index in block.members} <= {block.owner}


def test_streets_are_closed_over() -> None:
    nobody = np.empty(0, np.int64)
    west, street, east = shapely.box(0, 0, 50, 100), shapely.box(50, 0, 54, 100), shapely.box(54, 0, 104, 100)
    fine = [Block(0, 0, nobody, shapely.multipolygons([west, east])), Block(0, 3, nobody, shapely.multipolygons([street]))]
    (block,) = coarsen(fine, frozenset({3}), COARSE)
    assert (block.group, block.members.tolist()) == (0, [0, 1])
    assert len(shapely.get_parts(block.shape)) == 1
