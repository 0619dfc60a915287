"""Merging parcels, drawing a common boundary anew, and moving corners."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.errors import GEOSException

from land.topology.dividing import by_lines
from land.topology.faults import TopologyFault
from land.topology.knots import TOLERANCE_M, Floats

Move = tuple[tuple[float, float], tuple[float, float]]
"""A corner's position before and after: east and north in metres."""


def merge(parcels: Sequence[shapely.Polygon]) -> shapely.Polygon:
    """The ground of several parcels of one coverage as one. Every vertex of the outline stays. Raises TopologyFault."""
    try:
        union = shapely.coverage_union_all(np.array(parcels, object))
    except GEOSException:
        # Inputs that do not match edge by edge (old data): the general way, whose area is the same.
        union = shapely.unary_union(list(parcels))
    parts = shapely.get_parts(union)
    if len(parts) != 1 or not isinstance(parts[0], shapely.Polygon) or not shapely.is_valid(parts[0]):
        raise TopologyFault("not-adjacent")
    return parts[0]


def adjust(one: shapely.Polygon, other: shapely.Polygon, boundary: Sequence[shapely.LineString]) -> tuple[shapely.Polygon, shapely.Polygon]:
    """Two neighbours with their common boundary drawn anew; the outline of both together stays. Raises TopologyFault."""
    pieces = by_lines(merge([one, other]), boundary)
    if len(pieces) != 2:
        raise TopologyFault("boundary-unclear", _place(pieces[-1]))
    first, second = pieces
    # Whichever way keeps more of the ground with its holder.
    straight = shapely.area(shapely.intersection(first, one)) + shapely.area(shapely.intersection(second, other))
    crossed = shapely.area(shapely.intersection(first, other)) + shapely.area(shapely.intersection(second, one))
    if straight == crossed:
        raise TopologyFault("boundary-unclear", _place(first))
    return (first, second) if straight > crossed else (second, first)


def move_corners(parcels: Sequence[shapely.Polygon], moves: Sequence[Move], tolerance: float = TOLERANCE_M) -> list[shapely.Polygon]:
    """Parcels with corners at new positions, in all of them that have a corner there. Raises TopologyFault.

    Give all parcels around the corners: one that is left out would leave a gap or an overlap.
    """
    found = np.zeros(len(moves), bool)

    def moved(positions: Floats) -> Floats:
        result = positions.copy()
        for index, (source, target) in enumerate(moves):
            here = np.hypot(*(positions - source).T) <= tolerance
            result[here] = target
            found[index] |= bool(here.any())
        return result

    shapes = [shapely.transform(parcel, moved) for parcel in parcels]
    if not found.all():
        raise TopologyFault("no-corner", moves[int(np.flatnonzero(~found)[0])][0])
    for shape in shapes:
        if not shapely.is_valid(shape) or shapely.area(shape) <= 0:
            raise TopologyFault("corner-breaks-shape", moves[0][1])
    return shapes


def _place(piece: shapely.Polygon) -> tuple[float, float]:
    point = shapely.point_on_surface(piece)
    return float(point.x), float(point.y)
