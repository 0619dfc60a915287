"""Dividing pieces of a mesh between two of their own vertices, straight or with one bend."""

from dataclasses import dataclass

import numpy as np

from gis_core.pilot import ragged
from gis_core.pilot.mesh import Mesh
from gis_core.pilot.ragged import Bools, Floats, Ints

NONE = -1
"""In place of a piece's number: there is none."""


@dataclass(frozen=True)
class Lines:
    """One cutting line a piece: a point (n, 2) on it and a unit normal (n, 2); the new piece lies where the normal points.

    `bend` (n,) moves the middle of the cut sideways by that share of its length.
    """

    point: Floats
    normal: Floats
    bend: Floats | None = None

    def pick(self, chosen: Bools | Ints) -> "Lines":
        """The lines of some of the pieces."""
        return Lines(self.point[chosen], self.normal[chosen], None if self.bend is None else self.bend[chosen])

    def shifted(self, distance: Floats) -> "Lines":
        """The same lines, straight, moved along their normals."""
        return Lines(self.point + self.normal * distance[:, None], self.normal)


def divide(mesh: Mesh, pieces: Ints, ends: Ints, lines: Lines, smallest: float) -> Ints:
    """Divide each piece between two of its own vertices; answers the new pieces, -1 where the halves would be too small."""
    size = np.diff(mesh.start)[pieces]
    places = ragged.ranges(mesh.start[pieces], size)
    row = np.repeat(np.arange(len(pieces)), size)
    vertex = mesh.ring[places]
    local = ragged.within(size)
    is_end = (vertex == ends[row, 0]) | (vertex == ends[row, 1])
    found = np.bincount(row[is_end], minlength=len(pieces)) == 2
    is_end &= found[row]
    i, j = local[is_end].reshape(-1, 2).T
    rows = np.flatnonzero(found)
    clear = ~crossed(mesh.xy[vertex], np.r_[0, np.cumsum(size)], mesh.xy[ends[:, 0]], mesh.xy[ends[:, 1]])
    apart = (j - i >= 2) & (i + size[rows] - j >= 2) & clear[rows]
    rows, i, j = rows[apart], i[apart], j[apart]
    n = size[rows]
    begin = mesh.start[pieces[rows]]
    inner = ragged.ranges(begin + i, j - i + 1)
    outer_count = n - (j - i) + 1
    turn = ragged.within(outer_count) + np.repeat(j, outer_count)
    outer = np.repeat(begin, outer_count) + turn % np.repeat(n, outer_count)
    halves = _Halves(mesh.ring[inner], j - i + 1, mesh.ring[outer], outer_count)
    result = np.full(len(pieces), NONE, np.int64)
    result[rows] = _replace(mesh, pieces[rows], halves, lines.pick(rows), smallest)
    return result


@dataclass(frozen=True)
class _Halves:
    """Both rings of each divided piece: vertices one after another, and how many each has."""

    inner: Ints
    inner_size: Ints
    outer: Ints
    outer_size: Ints


def _replace(mesh: Mesh, pieces: Ints, halves: _Halves, lines: Lines, smallest: float) -> Ints:
    """Put the halves in place of the pieces: the one on the normal's side as a new piece at the end."""
    inner_start = np.r_[0, np.cumsum(halves.inner_size)]
    outer_start = np.r_[0, np.cumsum(halves.outer_size)]
    if not len(pieces):
        return np.empty(0, np.int64)
    area_in, centre_in = ragged.area_and_centroid(mesh.xy[halves.inner], inner_start)
    area_out, centre_out = ragged.area_and_centroid(mesh.xy[halves.outer], outer_start)
    good = np.flatnonzero((area_in >= smallest) & (area_out >= smallest))
    new_is_inner = ((centre_in - centre_out) * lines.normal).sum(axis=1)[good] > 0
    sizes = (halves.inner_size[good], halves.outer_size[good])
    inner = halves.inner[ragged.ranges(inner_start[good], sizes[0])]
    outer = halves.outer[ragged.ranges(outer_start[good], sizes[1])]
    ring, size = np.concatenate([inner, outer]), np.concatenate(sizes)
    ring, size = _bent(mesh, ring, size, lines.pick(good))
    first = np.r_[0, np.cumsum(size)]
    count = len(good)
    stay = np.arange(count) + np.where(new_is_inner, count, 0)
    leave = np.arange(count) + np.where(new_is_inner, 0, count)
    old_count = len(mesh)
    # One gather from (all old rings, then the halves) writes the new arrays.
    source = np.concatenate([mesh.ring, ring])
    begin = np.concatenate([mesh.start[:-1], np.empty(count, np.int64)])
    length = np.concatenate([np.diff(mesh.start), np.empty(count, np.int64)])
    begin[pieces[good]], length[pieces[good]] = len(mesh.ring) + first[stay], size[stay]
    begin[old_count:], length[old_count:] = len(mesh.ring) + first[leave], size[leave]
    mesh.ring = source[ragged.ranges(begin, length)]
    mesh.start = np.r_[0, np.cumsum(length)]
    result = np.full(len(pieces), NONE, np.int64)
    result[good] = old_count + np.arange(count)
    return result


def _bent(mesh: Mesh, ring: Ints, size: Ints, lines: Lines) -> tuple[Ints, Ints]:
    """Give bent cuts their middle vertex: the last of both halves (both close along the cut)."""
    if lines.bend is None:
        return ring, size
    close = np.cumsum(size)
    bent, places = _middles(mesh, ring, size, lines)
    middle = mesh.new_vertices(places)
    extra = np.zeros(len(ring) + 1, np.int64)
    both = np.concatenate([bent, bent + len(size) // 2])
    extra[close[both]] = 1
    shift = np.cumsum(extra)
    out = np.empty(len(ring) + shift[-1], np.int64)
    out[np.arange(len(ring)) + shift[:-1]] = ring
    out[close[both] + shift[close[both]] - 1] = np.concatenate([middle, middle])
    grown = size.copy()
    grown[both] += 1
    return out, grown


def _middles(mesh: Mesh, ring: Ints, size: Ints, lines: Lines) -> tuple[Ints, Floats]:
    """Which cuts can bend, and where their middles go; a bend that would run into another edge is not made."""
    count, close = len(size) // 2, np.cumsum(size)
    a, b = mesh.xy[ring[(close - size)[:count]]], mesh.xy[ring[close[:count] - 1]]
    length = np.hypot(*(b - a).T)
    bend = np.where(_blunt(mesh, ring, size), 0.0 if lines.bend is None else lines.bend, 0.0)
    middle = np.round((a + b) / 2 + lines.normal * (bend * length)[:, None], 3)
    start, points = np.r_[0, close], mesh.xy[ring]
    twice = [np.concatenate([place, place]) for place in (a, middle, b)]
    hits = crossed(points, start, twice[0], twice[1]) | crossed(points, start, twice[1], twice[2])
    free = ~(hits[:count] | hits[count:])
    bent = np.flatnonzero(free & (np.abs(bend) * length > 0.05))
    return bent, middle[bent]


def crossed(points: Floats, start: Ints, a: Floats, b: Floats) -> Bools:
    """For each ring, whether one of its edges properly crosses the ring's own segment from a to b (rings, 2).

    Edges that only touch the segment, or share an end with it, do not cross it.
    """
    size = np.diff(start)
    following = np.concatenate([points[1:], points[:1]])
    following[start[1:] - 1] = points[start[:-1]]
    one, other = np.repeat(a, size, axis=0), np.repeat(b, size, axis=0)
    apart = _side(one, other, points) * _side(one, other, following) < 0
    cut_off = _side(points, following, one) * _side(points, following, other) < 0
    if not len(size):
        return np.zeros(0, bool)
    result: Bools = np.logical_or.reduceat(apart & cut_off, start[:-1])
    return result


def _side(a: Floats, b: Floats, point: Floats) -> Floats:
    """Positive where a point lies left of the line from a to b, 0 on it."""
    run, off = b - a, point - a
    result: Floats = run[:, 0] * off[:, 1] - run[:, 1] * off[:, 0]
    return result


def _blunt(mesh: Mesh, ring: Ints, size: Ints) -> Bools:
    """Which cuts meet the edges at both ends, on both sides, at more than 20 degrees: only those may bend."""
    close = np.cumsum(size)
    first, last = close - size, close - 1
    chord = _unit(mesh.xy[ring[last]] - mesh.xy[ring[first]])
    begin = _unit(mesh.xy[ring[first + 1]] - mesh.xy[ring[first]])
    end = _unit(mesh.xy[ring[last - 1]] - mesh.xy[ring[last]])
    sharpest = np.maximum((chord * begin).sum(axis=1), (-chord * end).sum(axis=1))
    limit = np.cos(np.radians(20.0))
    half = len(size) // 2
    result: Bools = (sharpest[:half] < limit) & (sharpest[half:] < limit)
    return result


def _unit(vectors: Floats) -> Floats:
    """Vectors of length one."""
    result: Floats = vectors / np.maximum(np.hypot(*vectors.T), 1e-9)[:, None]
    return result
