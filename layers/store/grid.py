"""The world grid: EPSG:3857 as signed 32-bit integers, x eastwards and y southwards, 2^32 steps of 9.3 mm around the earth.

Tiles of every zoom are whole numbers of steps, so cutting a tile is shifting bits. Up to `MAX_ZOOM` a tile unit (1/4096 of
a tile) is one step or more.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BITS = 32
EXTENT_BITS = 12
MAX_ZOOM = BITS - EXTENT_BITS
_WORLD = 40075016.685578488  # metres, 2 pi 6378137
_STEPS = 2**BITS
LOW, HIGH = -(2 ** (BITS - 1)), 2 ** (BITS - 1) - 1
# Steps a metre; y runs the other way.
SCALE = _STEPS / _WORLD

Ints = npt.NDArray[np.int32]
Box = tuple[float, float, float, float]


def to_grid(metres: npt.NDArray[np.float64]) -> Ints:
    """Grid positions (n, 2) of EPSG:3857 positions (n, 2), to the nearest step; what lies off the world goes to its edge."""
    steps = np.rint(metres * (SCALE, -SCALE))
    clipped: Ints = np.clip(steps, LOW, HIGH).astype(np.int32)
    return clipped


def to_metres(x: int, y: int) -> tuple[float, float]:
    """The EPSG:3857 position of a grid position."""
    return x * (_WORLD / _STEPS), -y * (_WORLD / _STEPS)


@dataclass(frozen=True, slots=True)
class Window:
    """A closed rectangle of the grid."""

    west: int
    north: int
    east: int
    south: int

    @classmethod
    def of(cls, box: Box) -> "Window":
        """From (xmin, ymin, xmax, ymax) in EPSG:3857: the steps inside it."""
        west, south, east, north = box
        return cls(int(np.ceil(west * SCALE)), int(np.ceil(-north * SCALE)), int(np.floor(east * SCALE)), int(np.floor(-south * SCALE)))


@dataclass(frozen=True, slots=True)
class Frame:
    """A tile on the grid: `shift` bits from steps to tile units, the origin in units, and the clip rectangle in units."""

    shift: int
    x: int
    y: int
    low: int
    high: int

    @classmethod
    def of(cls, zoom: int, column: int, row: int, buffer: int) -> "Frame":
        """Of a tile up to `MAX_ZOOM`, with `buffer` units around it."""
        middle = 1 << (zoom + EXTENT_BITS - 1)
        return cls(MAX_ZOOM - zoom, (column << EXTENT_BITS) - middle, (row << EXTENT_BITS) - middle, -buffer, (1 << EXTENT_BITS) + buffer)

    def window(self) -> Window:
        """The clip rectangle in steps."""
        ends = (self.x + self.low, self.y + self.low, self.x + self.high, self.y + self.high)
        return Window(*(end << self.shift for end in ends))

    def units(self, steps: npt.NDArray[np.integer], origin: int) -> npt.NDArray[np.int64]:
        """Grid positions along one axis in units from `origin`, halves rounded up: alike in neighbouring tiles."""
        half = (1 << self.shift) >> 1
        rounded: npt.NDArray[np.int64] = ((steps.astype(np.int64) + half) >> self.shift) - origin
        return rounded
