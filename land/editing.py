"""What features that came back from a GIS program mean as a change: pure, on the VN-2000 plane.

QGIS knows no verbs, but its tools leave clear traces: a moved vertex, a parcel that shrank with new ones beside it, a parcel
that took in others that were deleted, two parcels that share the same ground otherwise.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
import shapely

STILL_M = 0.005
"""A vertex that moved by less did not move: clients write coordinates with as many decimals as they like."""


@dataclass(frozen=True)
class Redrawn:
    """A stored parcel with the outline that a client gave it; `drawn` None: it was deleted."""

    uid: UUID
    stored: shapely.Polygon
    drawn: shapely.Polygon | None


@dataclass(frozen=True)
class Meant:
    """A kind of change with its parameters."""

    kind: str
    params: Mapping[str, Any]


def meaning(parcels: Sequence[Redrawn], new: Sequence[shapely.Polygon]) -> Meant | None:
    """The one change that outlines, deletions and new polygons together are; None where no verb says the same."""
    kept = [parcel for parcel in parcels if parcel.drawn is not None]
    gone = [parcel for parcel in parcels if parcel.drawn is None]
    if new:
        return _split(parcels[0], new) if len(parcels) == 1 and kept else None
    if gone:
        return _merger(kept[0], gone) if len(kept) == 1 else None
    if len(kept) == 2 and same_ground([one.stored for one in kept], [one.drawn for one in kept if one.drawn]):
        return _boundary(kept[0], kept[1])
    return (_shrunk(kept[0]) if len(kept) == 1 else None) or _corners(kept)


def _shrunk(parcel: Redrawn) -> Meant | None:
    """The split of which a client has sent the first half alone: the outline shrank along a line from edge to edge.

    A corner that moved inwards is another thing: then some new corner does not lie on the stored outline, though as many are left.
    """
    stored, drawn = parcel.stored, parcel.drawn
    if drawn is None or not shapely.is_valid(drawn) or not shapely.covers(shapely.buffer(stored, STILL_M), drawn):
        return None
    moved = moved_corners(stored, drawn)
    if moved is not None and any(shapely.distance(stored.boundary, shapely.Point(place)) > STILL_M for place in moved.values()):
        return None
    lost = _lost(stored, drawn)
    return _split(parcel, lost) if lost else None


def _lost(stored: shapely.Polygon, drawn: shapely.Polygon) -> list[shapely.Polygon]:
    """What an outline gave up. Ends of a cut beside an edge in the last digit would leave slivers along it."""
    ground = shapely.snap(stored, shapely.MultiPoint(shapely.get_coordinates(drawn)), STILL_M)
    parts = shapely.get_parts(shapely.difference(ground, drawn))
    return [part for part in parts if shapely.area(part) > shapely.length(part) * STILL_M]


def _split(parent: Redrawn, new: Sequence[shapely.Polygon]) -> Meant | None:
    if parent.drawn is None or not same_ground([parent.stored], [parent.drawn, *new]):
        return None
    # With one new part it is known better than a client's difference of outlines tells it.
    lines = _common([parent.drawn, *(_lost(parent.stored, parent.drawn) if len(new) == 1 else new)])
    return Meant("split_lines", {"parcel": str(parent.uid), "lines": lines}) if lines else None


def _merger(kept: Redrawn, gone: Sequence[Redrawn]) -> Meant | None:
    if kept.drawn is None or not same_ground([kept.stored, *(one.stored for one in gone)], [kept.drawn]):
        return None
    return Meant("merge", {"parcels": [str(one.uid) for one in (kept, *gone)]})


def _boundary(one: Redrawn, other: Redrawn) -> Meant | None:
    lines = _common([shape for shape in (one.drawn, other.drawn) if shape is not None])
    return Meant("adjust_boundary", {"parcels": [str(one.uid), str(other.uid)], "lines": lines}) if lines else None


def _corners(parcels: Sequence[Redrawn]) -> Meant | None:
    """Moved corners; a corner that several outlines share moves once, and must move to one place."""
    moves: dict[tuple[float, ...], tuple[float, ...]] = {}
    for parcel in parcels:
        pairs = moved_corners(parcel.stored, parcel.drawn) if parcel.drawn is not None else None
        if pairs is None:
            return None
        for source, target in pairs.items():
            before = moves.setdefault(source, target)
            if np.hypot(*(np.array(before) - target)) > STILL_M:
                return None
    if not moves:
        return None
    told = [{"source": list(source), "target": list(target)} for source, target in moves.items()]
    return Meant("correct_corners", {"parcel": str(parcels[0].uid), "moves": told})


def moved_corners(stored: shapely.Polygon, drawn: shapely.Geometry) -> dict[tuple[float, ...], tuple[float, ...]] | None:
    """Stored corners with their new places; None where the rings do not have the stored corners in the stored order."""
    old, new = shapely.get_coordinates(stored), shapely.get_coordinates(drawn)
    if not isinstance(drawn, shapely.Polygon) or len(drawn.interiors) != len(stored.interiors) or old.shape != new.shape:
        return None
    moved = np.hypot(*(new - old).T) > STILL_M
    return {tuple(source): tuple(target) for source, target in zip(old[moved].tolist(), new[moved].tolist(), strict=True)}


def is_same(stored: shapely.Polygon, drawn: shapely.Geometry) -> bool:
    """Whether a client sent back what is stored, as well as it can write coordinates."""
    return moved_corners(stored, drawn) == {}


def same_ground(before: Sequence[shapely.Polygon], after: Sequence[shapely.Polygon]) -> bool:
    """Whether two sets of polygons cover the same ground, up to the rounding of coordinates along their boundaries."""
    if not all(shapely.is_valid(shape) for shape in after):
        return False
    one, other = shapely.unary_union(list(before)), shapely.unary_union(list(after))
    common = sum(shapely.area(shape) for shape in after) - shapely.area(other)
    return bool(shapely.area(shapely.symmetric_difference(one, other)) + common <= shapely.length(one) * STILL_M)


def _common(shapes: Sequence[shapely.Polygon]) -> list[list[tuple[float, float]]]:
    """The lines along which polygons meet: edges that two of them have. Tools that divide write the same corners on both sides."""
    edges: Counter[tuple[tuple[float, float], ...]] = Counter()
    for shape in shapes:
        for ring in (shape.exterior, *shape.interiors):
            places = [(round(x, 4), round(y, 4)) for x, y in ring.coords]
            edges.update(tuple(sorted(edge)) for edge in pairwise(places) if edge[0] != edge[1])
    shared = [shapely.LineString(edge) for edge, times in edges.items() if times > 1]
    merged = shapely.line_merge(shapely.MultiLineString(shared)) if shared else shapely.MultiLineString()
    return [[(x, y) for x, y in line.coords] for line in shapely.get_parts(merged)]
