"""What an extract says, apart from how it is drawn. Holders are no part of it."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely

from gis_core.access import Reach
from land.layers import Parcels
from land.models import LandUseCode, Parcel
from land.mutations.writing import geos

MOST_CORNERS = 300
"""Of longer outlines (roads, rivers) an extract shows the shape alone: a table of thousands of corners is no paper."""
NEAR_M = 12.0
"""How far around the parcel neighbours are drawn."""


@dataclass(frozen=True)
class Corner:
    """A corner as officers number it: from 1, clockwise from the north-west; `x` is north, `y` is east, `length` to the next corner."""

    number: int
    x: float
    y: float
    length: float


@dataclass(frozen=True)
class Neighbour:
    """A parcel that is drawn around, with its number and main land use."""

    shape: shapely.Polygon
    label: str
    use: str


@dataclass(frozen=True)
class Extract:
    """A parcel on a day."""

    parcel: Parcel
    shape: shapely.Polygon
    uses: tuple[tuple[str, str, float], ...]
    corners: tuple[Corner, ...]
    neighbours: tuple[Neighbour, ...]
    on: date

    @property
    def has_corners(self) -> bool:
        """Whether corners are numbered and listed."""
        return len(self.corners) <= MOST_CORNERS

    @property
    def scale(self) -> int:
        """The denominator of a usual scale at which the parcel fits into the drawing (120 mm)."""
        west, south, east, north = self.shape.bounds
        wanted = max(east - west, north - south) / 0.120
        return next((scale for scale in (100, 200, 500, 1000, 2000, 5000, 10_000) if scale >= wanted), 25_000)


def extract_of(parcel: Parcel, reach: Reach, on: date) -> Extract:
    """The content for a version of a parcel; `reach` bounds nothing but the neighbours' numbers."""
    shape = shapely.from_wkb(bytes(parcel.geom.wkb))
    names = dict(LandUseCode.objects.values_list("code", "name"))
    stored = [(use.code_id, names.get(use.code_id, ""), use.area_m2) for use in parcel.land_uses.all()]
    uses = sorted(stored, key=lambda use: (-use[2], use[0])) or [(parcel.land_use, names.get(parcel.land_use, ""), parcel.area_m2)]
    return Extract(parcel, shape, tuple(uses), corners(shape), _neighbours(parcel, shape, reach, on), on)


def corners(shape: shapely.Polygon) -> tuple[Corner, ...]:
    """The corners of the outline, then of each hole, numbered on. Every ring starts at its north-western corner and runs clockwise."""
    found: list[Corner] = []
    for ring in (shape.exterior, *shape.interiors):
        places = _clockwise(np.array(ring.coords[:-1]))
        lengths = np.hypot(*(np.roll(places, -1, axis=0) - places).T)
        for (east, north), length in zip(places.tolist(), lengths.tolist(), strict=True):
            found.append(Corner(len(found) + 1, north, east, length))
    return tuple(found)


def _clockwise(places: Any) -> Any:
    if shapely.is_ccw(shapely.LinearRing(places)):
        places = places[::-1]
    return np.roll(places, -int(np.argmax(places[:, 1] - places[:, 0])), axis=0)


def _neighbours(parcel: Parcel, shape: shapely.Polygon, reach: Reach, on: date) -> tuple[Neighbour, ...]:
    around = Parcels().rows(reach, on).filter(geom__dwithin=(geos(shape), NEAR_M)).exclude(uid=parcel.uid)
    return tuple(
        Neighbour(shapely.from_wkb(bytes(row.geom.wkb)), str(row.parcel_no), row.land_use_label or row.land_use)
        for row in around.order_by("pk").only("geom", "parcel_no", "land_use", "land_use_label")[:60]
    )


def text_angle(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Degrees counter-clockwise by which a text along an edge turns, never upside down."""
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    return angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
