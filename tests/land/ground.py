"""A piece of ground that random edits turn into slanted, concave and holed parcels, always as one coverage."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.affinity import rotate

from land.topology import coverage, dividing, joining, knots
from land.topology.faults import TopologyFault

CENTRE = (577_400.0, 1_722_500.0)
"""East and north at Tam Kỳ: as many digits before the point as real parcels have."""


def slanted(width: float = 60.0, height: float = 40.0, degrees: float = 17.0) -> shapely.Polygon:
    """A rectangle that no axis is parallel to."""
    x, y = CENTRE
    return rotate(shapely.box(x, y, x + width, y + height), degrees, origin=CENTRE)


def line(*positions: tuple[float, float]) -> shapely.LineString:
    """A line by its distances from CENTRE."""
    return shapely.LineString([(CENTRE[0] + x, CENTRE[1] + y) for x, y in positions])


@dataclass
class Ground:
    """Parcels that cover `whole`; every edit keeps them a coverage or leaves them as they were."""

    parcels: list[shapely.Polygon]
    rng: np.random.Generator

    @classmethod
    def of(cls, seed: int) -> "Ground":
        """One large concave parcel with a hole's worth of ground in it."""
        rng = np.random.default_rng(seed)
        angle = np.sort(rng.uniform(0, 2 * np.pi, 14))
        radius = rng.uniform(60, 140, 14)
        ring = np.c_[CENTRE[0] + radius * np.cos(angle), CENTRE[1] + radius * np.sin(angle)]
        whole = shapely.Polygon(ring)
        return cls([whole if whole.is_valid else slanted(120, 90)], rng)

    def edit(self) -> str:
        """One random edit; what it was, or "" where the geometry did not allow it."""
        edits = (self.split, self.split, self.cut_areas, self.inlay, self.merge, self.adjust, self.move_corner)
        chosen = edits[int(self.rng.integers(len(edits)))]
        try:
            return chosen.__name__ if chosen() else ""
        except TopologyFault:
            return ""

    def split(self) -> bool:
        """By a bent line through a point inside."""
        index = self._some()
        parcel = self.parcels[index]
        if parcel.area < 4:
            return False
        point, angle = shapely.point_on_surface(parcel), self.rng.uniform(0, math.pi)
        reach = 400.0
        bend = self.rng.normal(0, 1.5, 2)
        positions = [
            (point.x - reach * math.cos(angle), point.y - reach * math.sin(angle)),
            (point.x + bend[0], point.y + bend[1]),
            (point.x + reach * math.cos(angle + 0.2), point.y + reach * math.sin(angle + 0.2)),
        ]
        return self._replace([index], dividing.by_lines(parcel, [shapely.LineString(positions)]))

    def cut_areas(self) -> bool:
        """Two areas from a random side."""
        index = self._some()
        parcel = self.parcels[index]
        areas = [parcel.area * self.rng.uniform(0.1, 0.4), parcel.area * self.rng.uniform(0.1, 0.4)]
        pieces = dividing.by_areas(parcel, areas, self.rng.uniform(0, 360))
        assert abs(pieces[0].area - areas[0]) < 1e-3
        assert abs(pieces[1].area - areas[1]) < 1e-3
        return self._replace([index], pieces)

    def inlay(self) -> bool:
        """A pond in the middle: its parcel lies in a hole of another."""
        index = self._some()
        parcel = self.parcels[index]
        point = shapely.point_on_surface(parcel)
        room = shapely.distance(point, parcel.boundary)
        if room < 1:
            return False
        angle = np.linspace(0, 2 * np.pi, 8)[:-1]
        ring = np.c_[point.x + room * 0.6 * np.cos(angle), point.y + room * 0.6 * np.sin(angle)]
        closed = shapely.LineString([*ring, ring[0]])
        return self._replace([index], dividing.by_lines(parcel, [closed]))

    def merge(self) -> bool:
        """With a neighbour."""
        pair = self._pair()
        return pair is not None and self._replace(list(pair), [joining.merge([self.parcels[index] for index in pair])])

    def adjust(self) -> bool:
        """The boundary with a neighbour, drawn as another line."""
        pair = self._pair()
        if pair is None:
            return False
        one, other = (self.parcels[index] for index in pair)
        union = joining.merge([one, other])
        cut = dividing.by_areas(union, [one.area * self.rng.uniform(0.7, 1.0)], self.rng.uniform(0, 360))
        shared = shapely.line_merge(shapely.intersection(cut[0].boundary, cut[1].boundary))
        if not isinstance(shared, shapely.LineString):
            return False
        return self._replace(list(pair), list(joining.adjust(one, other, [shared])))

    def move_corner(self) -> bool:
        """A corner inside the ground, in every parcel that has it."""
        index = self._some()
        ring = shapely.get_coordinates(self.parcels[index].exterior)[:-1]
        corner = ring[int(self.rng.integers(len(ring)))]
        around = [i for i, parcel in enumerate(self.parcels) if shapely.distance(parcel, shapely.Point(corner)) < 0.001]
        whole = shapely.unary_union(self.parcels)
        if shapely.distance(whole.boundary, shapely.Point(corner)) < 0.01:
            return False
        target = corner + self.rng.normal(0, 0.3, 2)
        moved = joining.move_corners([self.parcels[i] for i in around], [(tuple(corner), tuple(target))])
        return self._replace(around, moved, may_collide=True)

    def _replace(self, gone: list[int], pieces: list[shapely.Polygon], *, may_collide: bool = False) -> bool:
        """Put pieces in the place of parcels, knit with all others; too small ones are refused, as by a rule."""
        others = [parcel for index, parcel in enumerate(self.parcels) if index not in gone]
        before = sum(self.parcels[index].area for index in gone)
        pieces, others = knots.knit(pieces, others)
        if min(piece.area for piece in pieces) < 0.5 or any(shapely.is_empty(piece.buffer(-0.05)) for piece in pieces):
            return False
        assert abs(sum(piece.area for piece in pieces) - before) < 0.01
        if not coverage.is_valid([*pieces, *others]) or coverage.overlaps([*pieces, *others], len(pieces)):
            # A moved corner may run into a third parcel: the rules say no, as they do to an officer.
            assert may_collide
            return False
        self.parcels = [*others, *pieces]
        return True

    def _some(self) -> int:
        return int(self.rng.integers(len(self.parcels)))

    def _pair(self) -> tuple[int, int] | None:
        """A parcel with one that it shares an edge with."""
        index = self._some()
        shapes = np.array(self.parcels, object)
        touching = shapely.length(shapely.intersection(shapes[index].boundary, shapely.boundary(shapes))) > 0.5
        touching[index] = False
        found = np.flatnonzero(touching)
        return (index, int(self.rng.choice(found))) if len(found) else None
