"""Tiles of the VN-2000 plane into which a large analysis is cut. Pure numbers.

The owner rule: a finding belongs to the tile in which its place lies, and of a pair of rows the place is the lower left corner of
what their boxes have in common (inside of the box of the asked unit, where there is one). Both boxes meet that tile, so one look at the
rows whose boxes meet a tile finds all that it owns, and nothing twice.
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


def corners(boxes: Any, area: Any = None) -> tuple[Any, Any]:
    """The lower left corners of boxes (n, 4), or of what they have in common with the box of an area that they meet."""
    west, south = (-math.inf, -math.inf) if area is None else area.bounds[:2]
    return np.maximum(boxes[:, 0], west), np.maximum(boxes[:, 1], south)


def corners_of_pairs(left: Any, right: Any, area: Any = None) -> tuple[Any, Any]:
    """The same for what the boxes of pairs have in common."""
    return corners(np.maximum(left, right), area)
