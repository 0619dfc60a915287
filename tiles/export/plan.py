"""Which tiles an export holds: those in a box, at some zooms, in which there is anything."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from pmtiles.tile import zxy_to_tileid

from gis_core import crs
from gis_core.errors import BadParameter
from layers.parameters import Box, parse_bbox
from tiles.matrix import MAX_ZOOM, Tile

_MAX_LATITUDE = 85.05


@dataclass(frozen=True)
class Plan:
    """Zooms `low` to `high`, inside of `box` (west, south, east, north in degrees) where there is one."""

    low: int
    high: int
    box: Box | None = None

    @classmethod
    def parse(cls, zooms: str, box: str | None = None) -> "Plan":
        """From "0-14" or "12", and "108.3,15.4,108.6,15.7". Raises BadParameter."""
        low, _dash, high = zooms.partition("-")
        high = high or low
        if not (low.isascii() and low.isdigit() and high.isascii() and high.isdigit()) or not int(low) <= int(high) <= MAX_ZOOM:
            raise BadParameter(_("--zooms: write two zooms of 0 to %(max)d such as 0-14, or one.") % {"max": MAX_ZOOM}, field="zooms")
        found = parse_bbox(box, "bbox") if box else None
        if found and not (-180 <= found.west < found.east <= 180 and -90 <= found.south < found.north <= 90):
            raise BadParameter(_("--bbox: write west,south,east,north in degrees, smaller numbers first."), field="bbox")
        return cls(int(low), int(high), found)

    def tiles(self, is_occupied: Callable[[Tile], bool]) -> Iterator[list[Tile]]:
        """The occupied tiles of each zoom, along the Hilbert curve of PMTiles.

        A tile without anything has no children either: a child, margin included, lies inside of its parent with its margin.
        """
        found = [Tile(0, 0, 0)]
        for z in range(self.high + 1):
            found = [tile for tile in found if self._meets(tile) and is_occupied(tile)]
            if z >= self.low:
                yield sorted(found, key=lambda tile: zxy_to_tileid(tile.z, tile.x, tile.y))
            found = [Tile(z + 1, 2 * tile.x + right, 2 * tile.y + down) for tile in found for down in (0, 1) for right in (0, 1)]

    def _meets(self, tile: Tile) -> bool:
        if self.box is None:
            return True
        west, north = _mercator(self.box.west, self.box.north)
        east, south = _mercator(self.box.east, self.box.south)
        left, bottom, right, top = tile.bounds()
        return left < east and right > west and bottom < north and top > south


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    found = crs.transform(crs.WGS84, crs.WEB_MERCATOR, lon, max(-_MAX_LATITUDE, min(_MAX_LATITUDE, lat)))
    return found if all(map(math.isfinite, found)) else (0.0, 0.0)
