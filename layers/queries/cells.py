"""Grids on the VN-2000 plane: which cell a position falls into, and the cell's outline. Pure numbers.

Squares are counted from the plane's origin. Hexagons lie as PostGIS lays them (`ST_Hexagon`): flat side up, `size` is the
length of a side, columns 1.5 sizes apart, odd columns half a height further north. Every position has exactly one cell.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

Shape = Literal["grid", "hexagon"]
Floats = npt.NDArray[np.float64]
Cells = npt.NDArray[np.int64]
_ROOT = 3.0**0.5


def cells_of(shape: Shape, x: Floats, y: Floats, size: float) -> Cells:
    """(n, 2) column and row of each position (metres, EPSG:5899)."""
    if shape == "grid":
        return np.column_stack([np.floor(x / size), np.floor(y / size)]).astype(np.int64)
    return _hexagons(x, y, size)


def _hexagons(x: Floats, y: Floats, size: float) -> Cells:
    """The nearer of the nearest centres in even and in odd columns: hexagons are what lies nearest to their centres."""
    wide, high = 1.5 * size, _ROOT * size
    even, odd = 2.0 * np.round(x / (2 * wide)), 2.0 * np.floor(x / (2 * wide)) + 1.0
    row_even, row_odd = np.round(y / high), np.floor(y / high)
    to_even = (x - even * wide) ** 2 + (y - row_even * high) ** 2
    to_odd = (x - odd * wide) ** 2 + (y - (row_odd + 0.5) * high) ** 2
    nearer = to_even <= to_odd
    return np.column_stack([np.where(nearer, even, odd), np.where(nearer, row_even, row_odd)]).astype(np.int64)


def centres(shape: Shape, cells: Cells, size: float) -> Floats:
    """(n, 2) middles of cells, in EPSG:5899."""
    column, row = cells[:, 0].astype(float), cells[:, 1].astype(float)
    if shape == "grid":
        return np.column_stack([column + 0.5, row + 0.5]) * size
    return np.column_stack([1.5 * size * column, _ROOT * size * (row + 0.5 * (cells[:, 0] % 2))])


def outline(shape: Shape, column: int, row: int, size: float) -> Floats:
    """The closed ring of a cell, anticlockwise, in EPSG:5899: shape (5 or 7, 2)."""
    if shape == "grid":
        corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], float)
        square: Floats = (corners + np.array([column, row])) * size
        return square
    x, y = 1.5 * size * column, _ROOT * size * (row + 0.5 * (column % 2))
    corners = np.array([(-1, 0), (-0.5, -_ROOT / 2), (0.5, -_ROOT / 2), (1, 0), (0.5, _ROOT / 2), (-0.5, _ROOT / 2), (-1, 0)])
    hexagon: Floats = corners * size + np.array([x, y])
    return hexagon
