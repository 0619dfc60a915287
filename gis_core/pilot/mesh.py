"""A planar subdivision that stays edge-matched while it is cut finer and finer, in plain arrays.

Pieces are rings of shared vertices. A cut that ends on an edge puts its new vertex into the rings on both sides of that
edge, so neighbours share every vertex at every moment and no noding or snapping is ever needed afterwards. Coordinates
are metres on a plane, rounded to 1 mm when a vertex is made.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_core.pilot import ragged
from gis_core.pilot.ragged import Floats, Ints

EDGE_BASE = np.int64(1) << np.int64(31)
"""Vertex numbers stay below this, so that two of them fit in one integer."""


def edge_keys(a: Ints, b: Ints) -> Ints:
    """One integer an undirected edge: the same from both sides."""
    return np.minimum(a, b) * EDGE_BASE + np.maximum(a, b)


@dataclass
class Mesh:
    """Pieces of a plane.

    `xy` (n, 2) float64 are the vertices; `ring` (m,) holds the vertex numbers of all pieces one after another,
    counter-clockwise, first not repeated; `start` (pieces + 1,) says where each begins. `fixed` lists the keys of edges
    that must not get new vertices: cuts that meet one end in its nearer end point.
    """

    xy: Floats
    ring: Ints
    start: Ints
    fixed: Ints

    @classmethod
    def from_polygons(cls, polygons: NDArray[np.object_]) -> "Mesh":
        """Take over an already edge-matched coverage of polygons without holes."""
        ccw = shapely.orient_polygons(polygons)
        if shapely.get_num_interior_rings(ccw).any():
            raise ValueError("a mesh takes polygons without holes: cut them first")
        rings = shapely.get_exterior_ring(ccw)
        coords, owner = shapely.get_coordinates(rings, return_index=True)
        last = np.r_[owner[1:] != owner[:-1], True]
        coords, owner = np.round(coords[~last], 3), owner[~last]
        xy, ring = np.unique(coords, axis=0, return_inverse=True)
        start = np.r_[0, np.cumsum(np.bincount(owner, minlength=len(rings)))]
        return cls(xy, ring.reshape(-1).astype(np.int64), start, np.empty(0, np.int64))

    def __len__(self) -> int:
        """The number of pieces."""
        return len(self.start) - 1

    def next_vertex(self) -> Ints:
        """For each place in `ring`, the vertex that follows it in its piece."""
        following: Ints = np.r_[self.ring[1:], self.ring[:1]]
        following[self.start[1:] - 1] = self.ring[self.start[:-1]]
        return following

    def keys(self) -> Ints:
        """For each place in `ring`, the key of the edge that leaves it."""
        return edge_keys(self.ring, self.next_vertex())

    def owner(self) -> Ints:
        """For each place in `ring`, the number of its piece."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def polygons(self) -> NDArray[np.object_]:
        """The pieces as shapely polygons, in order."""
        places = ragged.ranges(self.start[:-1], np.diff(self.start) + 1)
        ends = np.cumsum(np.diff(self.start) + 1) - 1
        places[ends] = self.start[:-1]
        offsets = np.r_[0, ends + 1]
        nesting = (offsets, np.arange(len(self) + 1))
        made: NDArray[np.object_] = shapely.from_ragged_array(shapely.GeometryType.POLYGON, self.xy[self.ring[places]], nesting)
        return made

    def measures(self) -> tuple[Floats, Floats]:
        """Area (square metres) and centroid (n, 2) of every piece."""
        return ragged.area_and_centroid(self.xy[self.ring], self.start)

    def add_vertices(self, keys: Ints, at: Floats, vertices: Ints) -> None:
        """Put vertices on edges, on both sides.

        `keys` are the edges (repeats allowed), `at` the place along each from its lower-numbered end (0..1).
        """
        order = np.lexsort((at, keys))
        keys, vertices = keys[order], vertices[order]
        edges, first, count = np.unique(keys, return_index=True, return_counts=True)
        touched = np.zeros(len(self.xy), bool)
        touched[edges // EDGE_BASE] = True
        following = self.next_vertex()
        maybe = np.flatnonzero(touched[np.minimum(self.ring, following)])
        wanted = edge_keys(self.ring[maybe], following[maybe])
        slot = np.minimum(np.searchsorted(edges, wanted), len(edges) - 1)
        hit = edges[slot] == wanted
        places, slot = maybe[hit], slot[hit]
        extra = np.zeros(len(self.ring) + 1, np.int64)
        extra[places + 1] = count[slot]
        shift = np.cumsum(extra)
        moved = np.empty(len(self.ring) + shift[-1], np.int64)
        moved[np.arange(len(self.ring)) + shift[:-1]] = self.ring
        forward = self.ring[places] < following[places]
        source = ragged.ranges(first[slot], count[slot], backwards=~forward)
        moved[ragged.ranges(places + 1 + shift[places], count[slot])] = vertices[source]
        self.ring, self.start = moved, self.start + shift[self.start]

    def new_vertices(self, xy: Floats) -> Ints:
        """Make vertices at these coordinates; answers their numbers."""
        first = len(self.xy)
        self.xy = np.concatenate([self.xy, np.round(xy, 3)])
        return np.arange(first, len(self.xy))

    def take(self, pieces: Ints) -> "Mesh":
        """A mesh of some of the pieces, with vertices renumbered; fixed edges stay fixed."""
        size = np.diff(self.start)[pieces]
        old = self.ring[ragged.ranges(self.start[pieces], size)]
        used, ring = np.unique(old, return_inverse=True)
        a, b = self.fixed // EDGE_BASE, self.fixed % EDGE_BASE
        na, nb = np.searchsorted(used, a), np.searchsorted(used, b)
        inside = (na < len(used)) & (nb < len(used))
        inside[inside] &= (used[na[inside]] == a[inside]) & (used[nb[inside]] == b[inside])
        fixed = np.sort(edge_keys(na[inside], nb[inside]))
        return Mesh(self.xy[used], ring.reshape(-1), np.r_[0, np.cumsum(size)], fixed)

    def densify(self, keys: Ints, spacing: float) -> None:
        """Put vertices about `spacing` metres apart on these edges (unique keys), on both sides."""
        a, b = keys // EDGE_BASE, keys % EDGE_BASE
        run = self.xy[b] - self.xy[a]
        parts = np.maximum(1, np.round(np.hypot(*run.T) / spacing)).astype(np.int64)
        if (parts == 1).all():
            return
        at = ragged.within(parts - 1) + 1
        edge = np.repeat(np.arange(len(keys)), parts - 1)
        fraction = at / parts[edge]
        vertices = self.new_vertices(self.xy[a][edge] + run[edge] * fraction[:, None])
        self.add_vertices(keys[edge], fraction, vertices)
