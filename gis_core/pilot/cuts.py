"""Cutting many pieces of a mesh at once: each along its own straight (or once bent) line, or out of its middle a strip.

Of a piece with inlets the line may cross several arms; only the crossing nearest the given point is cut, which always
leaves two simple pieces.
"""

from dataclasses import dataclass

import numpy as np

from gis_core.pilot import ragged
from gis_core.pilot.halves import NONE, Lines, divide
from gis_core.pilot.mesh import EDGE_BASE, Mesh, edge_keys
from gis_core.pilot.ragged import Floats, Ints


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
    made = divide(mesh, pieces[line], ends, lines.pick(line), smallest)
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
