"""Shapely geometries in EPSG:3857 to ragged columns on the world grid."""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from layers.store.grid import to_grid
from layers.store.ragged import EXTERIOR, HOLE, LINE, POINTS, Ints, Ragged, offsets

Geometries = npt.NDArray[np.object_]
_POINT, _LINE, _POLYGON, _COLLECTION = (0, 4), (1, 2, 5), (3, 6), 7
_KINDS = {kind: index for index, kinds in enumerate((_POINT, _LINE, _POLYGON)) for kind in kinds}


class Unsupported(Exception):
    """Geometries of a kind that the store does not keep; the database serves the layer instead."""


def ragged(geometries: Geometries) -> Ragged:
    """The columns of geometries; None and empty ones become features without parts. Raises Unsupported."""
    geometries = _plain(geometries)
    dimension = shapely.get_dimensions(geometries)
    present = dimension[dimension >= 0]
    if not len(present):
        return Ragged(*_nothing(), np.zeros(len(geometries) + 1, np.int32))
    if present.min() == present.max():
        return (_points, _lines, _polygons)[present[0]](geometries)
    pieces = [make(_only(geometries, dimension == index)) for index, make in enumerate((_points, _lines, _polygons))]
    # Each piece holds every feature, most without parts: put together by feature.
    joined = Ragged.concat(pieces)
    count = len(geometries)
    chosen = np.maximum(dimension, 0) * count + np.arange(count)
    return joined.take(chosen.astype(np.int64))


def _only(geometries: Geometries, wanted: npt.NDArray[np.bool_]) -> Geometries:
    chosen = geometries.copy()
    chosen[~wanted] = None
    return chosen


def _plain(geometries: Geometries) -> Geometries:
    kinds = shapely.get_type_id(geometries)
    for row in np.flatnonzero(kinds == _COLLECTION):
        geometries[row] = _highest(geometries[row])
    if (kinds > _COLLECTION).any():
        raise Unsupported("Curves and surfaces of curves are not kept.")
    return geometries


def _highest(collection: Any) -> Any:
    """The parts of the highest dimension, as ST_AsMVTGeom keeps them."""
    parts = shapely.get_parts(collection)
    while (shapely.get_type_id(parts) >= 4).any():
        parts = np.concatenate([shapely.get_parts(part) for part in parts]) if len(parts) else parts
    parts = parts[~shapely.is_empty(parts)]
    dimension = shapely.get_dimensions(parts)
    top = int(dimension.max(initial=-1))
    if top < 0:
        return None
    make = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[top]
    return make(parts[dimension == top])


def _points(geometries: Geometries) -> Ragged:
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    counts = np.bincount(owner, minlength=len(geometries))
    filled = counts > 0
    roles = np.full(int(filled.sum()), POINTS, np.uint8)
    return _made(coordinates, offsets(counts[filled]), roles, offsets(filled.astype(np.int64)))


def _lines(geometries: Geometries) -> Ragged:
    parts, owner = shapely.get_parts(geometries, return_index=True)
    keep = ~shapely.is_empty(parts)
    parts, owner = parts[keep], owner[keep]
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    starts = offsets(np.bincount(part, minlength=len(parts)))
    return _made(coordinates, starts, np.full(len(parts), LINE, np.uint8), offsets(np.bincount(owner, minlength=len(geometries))))


def _polygons(geometries: Geometries) -> Ragged:
    parts, owner = shapely.get_parts(geometries, return_index=True)
    keep = ~shapely.is_empty(parts)
    parts, owner = parts[keep], owner[keep]
    rings, polygon = shapely.get_rings(parts, return_index=True)
    roles = np.full(len(rings), HOLE, np.uint8)
    roles[np.flatnonzero(np.diff(polygon, prepend=-1))] = EXTERIOR
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    counts = np.bincount(ring, minlength=len(rings))
    open_ended = np.ones(len(coordinates), np.bool_)
    open_ended[np.cumsum(counts) - 1] = False  # the closing vertex
    per_feature = np.bincount(owner[polygon], minlength=len(geometries))
    return _made(coordinates[open_ended], offsets(counts - 1), roles, offsets(per_feature))


def _made(coordinates: npt.NDArray[np.float64], parts: Ints, roles: npt.NDArray[np.uint8], features: Ints) -> Ragged:
    grid = to_grid(coordinates)
    return Ragged(np.ascontiguousarray(grid[:, 0]), np.ascontiguousarray(grid[:, 1]), parts, roles, features)


def _nothing() -> tuple[Ints, Ints, Ints, npt.NDArray[np.uint8]]:
    none = np.empty(0, np.int32)
    return none, none, np.zeros(1, np.int32), np.empty(0, np.uint8)
