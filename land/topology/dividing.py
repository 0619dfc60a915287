"""Splitting a parcel: by lines that an officer drew, or by areas from a side."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import shapely

from land.topology.faults import TopologyFault
from land.topology.knots import Floats, insert, vertices

SNAP_M = 0.01
"""An end of a line this close to the boundary, or to a corner, is meant to lie on it."""
THIN_M = 0.001
SIDES: dict[str, float] = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}
"""Sides as bearings in degrees, clockwise from north."""


def by_lines(parcel: shapely.Polygon, lines: Sequence[shapely.LineString]) -> list[shapely.Polygon]:
    """The pieces of a parcel along some lines, northernmost first (as parcels are numbered). Raises TopologyFault.

    Lines may end on each other. Only their parts inside the parcel count.
    """
    ends, knotted = _on_boundary(parcel, lines)
    linework = shapely.unary_union([*_rings(knotted), *ends])
    faces = shapely.get_parts(shapely.polygonize([*shapely.get_parts(linework)]))
    pieces = [face for face in faces if shapely.contains_properly(parcel, face.representative_point())]
    if len(pieces) < 2:
        raise TopologyFault("line-misses", _middle(lines[0]))
    for piece in pieces:
        if shapely.is_empty(piece.buffer(-THIN_M / 2)):
            raise TopologyFault("too-thin", _inside(piece))
    return sorted((_with_parents_corners(piece, knotted) for piece in pieces), key=_north_first)


def by_areas(parcel: shapely.Polygon, areas: Sequence[float], bearing: float) -> list[shapely.Polygon]:
    """Pieces of the given areas (m²) cut one after the other from the side at `bearing`, the rest last. Raises TopologyFault.

    The cuts run across the bearing; areas are exact to 0.1 mm².
    """
    if min(areas) <= 0:
        raise TopologyFault("area-not-positive")
    if sum(areas) >= parcel.area - 1e-3:
        raise TopologyFault("area-too-large", wanted=f"{sum(areas):.2f}", area=f"{parcel.area:.2f}")
    pieces: list[shapely.Polygon] = []
    rest = parcel
    for area in areas:
        piece, rest = _cut(rest, area, bearing)
        # The next cut may put a vertex on the last one.
        pieces = [insert(done, vertices([piece, rest])) for done in pieces]
        pieces.append(piece)
    return [*pieces, rest]


def _cut(parcel: shapely.Polygon, area: float, bearing: float) -> tuple[shapely.Polygon, shapely.Polygon]:
    """The piece of `area` m² at a side, and the rest."""
    angle = math.radians(bearing)
    out = np.array([math.sin(angle), math.cos(angle)])
    origin = np.array([parcel.centroid.x, parcel.centroid.y])
    reach = 2 * float(np.hypot(*(np.array(parcel.bounds[2:]) - parcel.bounds[:2]))) + 1
    across = np.array([-out[1], out[0]]) * reach

    def beyond(at: float) -> shapely.Polygon:
        """The half-plane outside of the line at this distance from the centroid."""
        foot = origin + out * at
        return shapely.Polygon([foot - across, foot + across, foot + across + out * reach * 2, foot - across + out * reach * 2])

    at = _bisect(lambda place: shapely.area(shapely.intersection(parcel, beyond(place))) - area, reach)
    foot = origin + out * at
    pieces = by_lines(parcel, [shapely.LineString([foot - across, foot + across])])
    outer = [piece for piece in pieces if (np.array(_inside(piece)) - foot) @ out > 0]
    inner = [piece for piece in pieces if piece not in outer]
    if len(outer) != 1 or len(inner) != 1:
        raise TopologyFault("part-in-pieces", (float(foot[0]), float(foot[1])))
    return outer[0], inner[0]


def _bisect(excess: Callable[[float], float], reach: float) -> float:
    """Where a falling function crosses zero between -reach and reach."""
    low, high = -reach, reach
    for _step in range(70):
        middle = (low + high) / 2
        if excess(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _on_boundary(parcel: shapely.Polygon, lines: Sequence[shapely.LineString]) -> tuple[list[shapely.LineString], shapely.Polygon]:
    """The lines with ends that are meant to lie on the boundary exactly there, and the parcel with a vertex at each such end."""
    boundary = parcel.boundary
    moved = []
    for line in lines:
        positions = shapely.get_coordinates(line).copy()
        if not line.is_closed:
            for end in (0, -1):
                positions[end] = _settled(positions[end], parcel, boundary)
        moved.append(shapely.LineString(positions))
    ends = np.array([position for line in moved for position in (line.coords[0], line.coords[-1])], float)
    return moved, insert(parcel, ends)


def _settled(position: Floats, parcel: shapely.Polygon, boundary: shapely.Geometry) -> Floats:
    """The corner or the point of the boundary that an end of a line means; itself where it is far from both."""
    corners = vertices([parcel])
    distance = np.hypot(*(corners - position).T)
    if distance.min() <= SNAP_M:
        nearest: Floats = corners[distance.argmin()]
        return nearest
    point = shapely.Point(position)
    if shapely.distance(point, boundary) > SNAP_M:
        return position
    found: Floats = shapely.get_coordinates(shapely.line_interpolate_point(boundary, shapely.line_locate_point(boundary, point)))[0]
    return found


def _rings(polygon: shapely.Polygon) -> list[shapely.LineString]:
    return [shapely.LineString(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]


def _with_parents_corners(piece: shapely.Polygon, parent: shapely.Polygon) -> shapely.Polygon:
    """Noding may leave out nothing, but a piece must also carry each corner of the parent that lies on its boundary."""
    return insert(piece, vertices([parent]))


def _north_first(piece: shapely.Polygon) -> tuple[float, float]:
    x, y = _inside(piece)
    return -round(y, 3), x


def _inside(piece: shapely.Polygon) -> tuple[float, float]:
    point = shapely.point_on_surface(piece)
    return float(point.x), float(point.y)


def _middle(line: shapely.LineString) -> tuple[float, float]:
    point = shapely.line_interpolate_point(line, 0.5, normalized=True)
    return float(point.x), float(point.y)
