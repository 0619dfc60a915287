"""Common vertices: a corner that appears on a boundary must appear on both sides of it.

The measured trap: a split that leaves the neighbour without the new vertex passes for valid in half of the cases at
VN-2000's coordinates, and drifts into gaps and overlaps with the next edit.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

TOLERANCE_M = 0.001
"""Positions closer than this are one corner: the closing tolerance of cadastral rings."""

Floats = NDArray[np.float64]


def vertices(polygons: Iterable[shapely.Polygon]) -> Floats:
    """The distinct vertices (n, 2) of some polygons."""
    positions: Floats = shapely.get_coordinates(np.array(list(polygons), object))
    return np.unique(positions, axis=0) if len(positions) else positions


def insert(polygon: shapely.Polygon, points: Floats, tolerance: float = TOLERANCE_M) -> shapely.Polygon:
    """The polygon with every point (n, 2) that lies on an edge as a vertex there; no other vertex moves.

    A point within the tolerance of a vertex is taken to be that vertex and changes nothing.
    """
    west, south, east, north = polygon.bounds
    x, y = points[:, 0], points[:, 1]
    near = (x >= west - tolerance) & (x <= east + tolerance) & (y >= south - tolerance) & (y <= north + tolerance)
    if not near.any():
        return polygon
    rings = [_with_points(shapely.get_coordinates(ring), points[near], tolerance) for ring in (polygon.exterior, *polygon.interiors)]
    if all(ring is None for ring in rings):
        return polygon
    old = [shapely.get_coordinates(ring) for ring in (polygon.exterior, *polygon.interiors)]
    new = [before if after is None else after for before, after in zip(old, rings, strict=True)]
    return shapely.Polygon(new[0], new[1:])


def _with_points(ring: Floats, points: Floats, tolerance: float) -> Floats | None:
    """The closed ring with the points on its edges; None where none lies on one."""
    edge, along = _places(ring, points, tolerance)
    hit = edge >= 0
    if not hit.any():
        return None
    order = np.lexsort((along[hit], edge[hit]))
    return np.insert(ring, edge[hit][order] + 1, points[hit][order], axis=0)


def _places(ring: Floats, points: Floats, tolerance: float) -> tuple[NDArray[np.int64], Floats]:
    """For each point the edge that it lies on (-1: none, or at one of the ring's vertices) and how far along it."""
    a, run = ring[:-1], np.diff(ring, axis=0)
    length2 = np.maximum((run**2).sum(axis=1), 1e-18)
    offset = points[:, None, :] - a[None, :, :]
    share = np.clip((offset * run).sum(axis=2) / length2, 0.0, 1.0)
    distance = np.hypot(*np.moveaxis(offset - share[:, :, None] * run, 2, 0))
    edge = distance.argmin(axis=1)
    rows = np.arange(len(points))
    at_vertex = (np.hypot(*np.moveaxis(offset, 2, 0)) <= tolerance).any(axis=1)
    edge[(distance[rows, edge] > tolerance) | at_vertex] = -1
    return edge, share[rows, edge]


def snap(positions: Floats, targets: Floats, tolerance: float = TOLERANCE_M) -> Floats:
    """The positions (n, 2), those within the tolerance of a target replaced by the nearest one."""
    if not len(targets) or not len(positions):
        return positions
    tree = shapely.STRtree(shapely.points(targets))
    place, found = tree.query_nearest(shapely.points(positions), max_distance=tolerance, all_matches=False)
    result = positions.copy()
    result[place] = targets[found]
    return result


def knit(pieces: Sequence[shapely.Polygon], neighbours: Sequence[shapely.Polygon]) -> tuple[list[shapely.Polygon], list[shapely.Polygon]]:
    """Pieces and neighbours with each other's vertices on their common boundaries.

    First the pieces take the neighbours' corners where they nearly meet them, then either side gets the vertices that it
    lacks. No vertex of a neighbour moves.
    """
    fixed = vertices(neighbours)
    moved = [shapely.transform(piece, lambda xy: snap(xy, fixed)) for piece in pieces]
    met = [insert(piece, fixed) if len(fixed) else piece for piece in moved]
    corners = vertices(met)
    return [insert(piece, corners) for piece in met], [insert(neighbour, corners) for neighbour in neighbours]
