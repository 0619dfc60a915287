"""The one guarded parser of user geometry: shapely out, or a fault with a sentence. Knows nothing of Django.

Depth, vertices and structure are checked before any library sees the bytes: 20,000 nested collections in 180 kB of WKB end
GEOS by a segmentation fault. Invalid shapes are refused, never mended here: linework `make_valid` on 700 crossing vertices
runs for minutes at 700 MB and cannot be cancelled. gis_core/geometry_repair.py mends in a process that can be killed.
"""

import json
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gis_core.crs import WEB_MERCATOR, ZONES


def gettext_noop(text: str) -> str:
    """Marks a sentence for translation."""
    return text


SENTENCES: dict[str, str] = {
    "unreadable": gettext_noop("The geometry cannot be read."),
    "too-deep": gettext_noop("The geometry is nested deeper than %(limit)d levels."),
    "too-many-vertices": gettext_noop("The geometry has more than %(limit)d vertices."),
    "unknown-kind": gettext_noop("The geometry is of a kind that is not accepted; accepted are points, lines and polygons without curves."),
    "empty": gettext_noop("The geometry is empty."),
    "not-finite": gettext_noop("A coordinate is not a finite number."),
    "bad-ring": gettext_noop("A ring is not closed or has fewer than four positions, or a line has fewer than two."),
    "not-degrees": gettext_noop("The position %(x)s %(y)s is not in degrees. If the data are in VN-2000 metres, say in which zone."),
    "are-degrees": gettext_noop("The position %(x)s %(y)s looks like degrees, but EPSG:%(srid)d counts in metres."),
    "swapped": gettext_noop("The position %(x)s %(y)s has east and north (longitude and latitude) swapped."),
    "outside": gettext_noop("The position %(x)s %(y)s lies outside of the area of EPSG:%(srid)d."),
    "invalid": gettext_noop("The shape is not valid at %(x)s %(y)s: %(reason)s."),
}
REASONS: tuple[str, ...] = (
    gettext_noop("Self-intersection"),
    gettext_noop("Ring Self-intersection"),
    gettext_noop("Hole lies outside shell"),
    gettext_noop("Holes are nested"),
    gettext_noop("Nested shells"),
    gettext_noop("Interior is disconnected"),
    gettext_noop("Duplicate Rings"),
    gettext_noop("Too few points in geometry component"),
    gettext_noop("Invalid Coordinate"),
    gettext_noop("Ring is not closed"),
)


class GeometryFault(ValueError):
    """A geometry that is not accepted: a code of `SENTENCES` and its parameters."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(SENTENCES[code] % params)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Limits:
    """What one geometry may bring: levels of nesting, and vertices over all its parts."""

    depth: int = 16
    vertices: int = 100_000


REQUEST = Limits()
FILE = Limits(vertices=2_000_000)

Box = tuple[float, float, float, float]
# Web Mercator, which every layer is drawn in, ends at 85.06 degrees.
_DEGREES: Box = (-180.0, -85.06, 180.0, 85.06)
_MERCATOR: Box = (-20_037_509.0, -20_048_967.0, 20_037_509.0, 20_048_967.0)
# East and north of VN-2000 zones, from the western border to Trường Sa and from Cà Mau's islands to Hà Giang. Degrees taken
# for metres and swapped axes both fall outside.
_VIETNAM: Box = (100_000.0, 750_000.0, 1_600_000.0, 2_700_000.0)


def from_wkb(data: bytes, *, srid: int, limits: Limits = REQUEST) -> BaseGeometry:
    """A valid 2D geometry from WKB or EWKB (an SRID inside is ignored). Raises GeometryFault."""
    measure_wkb(data, limits)
    try:
        geometry = shapely.from_wkb(data)
    except ShapelyError:
        raise GeometryFault("bad-ring") from None
    return accepted(geometry, srid)


def from_geojson(value: str | bytes | Mapping[str, Any], *, srid: int, limits: Limits = REQUEST) -> BaseGeometry:
    """A valid 2D geometry from a GeoJSON geometry (RFC 7946, 3.1), as text or already parsed. Raises GeometryFault."""
    if not isinstance(value, Mapping):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise GeometryFault("unreadable") from None
    _measure_geojson(value, limits, depth=1, budget=[limits.vertices])
    try:
        geometry = shape(value)
    except (ShapelyError, ValueError, TypeError):
        raise GeometryFault("bad-ring") from None
    return accepted(geometry, srid)


def from_wkt(text: str, *, srid: int, limits: Limits = REQUEST) -> BaseGeometry:
    """A valid 2D geometry from well-known text. Raises GeometryFault."""
    depth = deepest = 0
    for bracket in re.findall(r"[()]", text):
        depth += 1 if bracket == "(" else -1
        deepest = max(deepest, depth)
    # A multipolygon inside the innermost allowed collection opens three brackets more; WKB tells exactly, below.
    if deepest > limits.depth + 2:
        raise GeometryFault("too-deep", limit=limits.depth)
    if text.count(",") >= limits.vertices:
        raise GeometryFault("too-many-vertices", limit=limits.vertices)
    try:
        geometry = shapely.from_wkt(text)
    except (ShapelyError, ValueError):
        raise GeometryFault("unreadable") from None
    measure_wkb(shapely.to_wkb(geometry), limits)
    return accepted(geometry, srid)


def accepted(geometry: BaseGeometry | None, srid: int) -> BaseGeometry:
    """`geometry` in 2D when it is finite, in range and valid; heights are dropped, their reference is unknown. Raises GeometryFault."""
    if geometry is None or geometry.is_empty:
        raise GeometryFault("empty")
    positions = shapely.get_coordinates(geometry)
    if not np.isfinite(positions).all():
        raise GeometryFault("not-finite")
    outside = stray(positions, srid)
    if outside.any():
        x, y = positions[outside][0]
        raise misplaced(float(x), float(y), srid)
    require_valid(geometry, srid)
    return shapely.force_2d(geometry)


def require_valid(geometry: BaseGeometry, srid: int) -> None:
    """Raises GeometryFault with the reason and the place when a shape crosses itself or its rings lie wrong."""
    if shapely.is_valid(geometry):
        return
    reason, x, y = split_reason(shapely.is_valid_reason(geometry))
    raise GeometryFault("invalid", reason=reason, x=written(x, srid), y=written(y, srid))


def split_reason(text: str) -> tuple[str, float, float]:
    """GEOS says "Self-intersection[108.1 15.5]": the reason and the place (NaN where it names none)."""
    found = re.fullmatch(r"(.*?)\s*\[(\S+) (\S+)[^\]]*\]", text)
    return (found[1], float(found[2]), float(found[3])) if found else (text, math.nan, math.nan)


def position_range(srid: int) -> Box:
    """Where positions of a supported CRS can lie (west, south, east, north in its units)."""
    if srid in ZONES:
        return _VIETNAM
    return _MERCATOR if srid == WEB_MERCATOR else _DEGREES


def stray(positions: npt.NDArray[np.float64], srid: int) -> npt.NDArray[np.bool_]:
    """Which of the positions (n, 2) lie outside of the CRS's range."""
    west, south, east, north = position_range(srid)
    x, y = positions[:, 0], positions[:, 1]
    return (x < west) | (x > east) | (y < south) | (y > north)


def misplaced(x: float, y: float, srid: int) -> GeometryFault:
    """The fault of a position outside of the range, with the likeliest mistake."""
    metric = srid in ZONES or srid == WEB_MERCATOR
    if metric and abs(x) <= 180 and abs(y) <= 180:
        code = "are-degrees"
    elif _inside(y, x, position_range(srid)):
        code = "swapped"
    elif not metric and (abs(x) > 360 or abs(y) > 360):
        code = "not-degrees"
    else:
        code = "outside"
    return GeometryFault(code, x=written(x, srid), y=written(y, srid), srid=srid)


def written(value: float, srid: int) -> str:
    """A coordinate for people: millimetres, or seven decimals of a degree."""
    return f"{value:.3f}" if srid in ZONES or srid == WEB_MERCATOR or abs(value) > 360 else f"{value:.7f}"


def _inside(x: float, y: float, box: Box) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def measure_wkb(data: bytes, limits: Limits = REQUEST) -> int:
    """The number of vertices in WKB, ISO or extended, read without any library. Raises GeometryFault."""
    if data[: len(_ONE_RING)] == _ONE_RING:
        # Nearly all shapes of a register; the walk below would say the same in ten times the time.
        count = int.from_bytes(data[len(_ONE_RING) : len(_ONE_RING) + 4], "little")
        if len(data) == len(_ONE_RING) + 4 + 16 * count and count <= limits.vertices:
            return count
    reading = _WkbReading(data, limits)
    try:
        reading.geometry(1)
    except (struct.error, IndexError):
        raise GeometryFault("unreadable") from None
    if reading.at != len(data):
        raise GeometryFault("unreadable")
    return reading.vertices


_ONE_RING = struct.pack("<BII", 1, 3, 1)
"""How WKB of a flat polygon without holes begins."""


class _WkbReading:
    """A walk over the structure of WKB (OGC 06-103r4, 8.2): counts, never coordinates."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data, self.limits = data, limits
        self.at = self.vertices = 0
        self.order = "<"

    def geometry(self, depth: int) -> None:
        if depth > self.limits.depth:
            raise GeometryFault("too-deep", limit=self.limits.depth)
        kind, dimensions = self.head()
        if kind == 1:
            self.positions(1, dimensions)
        elif kind == 2:
            self.positions(self.number(), dimensions)
        elif kind == 3:
            for _ring in range(self.number()):
                self.positions(self.number(), dimensions)
        else:
            for _part in range(self.number()):
                self.geometry(depth + 1)

    def head(self) -> tuple[int, int]:
        """Kind and dimensions. ISO adds thousands to the kind for Z and M, PostGIS sets high bits and may give an SRID."""
        self.order = "<" if self.data[self.at] else ">"
        self.at += 1
        code = self.number()
        if code & 0x20000000:
            self.number()
        extra, kind = divmod(code & 0x0FFFFFFF, 1000)
        if not 1 <= kind <= 7 or extra > 3:
            raise GeometryFault("unknown-kind")
        return kind, 2 + (extra in (1, 3) or bool(code & 0x80000000)) + (extra in (2, 3) or bool(code & 0x40000000))

    def number(self) -> int:
        (value,) = struct.unpack_from(f"{self.order}I", self.data, self.at)
        self.at += 4
        return int(value)

    def positions(self, count: int, dimensions: int) -> None:
        self.vertices += count
        if self.vertices > self.limits.vertices:
            raise GeometryFault("too-many-vertices", limit=self.limits.vertices)
        self.at += 8 * dimensions * count
        if self.at > len(self.data):
            raise GeometryFault("unreadable")


# Levels of brackets around a position.
_NESTING = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}


def _measure_geojson(value: object, limits: Limits, *, depth: int, budget: list[int]) -> None:
    if depth > limits.depth:
        raise GeometryFault("too-deep", limit=limits.depth)
    if not isinstance(value, Mapping):
        raise GeometryFault("unreadable")
    kind = value.get("type")
    if kind == "GeometryCollection":
        parts = value.get("geometries")
        if not isinstance(parts, list):
            raise GeometryFault("unreadable")
        for part in parts:
            _measure_geojson(part, limits, depth=depth + 1, budget=budget)
    elif isinstance(kind, str) and kind in _NESTING:
        _measure_positions(value.get("coordinates"), _NESTING[kind], limits, budget)
        if kind.endswith("Polygon"):
            _require_closed(value["coordinates"], _NESTING[kind])
    else:
        raise GeometryFault("unknown-kind")


def _measure_positions(value: object, nesting: int, limits: Limits, budget: list[int]) -> None:
    if not isinstance(value, list | tuple):
        raise GeometryFault("unreadable")
    if nesting:
        for part in value:
            _measure_positions(part, nesting - 1, limits, budget)
        return
    budget[0] -= 1
    if budget[0] < 0:
        raise GeometryFault("too-many-vertices", limit=limits.vertices)
    if not 2 <= len(value) <= 4 or not all(isinstance(number, int | float) and not isinstance(number, bool) for number in value):
        raise GeometryFault("unreadable")
    # An integer too large for a float is as little a place as infinity.
    if not all(abs(number) < 1e30 for number in value):
        raise GeometryFault("not-finite")


def _require_closed(value: Any, nesting: int) -> None:
    """Rings end where they begin, after at least three other positions (RFC 7946, 3.1.6); shapely would close them itself."""
    if nesting > 1:
        for part in value:
            _require_closed(part, nesting - 1)
    elif value and (len(value) < 4 or list(value[0]) != list(value[-1])):
        raise GeometryFault("bad-ring")
