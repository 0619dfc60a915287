"""What part of the plane a picture shows, and at which zoom of the styles."""

import math
from dataclasses import dataclass
from functools import cached_property

from gis_core import crs
from layers.styling.scales import AROUND, zoom_of_metres

_STEP = 4  # quarters of a zoom: a map kept for one serves its neighbours too
_DEGREE = AROUND / 360
_DEGREES = frozenset({crs.WGS84, 4756})
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """A box (x east, y north) of EPSG:`srid` on width × height pixels; `density` pixels of the picture make one of a style."""

    box: Box
    srid: int
    width: int
    height: int
    density: float = 1.0

    @cached_property
    def zoom(self) -> float:
        """The zoom at which MapLibre shows the middle of the view as large, to a thousandth."""
        return zoom_of_metres(self._mercator_metres() * self.density)

    @property
    def drawing_zoom(self) -> float:
        """The zoom for sizes, in quarters."""
        return round(self.zoom * _STEP) / _STEP

    def mercator_box(self) -> Box:
        """The box in EPSG:3857 around the view, sides followed at 8 points each."""
        return self.box if self.srid == crs.WEB_MERCATOR else box_in(self.box, self.srid, crs.WEB_MERCATOR)

    def at(self, column: float, row: float) -> tuple[float, float]:
        """The position of a pixel's middle, columns from the left, rows from the top."""
        west, south, east, north = self.box
        return west + (column + 0.5) * (east - west) / self.width, north - (row + 0.5) * (north - south) / self.height

    def _mercator_metres(self) -> float:
        """Mercator metres a pixel."""
        west, south, east, north = self.box
        across, down = (east - west) / self.width, (north - south) / self.height
        size = math.sqrt(across * down)
        if self.srid == crs.WEB_MERCATOR:
            return size
        if self.srid in _DEGREES:
            return size * _DEGREE / math.sqrt(max(0.01, math.cos(math.radians(max(-89.0, min(89.0, (south + north) / 2))))))
        latitude = crs.transform(self.srid, crs.WGS84, (west + east) / 2, (south + north) / 2)[1]
        return size / math.cos(math.radians(latitude)) if math.isfinite(latitude) and abs(latitude) < 85 else size


def box_in(box: Box, source: int, target: int) -> Box:
    """The box in another CRS around `box`, whose sides are followed at 8 points each. Infinite where the CRS does not reach."""
    west, south, east, north = box
    steps = [number / 8 for number in range(9)]
    points = [(west + (east - west) * t, y) for t in steps for y in (south, north)]
    points += [(x, south + (north - south) * t) for t in steps for x in (west, east)]
    moved = [crs.transform(source, target, x, y) for x, y in points]
    if not all(math.isfinite(value) for point in moved for value in point):
        return -math.inf, -math.inf, math.inf, math.inf
    xs, ys = zip(*moved, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
