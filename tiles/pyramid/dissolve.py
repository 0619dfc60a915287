"""Many small surfaces as few: neighbours of one group become one block (pure geometry, EPSG:3857 metres).

A surface smaller than a map can show takes the group that prevails around it, so nothing turns into a hole. Surfaces
that share edges (a cadastre) are joined along them, which is ten times faster than a union; where they do not fit
together the union is taken after all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
Longs = npt.NDArray[np.int64]
# How much the area of joined surfaces may differ from the sum before they are held to overlap.
_SLACK = 1e-6
# Parts and holes of a coarse block under this share of `least` are left out, respectively filled.
_CRUMB = 1 / 8


@dataclass(frozen=True)
class Grain:
    """How fine blocks are, in metres.

    Surfaces under `least` m² take the group that covers most of their square of `square` m. Outlines lose what is smaller
    than `tolerance` m. Gaps up to twice `gap` m (streets) are closed.
    """

    square: float
    least: float
    tolerance: float
    gap: float = 0.0


@dataclass(frozen=True)
class Block:
    """One block: the `owner` and `group` it was made of, and which of the surfaces (their indexes) it stands for."""

    owner: int
    group: int
    members: Longs
    shape: shapely.Geometry


def dissolve(shapes: Geometries, owners: Longs, groups: Longs, grain: Grain) -> list[Block]:
    """Blocks of surfaces, in the order of (owner, group). Surfaces of different owners never influence each other.

    Outlines at the edge of what is dissolved together stay as they are, so that neighbouring parts fit.
    """
    if not len(shapes):
        return []
    members = _by_key(owners, prevailing(shapes, owners, groups, grain))
    joined = np.array([_joined(shapes[rows]) for rows in members.values()], object)
    outlines = _simplified(joined, grain.tolerance)
    return [Block(*key, rows, shape) for (key, rows), shape in zip(members.items(), outlines, strict=True)]


def coarsen(blocks: Sequence[Block], lines: frozenset[int], grain: Grain) -> list[Block]:
    """Coarser blocks of blocks, whose members are indexes into `blocks`; the groups `lines` are closed over.

    Each of `blocks` is a member of one coarse block: of its own group, or of the one that took its place.
    """
    parts, of_block = shapely.get_parts(np.array([block.shape for block in blocks], object), return_index=True)
    owners = np.array([block.owner for block in blocks], np.int64)
    groups = np.array([block.group for block in blocks], np.int64)
    solid = ~np.isin(groups[of_block], list(lines))
    # An owner who has nothing but lines keeps them.
    solid |= ~np.isin(owners[of_block], owners[of_block][solid])
    parts, of_block = parts[solid], of_block[solid]
    drawn = prevailing(parts, owners[of_block], groups[of_block], grain)
    keys = _by_key(owners[of_block], drawn)
    shapes = {key: _closed(parts[rows], grain) for key, rows in keys.items()}
    home = _homes(owners, groups, shapes)
    return [Block(*key, np.flatnonzero(np.fromiter((at == key for at in home), bool, len(home))), shape) for key, shape in shapes.items()]


def prevailing(shapes: Geometries, owners: Longs, groups: Longs, grain: Grain) -> Longs:
    """The group under which each surface is drawn: its own, or the one that prevails around it when it is small."""
    areas, boxes = shapely.area(shapes), shapely.bounds(shapes)
    squares = np.floor((boxes[:, :2] + boxes[:, 2:]) / 2 / grain.square).astype(np.int64)
    _places, place = np.unique(np.column_stack([owners, squares]), axis=0, return_inverse=True)
    count = int(groups.max()) + 1
    cover = np.bincount(place * count + groups, weights=areas, minlength=(int(place.max()) + 1) * count).reshape(-1, count)
    drawn: Longs = np.where(areas < grain.least, cover.argmax(axis=1)[place], groups)
    return drawn


def _by_key(owners: Longs, groups: Longs) -> dict[tuple[int, int], Longs]:
    """Indexes by (owner, group), in that order."""
    keys, which = np.unique(np.column_stack([owners, groups]), axis=0, return_inverse=True)
    order = np.argsort(which, kind="stable").astype(np.int64)
    pieces = np.split(order, np.cumsum(np.bincount(which))[:-1])
    return {(owner, group): rows for (owner, group), rows in zip(keys.tolist(), pieces, strict=True)}


def _homes(owners: Longs, groups: Longs, shapes: dict[tuple[int, int], shapely.Geometry]) -> list[tuple[int, int]]:
    """The coarse block that stands for each block: its own group's, else the largest of its owner."""
    largest: dict[int, tuple[int, int]] = {}
    for key, shape in shapes.items():
        known = largest.get(key[0])
        if known is None or shape.area > shapes[known].area:
            largest[key[0]] = key
    own = zip(owners.tolist(), groups.tolist(), strict=True)
    return [key if key in shapes else largest[key[0]] for key in own]


def _joined(shapes: Geometries) -> shapely.Geometry:
    if len(shapes) == 1:
        return shapes[0]
    whole = shapely.area(shapes).sum()
    joined = shapely.coverage_union_all(shapes)
    if abs(joined.area - whole) <= _SLACK * whole and joined.is_valid:
        return joined
    return shapely.disjoint_subset_union_all(shapes)


def _simplified(shapes: Geometries, tolerance: float) -> list[shapely.Geometry]:
    """Common edges are simplified alike on both sides; surfaces that overlap are simplified one by one."""
    try:
        outlines = shapely.coverage_simplify(shapes, tolerance, simplify_boundary=False)
    except shapely.GEOSException:
        outlines = shapely.simplify(shapes, tolerance)
    return [outline if outline.is_valid and not outline.is_empty else shape for outline, shape in zip(outlines, shapes, strict=True)]


def _closed(parts: Geometries, grain: Grain) -> shapely.Geometry:
    """Parts grown together over narrow gaps, without crumbs and small holes; the largest part always stays."""
    whole = shapely.multipolygons(parts)
    for step, tolerance in ((grain.gap, grain.tolerance / 2), (-grain.gap, grain.tolerance)):
        whole = shapely.simplify(shapely.buffer(whole, step, quad_segs=1, join_style="mitre", mitre_limit=2), tolerance)
    found = shapely.get_parts(whole)
    if not len(found):
        return parts[shapely.area(parts).argmax()]
    crumb = grain.least * _CRUMB
    kept = found[shapely.area(found) >= min(crumb, shapely.area(found).max())]
    return shapely.multipolygons([_filled(part, crumb) for part in kept])


def _filled(polygon: shapely.Polygon, least: float) -> shapely.Polygon:
    return shapely.Polygon(polygon.exterior, [hole for hole in polygon.interiors if shapely.Polygon(hole).area >= least])
