"""Tiles of the VN-2000 plane into which a large analysis is cut. Pure numbers.

The owner rule: a finding belongs to the tile in which its place lies, and of a pair of rows the place is the lower left corner of
what their boxes have in common. Both rows meet that tile, so one look at a tile's rows finds all that it owns, and nothing twice.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, order=True)
class Cell:
    """A square of the plane (EPSG:5899): its column and row from the origin, and its side in metres."""

    column: int
    row: int
    size: float

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north in metres."""
        west, south = self.column * self.size, self.row * self.size
        return west, south, west + self.size, south + self.size

    @property
    def key(self) -> str:
        """Its name among the parts of a job."""
        return f"{self.column}/{self.row}/{self.size:g}"

    def owns(self, x: Any, y: Any) -> npt.NDArray[np.bool_]:
        """Which positions lie in it; each position lies in exactly one cell of a size."""
        column, row = np.floor(np.asarray(x) / self.size), np.floor(np.asarray(y) / self.size)
        held: npt.NDArray[np.bool_] = (column == self.column) & (row == self.row)
        return held


def cells_over(bounds: Bounds, size: float) -> Iterator[Cell]:
    """The cells that meet a rectangle, row by row."""
    west, south, east, north = bounds
    for row in range(math.floor(south / size), math.floor(north / size) + 1):
        for column in range(math.floor(west / size), math.floor(east / size) + 1):
            yield Cell(column, row, size)


def corners_of_pairs(left: Any, right: Any) -> tuple[Any, Any]:
    """The lower left corners of what the boxes (n, 4) of pairs have in common."""
    return np.maximum(left[:, 0], right[:, 0]), np.maximum(left[:, 1], right[:, 1])
