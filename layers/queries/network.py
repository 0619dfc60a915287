"""Distances along roads: a network of lines, places snapped to it, and the cheapest way from any of some places. Pure numbers.

Lines meet where they touch or cross: what is drawn as a street need not end at each corner. A bridge over a road is a crossing too, for
lines on the ground do not say which lies above. An end that touches nothing leads into the nearest line within `END_M`: streets are
often drawn to the edge of the one they come from, not to its middle.

A place stands at the nearest position of the nearest line, which is cut there, so that ways between two places on one line are exact
too. Roads are passable in both directions. Places from which no way begins need no cut: `costs_of` reads their costs off the pieces on
which they stand, so that one network serves any number of them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

SNAP_M = 0.5
END_M = 10.0
"""From the middle of the broadest street to its edge."""
FARTHEST_M = 2_000.0
"""A place farther from every road than this is reached by none."""
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
# What a sparse matrix takes for no edge at all.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Network:
    """Pieces of lines between nodes: their two nodes, their line, from and to where of it (m), and what a metre costs on them.

    `places` are the nodes of the snapped places, `apart` how far each stands from its line.
    """

    lines: npt.NDArray[np.object_]
    piece: Integers  # (n, 3): line, node, node
    span: Floats  # (n, 2)
    cost: Floats  # (n,)
    nodes: int
    places: Integers
    apart: Floats
    tree: shapely.STRtree  # of the lines

    def ways(self, sources: Integers) -> tuple[Floats, Integers]:
        """Of each node the cost of the cheapest way from any source, and that source's node; inf and -1 where none leads."""
        import scipy.sparse
        import scipy.sparse.csgraph

        first, second = self.piece[:, 1], self.piece[:, 2]
        costs = np.maximum((self.span[:, 1] - self.span[:, 0]) * self.cost, _NOTHING)
        order = np.lexsort((costs, second, first))
        first, second, costs = first[order], second[order], costs[order]
        # Of two roads between the same nodes the shorter one; the matrix would add them up.
        kept = np.r_[True, (np.diff(first) != 0) | (np.diff(second) != 0)] if len(first) else np.zeros(0, bool)
        graph = scipy.sparse.coo_matrix((costs[kept], (first[kept], second[kept])), shape=(self.nodes, self.nodes)).tocsr()
        distance, _before, source = scipy.sparse.csgraph.dijkstra(
            graph, directed=False, indices=np.unique(sources), return_predecessors=True, min_only=True
        )
        return np.asarray(distance, float), np.asarray(source, np.int64)

    def costs_of(self, places: Any, costs: Floats) -> tuple[Floats, Floats]:
        """Of further places what the way along the lines costs, given the costs of the nodes, and how far each stands from its line."""
        line, at, apart = _snapped(self.tree, places)
        # Pieces stand in the order of their lines: with all lines laid end to end, a position's piece is found by its number of metres.
        begin = np.r_[0.0, np.cumsum(shapely.length(self.lines))]
        first = np.searchsorted(self.piece[:, 0], line)
        last = np.searchsorted(self.piece[:, 0], line, side="right") - 1
        found = np.searchsorted(begin[self.piece[:, 0]] + self.span[:, 0], begin[line] + at, side="right") - 1
        piece = np.clip(found, first, last)
        ends = costs[self.piece[piece, 1:]]
        forth, back = at - self.span[piece, 0], self.span[piece, 1] - at
        per_metre = self.cost[piece]
        return np.minimum(ends[:, 0] + forth * per_metre, ends[:, 1] + back * per_metre), apart


def network(lines: Any, per_metre: Any, places: Any) -> Network:
    """The network of some lines (shapely LineStrings, EPSG:5899), with places (points) snapped to it."""
    lines, per_metre = _with_links(np.asarray(lines, object), np.asarray(per_metre, float))
    length = shapely.length(lines)
    tree = shapely.STRtree(lines)
    ends = np.concatenate([shapely.get_point(lines, number) for number in (0, -1)])
    on, meeting = _meetings(tree, ends)
    spots = np.concatenate([shapely.get_coordinates(ends), shapely.get_coordinates(meeting)])
    _corners, node = np.unique(np.round(spots / SNAP_M).astype(np.int64), axis=0, return_inverse=True)
    node = node.ravel()
    count = int(node.max(initial=-1)) + 1
    line, at, apart = _snapped(tree, places)
    number, met = np.arange(len(lines)), np.clip(shapely.line_locate_point(lines[on], meeting), 0, length[on])
    stations = np.concatenate(
        [
            np.column_stack([number, np.zeros(len(lines)), node[: len(lines)]]),
            np.column_stack([number, length, node[len(lines) : 2 * len(lines)]]),
            np.column_stack([on, met, node[2 * len(lines) :]]),
            np.column_stack([line, at, count + np.arange(len(places))]),
        ]
    )
    # Along each line from its beginning; at one position the ends stand outside of the places.
    side = np.concatenate([np.zeros(len(lines)), np.full(len(lines), 2), np.ones(len(on) + len(places))])
    stations = stations[np.lexsort((side, stations[:, 1], stations[:, 0]))]
    same = stations[1:, 0] == stations[:-1, 0]
    before, after = stations[:-1][same], stations[1:][same]
    piece = np.column_stack([before[:, 0], before[:, 2], after[:, 2]]).astype(np.int64)
    span = np.column_stack([before[:, 1], after[:, 1]])
    costs = per_metre[piece[:, 0]]
    return Network(lines, piece, span, costs, count + len(places), count + np.arange(len(places)), apart, tree)


def _with_links(lines: npt.NDArray[np.object_], per_metre: Floats) -> tuple[npt.NDArray[np.object_], Floats]:
    """The lines with a short one from each end that touches nothing to the nearest line, so that what lies between is gone too."""
    tree = shapely.STRtree(lines)
    ends = np.concatenate([shapely.get_point(lines, number) for number in (0, -1)])
    end, near = tree.query(ends, predicate="dwithin", distance=END_M)
    other = end % max(1, len(lines)) != near
    end, near = end[other], near[other]
    apart = shapely.distance(ends[end], lines[near])
    order = np.lexsort((apart, end))
    nearest = order[np.r_[True, np.diff(end[order]) != 0]] if len(order) else order
    nearest = nearest[apart[nearest] > SNAP_M]
    links = shapely.shortest_line(ends[end[nearest]], lines[near[nearest]])
    return np.concatenate([lines, links]), np.concatenate([per_metre, per_metre[near[nearest]]])


def _meetings(tree: shapely.STRtree, ends: Any) -> tuple[Integers, Any]:
    """Where lines meet others: numbers of lines, and a position on each; both lines of a meeting are named."""
    lines = tree.geometries
    first, second = tree.query(lines, predicate="intersects")
    first, second = first[first < second], second[first < second]
    # Of lines that run together for a while, where that begins and ends.
    shared = shapely.intersection(lines[first], lines[second])
    spots, pair = shapely.get_coordinates(shared, return_index=True)
    crossing = shapely.points(spots)
    end, near = tree.query(ends, predicate="dwithin", distance=SNAP_M)
    other = end % len(lines) != near if len(lines) else np.zeros(0, bool)
    on = np.concatenate([first[pair], second[pair], near[other]]).astype(np.int64)
    return on, np.concatenate([crossing, crossing, ends[end[other]]])


def _snapped(tree: shapely.STRtree, places: Any) -> tuple[Integers, Floats, Floats]:
    """Of each place its nearest line, the position on it (m), and how far apart they are."""
    on, apart = tree.query_nearest(places, all_matches=False, return_distance=True)
    line = np.zeros(len(places), np.int64)
    line[on[0]] = on[1]
    lines = tree.geometries[line]
    at = np.clip(shapely.line_locate_point(lines, places), 0, shapely.length(lines))
    return line, at, np.asarray(apart, float)


def reached(found: Network, costs: Floats, limit: float) -> list[Any]:
    """The stretches of lines whose cost is at most `limit`, given the costs of the nodes."""
    spare = np.maximum(limit - costs[found.piece[:, 1:]], 0.0) / found.cost[:, None]
    spare = np.where(np.isfinite(costs[found.piece[:, 1:]]), spare, 0.0)
    whole = spare.sum(axis=1) >= found.span[:, 1] - found.span[:, 0]
    stretches: list[Any] = []
    for line, start, end, forth, back, all_of_it in zip(
        found.piece[:, 0], found.span[:, 0], found.span[:, 1], spare[:, 0], spare[:, 1], whole, strict=True
    ):
        if all_of_it:
            stretches.append(_stretch(found.lines[line], start, end))
            continue
        if forth > 0:
            stretches.append(_stretch(found.lines[line], start, start + forth))
        if back > 0:
            stretches.append(_stretch(found.lines[line], end - back, end))
    return [stretch for stretch in stretches if stretch is not None]


def _stretch(line: Any, start: float, end: float) -> Any:
    if end - start < _NOTHING:
        return None
    positions = shapely.get_coordinates(line)
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(positions, axis=0).T))]
    inner = positions[(along > start) & (along < end)]
    first, last = (shapely.get_coordinates(shapely.line_interpolate_point(line, place)) for place in (start, end))
    return shapely.linestrings(np.concatenate([first, inner, last]))
