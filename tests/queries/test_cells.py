"""Cells of the VN-2000 plane by themselves: neighbours meet without gap or overlap, outlines have the right size."""

from typing import Any

import numpy as np
import pytest
import shapely

from layers.queries.cells import cells_of, outline

SHAPES: tuple[Any, ...] = ("grid", "hexagon")
_AREAS = {"grid": 1.0, "hexagon": 3 * 3**0.5 / 2}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cell", [(0, 0), (1, 0), (-1, 0), (7, -3), (1200, 3400)])
def test_a_cell_has_its_area_and_runs_anticlockwise(shape: Any, cell: tuple[int, int]) -> None:
    """A square of one size, a hexagon of one side."""
    ring = shapely.LinearRing(outline(shape, *cell, 250.0))
    assert ring.is_ccw
    assert shapely.Polygon(ring).area == pytest.approx(_AREAS[shape] * 250.0**2, rel=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_cells_cover_the_plane_once(shape: Any) -> None:
    """Over a window: their areas add up to that of their union."""
    cells = [shapely.Polygon(outline(shape, column, row, 100.0)) for column in range(-3, 4) for row in range(-3, 4)]
    assert shapely.union_all(cells, grid_size=1e-6).area == pytest.approx(sum(cell.area for cell in cells), rel=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cell", [(0, 0), (1, 1), (-1, 4), (-2, -5), (33, 12)])
def test_the_middle_of_a_cell_lies_in_it(shape: Any, cell: tuple[int, int]) -> None:
    """Outlines and cells are counted alike, also left of the origin."""
    middle = shapely.Polygon(outline(shape, *cell, 80.0)).centroid
    assert cells_of(shape, np.array([middle.x]), np.array([middle.y]), 80.0).tolist() == [list(cell)]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_position_has_no_cell(shape: Any) -> None:
    """An empty list stays one."""
    assert cells_of(shape, np.array([]), np.array([]), 80.0).shape == (0, 2)
