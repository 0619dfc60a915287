"""Geometries become ragged columns and keep their parts, their holes and their order."""

import numpy as np
import shapely
from hypothesis import given

from layers.store.grid import Window, to_grid
from layers.store.ragged import EXTERIOR, HOLE, LINE, POINTS, Ragged
from layers.store.shapes import ragged
from layers.store.spatial import BLOCK, blocks, hilbert, meeting, vectorised
from tests.store.plans import plans

SQUARE = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(2, 2), (4, 2), (4, 4)]])


def _columns(*shapes: object) -> Ragged:
    wkb = np.empty(len(shapes), object)
    wkb[:] = shapes
    return ragged(wkb)


def test_a_polygon_with_a_hole_is_two_open_rings() -> None:
    columns = _columns(SQUARE)
    assert columns.roles.tolist() == [EXTERIOR, HOLE]
    assert np.diff(columns.parts).tolist() == [4, 3]
    assert columns.features.tolist() == [0, 2]


def test_a_multipoint_is_one_part_and_lines_are_many() -> None:
    columns = _columns(shapely.MultiPoint([(1, 1), (2, 2)]), None, shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]))
    assert columns.roles.tolist() == [POINTS, LINE, LINE]
    assert columns.features.tolist() == [0, 1, 1, 3]


def test_a_collection_keeps_its_highest_dimension() -> None:
    collection = shapely.GeometryCollection([shapely.Point(1, 1), SQUARE, shapely.GeometryCollection([SQUARE])])
    assert _columns(collection).roles.tolist() == [EXTERIOR, HOLE] * 2


def test_nothing_has_a_box_that_meets_nothing() -> None:
    boxes = _columns(None, shapely.Polygon(), shapely.Point(1, 1)).boxes()
    assert meeting(boxes, blocks(boxes), Window(-(2**31), -(2**31), 2**31, 2**31)).tolist() == [2]


@given(plans(5000.0))
def test_taking_and_joining_keep_every_feature(shapes: list[object]) -> None:
    columns = _columns(*shapes)
    alone = Ragged.concat([_columns(shape) for shape in shapes])
    for name in ("xs", "ys", "parts", "roles", "features"):
        assert getattr(alone, name).tolist() == getattr(columns, name).tolist()
    backwards = np.arange(len(columns))[::-1].copy()
    assert columns.take(backwards).take(backwards).xs.tolist() == columns.xs.tolist()


@given(plans(5000.0))
def test_boxes_are_those_of_the_vertices(shapes: list[object]) -> None:
    boxes = _columns(*shapes).boxes()
    for box, shape in zip(boxes.tolist(), shapes, strict=True):
        if shape is not None and not shape.is_empty:  # type: ignore[attr-defined]
            grid = to_grid(shapely.get_coordinates(shape))
            assert box == [*grid.min(axis=0), *grid.max(axis=0)]


def test_a_scan_by_blocks_finds_what_a_plain_comparison_finds() -> None:
    random = np.random.default_rng(7)
    corners = random.integers(-(2**30), 2**30, (5 * BLOCK + 3, 2))
    boxes = np.hstack([corners, corners + random.integers(0, 2**27, corners.shape)]).astype(np.int32)
    boxes = boxes[np.argsort(hilbert(boxes))]
    window = Window(-(2**28), -(2**29), 2**28, 2**27)
    plain = (boxes[:, 0] <= window.east) & (boxes[:, 2] >= window.west) & (boxes[:, 1] <= window.south) & (boxes[:, 3] >= window.north)
    assert meeting(boxes, blocks(boxes), window).tolist() == np.flatnonzero(plain).tolist()
    edges = (window.west, window.north, window.east, window.south)
    assert vectorised(boxes, blocks(boxes), *edges).tolist() == np.flatnonzero(plain).tolist()


def test_hilbert_neighbours_touch() -> None:
    side = np.arange(32, dtype=np.int32)
    grid = np.stack([np.repeat(side, 32), np.tile(side, 32)], axis=1)
    # Cells of a 32 by 32 grid stretched over the curve's 65,536: neighbours on the curve are neighbours on the ground.
    order = np.argsort(hilbert(np.hstack([grid, grid])))
    steps = np.abs(np.diff(grid[order], axis=0)).sum(axis=1)
    assert steps.max() == 1
