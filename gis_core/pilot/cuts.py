"""Cutting many pieces of a mesh at once: each along its own straight (or once bent) line, or out of its middle a strip.

Of a piece with inlets the line may cross several arms; only the crossing nearest the given point is cut, which always
leaves two simple pieces.
"""

from dataclasses import dataclass

import numpy as np

from gis_core.pilot import ragged
from gis_core.pilot.mesh import EDGE_BASE, Mesh, edge_keys
from gis_core.pilot.ragged import Bools, Floats, Ints

NONE = -1


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


@dataclass(frozen=True)
class Chords:
    """Where lines cross pieces: edges (place in `ring`) and fractions along them, two for each line that crosses at all."""

    line: Ints
    places: Ints
    fraction: Floats


def cut(mesh: Mesh, pieces: Ints, lines: Lines, *, snap: float, smallest: float = 1.0) -> Ints:
    """Cut pieces in two. Answers the numbers of the new pieces (on the normal's side), -1 where nothing was cut.

    The old number stays with the other half. A cut that ends within `snap` metres of a vertex ends in it. Cuts that would
    leave a piece of less than `smallest` square metres are not made.
    """
    result = np.full(len(pieces), NONE, np.int64)
    chords = find_chords(mesh, pieces, lines)
    if not len(chords.line):
        return result
    ends = _ends(mesh, chords, snap).reshape(-1, 2)
    ends, line = ends[ends[:, 0] != ends[:, 1]], chords.line[::2][ends[:, 0] != ends[:, 1]]
    made = _divide(mesh, pieces[line], ends, lines.pick(line), smallest)
    result[line] = made
    return result


def strip(mesh: Mesh, pieces: Ints, lines: Lines, width: Floats, *, snap: float) -> tuple[Ints, Ints]:
    """Cut strips (streets, ditches) of `width` metres out of pieces, beginning at the line and going with its normal.

    Answers the numbers of the strips and of the pieces beyond them; -1 where nothing was cut. Where nothing is left beyond
    the strip, the strip is all there is on that side.
    """
    strips = cut(mesh, pieces, lines, snap=snap)
    beyond = np.full(len(pieces), NONE, np.int64)
    done = np.flatnonzero(strips != NONE)
    beyond[done] = cut(mesh, strips[done], lines.pick(done).shifted(width[done]), snap=snap)
    return strips, beyond


def find_chords(mesh: Mesh, pieces: Ints, lines: Lines) -> Chords:
    """The crossing of each line with its piece that lies nearest the line's point."""
    size = np.diff(mesh.start)[pieces]
    places = ragged.ranges(mesh.start[pieces], size)
    line = np.repeat(np.arange(len(pieces)), size)
    following = places + 1
    following[np.cumsum(size) - 1] = mesh.start[pieces]
    a, b = mesh.xy[mesh.ring[places]], mesh.xy[mesh.ring[following]]
    height_a = ((a - lines.point[line]) * lines.normal[line]).sum(axis=1)
    height_b = ((b - lines.point[line]) * lines.normal[line]).sum(axis=1)
    crossing = np.flatnonzero((height_a >= 0) != (height_b >= 0))
    line, places = line[crossing], places[crossing]
    fraction = height_a[crossing] / (height_a[crossing] - height_b[crossing])
    hit = a[crossing] + (b[crossing] - a[crossing]) * fraction[:, None] - lines.point[line]
    along = hit[:, 0] * -lines.normal[line, 1] + hit[:, 1] * lines.normal[line, 0]
    return _nearest_pair(line, places, fraction, along)


def _nearest_pair(line: Ints, places: Ints, fraction: Floats, along: Floats) -> Chords:
    """Sorted along the line, the crossings 0-1, 2-3, … bound what lies inside: take the pair nearest to 0 of each line."""
    order = np.lexsort((along, line))
    line, places, fraction, along = line[order], places[order], fraction[order], along[order]
    low, high = along[::2], along[1::2]
    distance = np.maximum(0.0, np.maximum(low, -high))
    rank = np.lexsort((distance, line[::2]))
    pair_line = line[::2][rank]
    best = np.sort(rank[np.r_[True, pair_line[1:] != pair_line[:-1]]]) if len(rank) else rank
    both = np.c_[2 * best, 2 * best + 1].reshape(-1)
    return Chords(line[both], places[both], fraction[both])


def _ends(mesh: Mesh, chords: Chords, snap: float) -> Ints:
    """The vertex at each end of the chords: an old one when near enough or when the edge is fixed, else a new one."""
    a = mesh.ring[chords.places]
    b = mesh.next_vertex()[chords.places]
    length = np.hypot(*(mesh.xy[b] - mesh.xy[a]).T)
    keys = edge_keys(a, b)
    nearer_a = chords.fraction < 0.5
    distance = np.where(nearer_a, chords.fraction, 1 - chords.fraction) * length
    old = distance < snap
    if len(mesh.fixed):
        slot = np.minimum(np.searchsorted(mesh.fixed, keys), len(mesh.fixed) - 1)
        old |= mesh.fixed[slot] == keys
    ends = np.where(nearer_a, a, b)
    fresh = np.flatnonzero(~old)
    if len(fresh):
        at = np.where(a[fresh] < b[fresh], chords.fraction[fresh], 1 - chords.fraction[fresh])
        ends[fresh] = _vertices_on_edges(mesh, keys[fresh], at, snap)
    return ends


def _vertices_on_edges(mesh: Mesh, keys: Ints, at: Floats, snap: float) -> Ints:
    """New vertices on edges; two that would lie within `snap` of each other (cuts from both sides) become one."""
    order = np.lexsort((at, keys))
    keys_s, at_s = keys[order], at[order]
    a, b = keys_s // EDGE_BASE, keys_s % EDGE_BASE
    run = mesh.xy[b] - mesh.xy[a]
    metres = at_s * np.hypot(*run.T)
    first = np.r_[True, (keys_s[1:] != keys_s[:-1]) | (np.diff(metres) >= snap)]
    xy = mesh.xy[a[first]] + run[first] * at_s[first][:, None]
    made = mesh.new_vertices(xy)
    mesh.add_vertices(keys_s[first], at_s[first], made)
    result = np.empty(len(keys), np.int64)
    result[order] = made[np.cumsum(first) - 1]
    return result


def _divide(mesh: Mesh, pieces: Ints, ends: Ints, lines: Lines, smallest: float) -> Ints:
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
    rows = rows[(apart := (j - i >= 2) & (i + size[rows] - j >= 2))]
    i, j, n = i[apart], j[apart], size[rows]
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
    count = len(size) // 2
    close = np.cumsum(size)
    a, b = mesh.xy[ring[(close - size)[:count]]], mesh.xy[ring[close[:count] - 1]]
    length = np.hypot(*(b - a).T)
    bend = np.where(_blunt(mesh, ring, size), lines.bend, 0.0)
    bent = np.flatnonzero(np.abs(bend) * length > 0.05)
    middle = mesh.new_vertices(((a + b) / 2 + lines.normal * (bend * length)[:, None])[bent])
    extra = np.zeros(len(ring) + 1, np.int64)
    both = np.concatenate([bent, bent + count])
    extra[close[both]] = 1
    shift = np.cumsum(extra)
    out = np.empty(len(ring) + shift[-1], np.int64)
    out[np.arange(len(ring)) + shift[:-1]] = ring
    out[close[both] + shift[close[both]] - 1] = np.concatenate([middle, middle])
    grown = size.copy()
    grown[both] += 1
    return out, grown


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
