"""Parcels from a drawing: boundary lines closed to polygons, labels put into them. Runs confined, without Django.

Levels of the circular on cadastral maps: 10 boundaries, 23, 31 and 38 edges of roads and water, where a boundary that runs
along them is not drawn again; 13 numbers, 4 areas, 2 land uses, 11 the place of a label.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from land.importing.columns import decimal, whole
from land.importing.problems import Problem, Unusable

BOUNDARIES = frozenset({10, 23, 31, 38})
NUMBER, AREA, USE, PLACE = 13, 4, 2, 11
LABELS = frozenset({NUMBER, AREA, USE, PLACE})
CLOSING_M = 0.001
"""Ends of lines that are nearer than this are one corner (closing tolerance of cadastral drawings)."""
_LEVEL = re.compile(r"(?:.*?[^0-9])?0*(\d{1,2})(?:[^0-9].*)?")
_CODE = re.compile(r"[A-ZĐ]{3}(?:\s*\+\s*[A-ZĐ]{3})*")
Floats = NDArray[np.float64]


def level_of(layer: object) -> int | None:
    """The level that a layer's name or number means: 10, "10", "LV10", "Level 10", "10_RanhThua"."""
    if isinstance(layer, int):
        return layer
    found = _LEVEL.fullmatch(str(layer or "").strip())
    return int(found[1]) if found else None


@dataclass
class Drawn:
    """What a drawing holds: lines of boundaries and texts with their levels and places."""

    lines: list[shapely.Geometry] = field(default_factory=list)
    texts: list[tuple[int, str, shapely.Point]] = field(default_factory=list)


@dataclass
class Found:
    """A parcel of the drawing; what no label says is None."""

    shape: shapely.Polygon
    number: int | None = None
    area: float | None = None
    use: str | None = None


def parcels_of(drawn: Drawn) -> tuple[list[Found], list[Problem]]:
    """The parcels of a drawing, and what does not fit together. Raises Unusable when there is no boundary at all."""
    if not drawn.lines:
        raise Unusable("no-boundaries")
    edges = _closed(_edges(drawn.lines))
    problems = [*_crossings(edges), *_open_ends(edges)]
    lines = shapely.unary_union(shapely.linestrings(edges)) if problems else shapely.multilinestrings(shapely.linestrings(edges))
    faces = [face for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))) if face.area > 0]
    found, loose = _labelled(faces, drawn.texts)
    return found, [*problems, *loose]


def _edges(lines: Sequence[shapely.Geometry]) -> Floats:
    """Single edges (n, 2, 2) of lines and of the rings of surfaces."""
    parts = [shapely.boundary(line) if shapely.get_dimensions(line) == 2 else line for line in lines]
    singles = shapely.get_parts(np.array(parts, object))
    positions, owner = shapely.get_coordinates(singles, return_index=True)
    same = owner[1:] == owner[:-1]
    return np.stack([positions[:-1][same], positions[1:][same]], axis=1)


def _closed(edges: Floats) -> Floats:
    """Corners nearer than the tolerance become one, also a corner and the edge that it lies on; no edge twice."""
    corners, index = np.unique(edges.reshape(-1, 2), axis=0, return_inverse=True)
    edges = corners[_clusters(corners)][index.reshape(-1)].reshape(-1, 2, 2)
    edges = edges[(edges[:, 0] != edges[:, 1]).any(axis=1)]
    return _once(_with_corners_on_edges(edges))


def _once(edges: Floats) -> Floats:
    """Each edge once, whichever way it runs."""
    later = (edges[:, 0, 0] > edges[:, 1, 0]) | ((edges[:, 0, 0] == edges[:, 1, 0]) & (edges[:, 0, 1] > edges[:, 1, 1]))
    edges = np.where(later[:, None, None], edges[:, ::-1], edges)
    return np.unique(edges.reshape(-1, 4), axis=0).reshape(-1, 2, 2)


def _clusters(corners: Floats) -> NDArray[np.int64]:
    """For each corner the first one within the tolerance."""
    points = shapely.points(corners)
    left, right = shapely.STRtree(points).query(points, predicate="dwithin", distance=CLOSING_M)
    first = np.arange(len(corners))
    for one, other in zip(left[left > right], right[left > right], strict=True):
        first[one] = min(first[one], first[other])
    return first


def _with_corners_on_edges(edges: Floats) -> Floats:
    """Edges divided at the corners of others that lie on them: a T in which nobody put a corner."""
    corners = np.unique(edges.reshape(-1, 2), axis=0)
    lines = shapely.linestrings(edges)
    at, edge = shapely.STRtree(lines).query(shapely.points(corners), predicate="dwithin", distance=CLOSING_M)
    start, run = edges[edge, 0], edges[edge, 1] - edges[edge, 0]
    share = ((corners[at] - start) * run).sum(axis=1) / (run**2).sum(axis=1)
    length = np.hypot(run[:, 0], run[:, 1])
    inside = (share * length > CLOSING_M) & ((1 - share) * length > CLOSING_M)
    if not inside.any():
        return edges
    order = np.lexsort((share[inside], edge[inside]))
    places, owners = corners[at[inside]][order], edge[inside][order]
    pieces = [edges[np.setdiff1d(np.arange(len(edges)), owners)]]
    for owner in np.unique(owners):
        chain = np.vstack([edges[owner, :1], places[owners == owner], edges[owner, 1:]])
        pieces.append(np.stack([chain[:-1], chain[1:]], axis=1))
    return np.concatenate(pieces)


def _crossings(edges: Floats) -> Iterator[Problem]:
    lines = shapely.linestrings(edges)
    tree = shapely.STRtree(lines)
    for begin in range(0, len(lines), 2_000):
        left, right = tree.query(lines[begin : begin + 2_000], predicate="crosses")
        for one, other in zip(left + begin, right, strict=True):
            if other > one:
                point = shapely.intersection(lines[one], lines[other])
                if isinstance(point, shapely.Point):
                    yield Problem("crossing", {}, (), (round(point.x, 3), round(point.y, 3)), None)


def _open_ends(edges: Floats) -> Iterator[Problem]:
    """Corners in which one edge alone ends."""
    corners, times = np.unique(edges.reshape(-1, 2), axis=0, return_counts=True)
    ends = corners[times == 1]
    if not len(ends):
        return
    lines = shapely.linestrings(edges)
    tree = shapely.STRtree(lines)
    for end in ends:
        near = tree.query(shapely.Point(end), predicate="dwithin", distance=5.0)
        others = [shapely.distance(lines[at], shapely.Point(end)) for at in near if not (edges[at] == end).all(axis=1).any()]
        distance = f"{min(others):.3f}" if others else "> 5"
        yield Problem("unclosed", {"distance": distance}, (), (round(float(end[0]), 3), round(float(end[1]), 3)), None)


def _labelled(faces: list[shapely.Polygon], texts: Sequence[tuple[int, str, shapely.Point]]) -> tuple[list[Found], list[Problem]]:
    tree = shapely.STRtree(faces)
    labels: dict[int, dict[int, list[str]]] = {}
    problems = []
    points = [point for _level, _text, point in texts]
    place = dict(zip(*tree.query(points, predicate="intersects"), strict=True)) if faces and points else {}
    for at, (level, text, point) in enumerate(texts):
        if at in place:
            labels.setdefault(int(place[at]), {}).setdefault(level, []).append(text)
        elif level == NUMBER:
            problems.append(Problem("label-alone", {"text": text[:40]}, (), (round(point.x, 3), round(point.y, 3)), None))
    found = []
    for index, face in enumerate(faces):
        said = labels.get(index)
        if not said or not set(said) & {NUMBER, AREA, USE}:
            point = shapely.point_on_surface(face)
            problems.append(Problem("no-label", {"size": f"{face.area:.1f}"}, (), (round(point.x, 3), round(point.y, 3)), face.wkt))
            continue
        parcel, numbers = _parcel(face, said)
        found.append(parcel)
        if len(numbers) > 1:
            point = shapely.point_on_surface(face)
            listed = ", ".join(map(str, numbers))
            problems.append(Problem("two-numbers", {"numbers": listed}, (len(found),), (round(point.x, 3), round(point.y, 3)), face.wkt))
    return found, problems


def _parcel(face: shapely.Polygon, said: dict[int, list[str]]) -> tuple[Found, list[int]]:
    """A face with what its labels say; a text of several lines may hold all of it."""
    words = {level: [word.strip() for text in texts for word in re.split(r"\\P|[\r\n]+", text)] for level, texts in said.items()}
    numbers = list(dict.fromkeys(number for word in words.get(NUMBER, ()) if (number := whole(word)) is not None))
    areas = [area for word in words.get(AREA, ()) if (area := decimal(word)) is not None]
    codes = [word.replace(" ", "") for word in words.get(USE, ()) if _CODE.fullmatch(word)]
    return Found(face, numbers[0] if numbers else None, areas[0] if areas else None, codes[0] if codes else None), numbers
