"""Where and when a caller's rows of a layer are, in every coordinate system."""

from collections.abc import Sequence
from dataclasses import dataclass

from gis_core import crs
from gis_core.access import Reach
from gis_core.changes.clock import Box, clock
from layers.layer import CoverageLayer, FeatureLayer
from layers.ogc.extents import extent_of
from tiles.drawing.view import box_in

_LATITUDE_FIRST = frozenset({crs.WGS84, 4756})


@dataclass(frozen=True)
class Place:
    """A box in EPSG:3857 and an interval of time; None for what there is none of."""

    box: Box | None
    interval: tuple[str | None, str | None] | None = None

    @classmethod
    def around(cls, places: "Sequence[Place]") -> "Place":
        """The box around all."""
        boxes = [place.box for place in places if place.box is not None]
        if not boxes:
            return cls(None)
        west, south, east, north = zip(*boxes, strict=True)
        return cls((min(west), min(south), max(east), max(north)))

    def degrees(self) -> Box:
        """The box in degrees: west, south, east, north."""
        return self.edges_in(crs.WGS84)

    def edges_in(self, srid: int) -> Box:
        """The box in another CRS, x east, y north."""
        assert self.box is not None
        return self.box if srid == crs.WEB_MERCATOR else box_in(self.box, crs.WEB_MERCATOR, srid)

    def edges(self, srid: int, version: str) -> dict[str, str]:
        """Attributes of a BoundingBox in the axis order of the version."""
        west, south, east, north = self.edges_in(srid)
        if version == "1.3.0" and srid in _LATITUDE_FIRST:
            west, south, east, north = south, west, north, east
        decimals = 9 if srid in _LATITUDE_FIRST else 3
        return {
            name: f"{value:.{decimals}f}" for name, value in zip(("minx", "miny", "maxx", "maxy"), (west, south, east, north), strict=True)
        }


def place_of(layer: FeatureLayer | CoverageLayer, reach: Reach) -> Place:
    """Where the rows inside `reach` are, or the scenes of a raster."""
    if isinstance(layer, CoverageLayer):
        days = layer.days
        return Place(layer.mercator, (days[0].isoformat(), days[1].isoformat()) if days else None)
    found = extent_of(layer, reach, clock.stamp(layer.table, None, reach))
    return Place(found.box, found.interval if layer.time_fields else None)
