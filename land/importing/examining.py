"""Whether outlines of a file can lie in one register: valid, none twice, no overlap, no sliver, no hole. Runs confined, without Django."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

from gis_core.geometry import split_reason
from land.importing.problems import Problem, Unusable

Shapes = NDArray[np.object_]
SLIVER_M = 0.1
"""Narrower gaps between two parcels are told."""
OVERLAP_M2 = 1e-4
SMALLEST_M2 = 0.01
MOST = 3_000
"""Problems of one kind that are told with their place; all are counted by whoever tells them."""
_BATCH = 200
_PAIRS, _PAIRS_EACH = 100_000, 60
"""Pairs of boxes that meet: so many in any file, or for each parcel (about seven in a sound file, 28 where all are in it twice)."""


@dataclass(frozen=True)
class Ground:
    """Outlines with their rows and labels; `is_new` is false for those that are in the register already."""

    shapes: Shapes
    rows: NDArray[np.int64]
    labels: list[str]
    is_new: NDArray[np.bool_]


def examine(ground: Ground) -> list[Problem]:
    """Everything that is wrong with the outlines. Raises Unusable when there is too much of it to be told apart."""
    problems = [*_broken(ground), *_twice(ground)]
    bad = {row for problem in problems for row in problem.rows[:1]}
    sound = np.array([row not in bad for row in ground.rows], bool) | ~ground.is_new
    kept = Ground(ground.shapes[sound], ground.rows[sound], [ground.labels[at] for at in np.flatnonzero(sound)], ground.is_new[sound])
    return problems + _coverage(kept)


def _broken(ground: Ground) -> Iterator[Problem]:
    new = np.flatnonzero(ground.is_new)
    for at in new[~shapely.is_valid(ground.shapes[new])]:
        reason, x, y = split_reason(shapely.is_valid_reason(ground.shapes[at]))
        place = (x, y) if np.isfinite([x, y]).all() else None
        yield Problem("invalid-outline", {"reason": reason}, (int(ground.rows[at]),), place, _wkt(ground.shapes[at]))
    for at in new[shapely.is_valid(ground.shapes[new]) & (shapely.area(ground.shapes[new]) < SMALLEST_M2)]:
        size = f"{shapely.area(ground.shapes[at]):.4f}"
        yield Problem("too-small", {"size": size}, (int(ground.rows[at]),), _place(ground.shapes[at]), _wkt(ground.shapes[at]))


def _twice(ground: Ground) -> Iterator[Problem]:
    """The same ring to the millimetre, wherever it begins and however it turns."""
    new = np.flatnonzero(ground.is_new)
    corners = shapely.transform(ground.shapes[new], lambda positions: np.round(positions, 3))
    first: dict[bytes, int] = {}
    for at, key in zip(new, shapely.to_wkb(shapely.normalize(corners)), strict=True):
        other = first.setdefault(key, int(ground.rows[at]))
        if other != ground.rows[at]:
            shape = ground.shapes[at]
            yield Problem("duplicate-outline", {"other": other}, (int(ground.rows[at]), other), _place(shape), _wkt(shape))


def _coverage(ground: Ground) -> list[Problem]:
    if len(ground.shapes) < 2:
        return []
    _untangled(ground.shapes)
    edges = shapely.coverage_invalid_edges(ground.shapes, gap_width=SLIVER_M)
    touched = np.flatnonzero(~shapely.is_empty(edges))
    problems = list(_overlaps(ground, touched))
    if not any(problem.code.startswith("overlap") for problem in problems):
        problems += _holes(ground)
    return problems + list(_gaps(ground, edges, touched, problems))


def _overlaps(ground: Ground, touched: NDArray[np.int64]) -> Iterator[Problem]:
    """Only outlines with an edge that does not fit can overlap another."""
    shapes = ground.shapes[touched]
    tree = shapely.STRtree(shapes)
    for left, right in _pairs(tree, shapes):
        common = shapely.intersection(shapes[left], shapes[right])
        size = shapely.area(common)
        for at in np.flatnonzero(size > OVERLAP_M2):
            pair = sorted((touched[left[at]], touched[right[at]]), key=lambda index: not ground.is_new[index])
            if ground.is_new[pair[0]]:
                yield _overlap(ground, pair, common[at], float(size[at]))


def _overlap(ground: Ground, pair: list[int], common: shapely.Geometry, size: float) -> Problem:
    one, other = pair
    if not ground.is_new[other]:
        params = {"size": f"{size:.2f}", "parcels": ground.labels[other]}
        return Problem("overlap-register", params, (int(ground.rows[one]),), _place(common), _wkt(common))
    params = {"size": f"{size:.2f}", "parcels": f"{ground.labels[one]}, {ground.labels[other]}"}
    return Problem("overlap", params, (int(ground.rows[one]), int(ground.rows[other])), _place(common), _wkt(common))


def _pairs(tree: shapely.STRtree, shapes: Shapes) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pairs whose boxes meet, each once, some at a time."""
    for begin in range(0, len(shapes), _BATCH):
        left, right = tree.query(shapes[begin : begin + _BATCH])
        once = right > left + begin
        yield left[once] + begin, right[once]


def _untangled(shapes: Shapes) -> None:
    """Raises Unusable before minutes are spent: where all parcels lie in one place, everything below is quadratic in their number."""
    tree, seen = shapely.STRtree(shapes), 0
    for begin in range(0, len(shapes), _BATCH):
        seen += tree.query(shapes[begin : begin + _BATCH]).shape[1]
        if seen > max(_PAIRS, _PAIRS_EACH * len(shapes)):
            raise Unusable("too-tangled")


def _holes(ground: Ground) -> Iterator[Problem]:
    """Ground inside the parcels that belongs to none."""
    try:
        union = shapely.coverage_union_all(ground.shapes)
    except GEOSException:
        # Edges without common corners: the general way, a hundred times slower.
        union = shapely.unary_union(ground.shapes)
    for part in shapely.get_parts(union):
        for ring in part.interiors if isinstance(part, shapely.Polygon) else ():
            hole = shapely.Polygon(ring)
            if hole.area > OVERLAP_M2:
                yield Problem("hole", {"size": f"{hole.area:.2f}"}, (), _place(hole), _wkt(hole))


def _gaps(ground: Ground, edges: Shapes, touched: NDArray[np.int64], problems: list[Problem]) -> Iterator[Problem]:
    """Edges that do not fit and belong to no overlap."""
    told = {row for problem in problems if problem.code.startswith("overlap") for row in problem.rows}
    for at in touched:
        if ground.is_new[at] and int(ground.rows[at]) not in told:
            middle = shapely.line_interpolate_point(shapely.get_geometry(edges[at], 0), 0.5, normalized=True)
            yield Problem("gap", {"width": f"{SLIVER_M:g}"}, (int(ground.rows[at]),), (middle.x, middle.y), _wkt(edges[at]))


def _place(shape: shapely.Geometry) -> tuple[float, float]:
    point = shapely.point_on_surface(shape)
    return round(float(point.x), 3), round(float(point.y), 3)


def _wkt(shape: shapely.Geometry) -> str:
    """For the map; a shape of very many corners is drawn by its outline's box."""
    drawn = shape if shapely.get_num_coordinates(shape) <= 2_000 else shapely.envelope(shape)
    return str(shapely.to_wkt(drawn, rounding_precision=3))
