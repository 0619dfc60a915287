"""Streets, lanes, field paths and ditches: the land between main roads and water is cut into blocks."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from gis_core.pilot import cuts, ragged
from gis_core.pilot.dice import dice
from gis_core.pilot.faces import Faces, Kind, draw_faces
from gis_core.pilot.halves import NONE, Lines
from gis_core.pilot.mesh import Mesh
from gis_core.pilot.quarters import Quarters, find_quarters
from gis_core.pilot.ragged import Bools, Floats, Ints
from gis_core.pilot.zones import BLOCK, DITCH, LATTICE, STREET, Ground, Zone

SNAP = 0.5
ROUNDS = 40
"""More rounds of cutting than any scale needs; the loop ends by itself when every block is small enough."""


@dataclass
class Blocks:
    """The town plan: a mesh and, for each piece, what it is.

    `unit` and `source` as in Faces; `zone` of blocks; `quarter` of blocks and streets; `street` numbers the street a piece
    of kind STREET belongs to (index into `streets`), else -1.
    """

    mesh: Mesh
    unit: Ints
    kind: Ints
    source: Ints
    zone: Ints
    quarter: Ints
    street: Ints
    quarters: Quarters
    streets: list["Street"]


@dataclass
class Street:
    """Pieces of one line: a row of straight segments (n, 2, 2) in metres, `width_m` wide."""

    zone: Zone
    width_m: float
    segments: Floats


@dataclass
class _Cutting:
    """What one round cuts: pieces, lines, widths (0 = a mere boundary), kinds, and a key for the street it continues."""

    pieces: Ints
    lines: Lines
    width: Floats
    kind: Ints
    key: Ints


def lay_out(seed: int, scale: float) -> Blocks:
    """The whole town plan. Same seed and scale, same plan."""
    faces = draw_faces()
    quarters, of_piece = find_quarters(faces, seed)
    builder = _Builder(faces, quarters, of_piece, seed, scale)
    for _ in range(ROUNDS):
        if not builder.cut_once():
            return builder.result()
    raise RuntimeError("blocks did not get small enough")


class _Builder:
    """Cuts round by round, keeping the attributes of the pieces in step with the mesh."""

    def __init__(self, faces: Faces, quarters: Quarters, quarter: Ints, seed: int, scale: float) -> None:
        self.mesh, self.quarters = faces.mesh, quarters
        self.columns = {"unit": faces.unit, "kind": faces.kind, "source": faces.source, "quarter": quarter}
        self.done: Bools = faces.kind != Kind.LAND
        self.ground = Ground(seed)
        self.rng = dice(seed, "blocks", scale)
        self.pitch = scale**-0.25 if scale > 1 else scale**-0.38
        self.narrow = min(1.0, self.pitch)
        self.segments: list[tuple[Ints, Ints, Floats, Floats]] = []

    def cut_once(self) -> bool:
        """One round: every unfinished block gets one street or ends. False when all have ended."""
        open_pieces = np.flatnonzero(~self.done)
        if not len(open_pieces):
            return False
        plan, finished = self._choose(open_pieces)
        self.done[open_pieces[finished]] = True
        if len(plan.pieces):
            self._apply(plan)
        return True

    def _choose(self, pieces: Ints) -> tuple[_Cutting, Bools]:
        """Where to cut each of the pieces, and which are small enough."""
        part = self.mesh.take(pieces)
        _, centre = part.measures()
        zone = self.ground(centre)
        quarter = self.columns["quarter"][pieces]
        axes = self.quarters.axes[quarter]
        origin = self.quarters.origin[quarter]
        pitch = BLOCK[zone] * self.pitch
        street = STREET[zone] * self.narrow
        lattice = LATTICE[zone]
        pitch = pitch + street[:, None]
        place, fits, ratio, number = (np.zeros((len(pieces), 2)) for _ in range(4))
        for axis in (0, 1):
            low, high = ragged.extents(part.xy[part.ring], part.start, axes[:, axis])
            base = (origin * axes[:, axis]).sum(axis=1)
            at, number[:, axis] = self._place(low - base, high - base, pitch[:, axis], lattice)
            margin = np.minimum(at - (low - base), (high - base) - at)
            place[:, axis] = at + base
            ratio[:, axis] = (high - low) / pitch[:, axis]
            fits[:, axis] = (margin > 0.36 * pitch[:, axis]) & (ratio[:, axis] > np.where(lattice, 1.2, 1.6))
        ratio = np.where(fits > 0, ratio, 0.0)
        go = ratio.max(axis=1) > 0
        axis = ratio.argmax(axis=1)
        rows = np.flatnonzero(go)
        chosen = axis[rows]
        lines = self._lines(centre[rows], axes[rows, chosen], place[rows, chosen], lattice[rows])
        key = (quarter[rows] * 2 + chosen) * 20_000 + number[rows, chosen].astype(np.int64) + 10_000
        key = np.where(lattice[rows], key, -1)
        width, kind = self._strip_kind(zone[rows], street[rows], chosen, number[rows, chosen], ratio[rows].max(axis=1))
        shifted = Lines(lines.point - lines.normal * (width / 2)[:, None], lines.normal)
        return _Cutting(pieces[rows], shifted, width, kind, key), ~go

    def _place(self, low: Floats, high: Floats, pitch: Floats, lattice: Bools) -> tuple[Floats, Floats]:
        """Where along an axis: the street of the lattice nearest the middle, or about the middle."""
        middle = (low + high) / 2
        number = np.round(middle / pitch)
        loose = middle + self.rng.uniform(-0.11, 0.11, len(low)) * (high - low)
        return np.where(lattice, number * pitch, loose), number

    def _lines(self, centre: Floats, normal: Floats, place: Floats, lattice: Bools) -> Lines:
        """Lines through the chosen places; off the lattice they are a few degrees askew."""
        turn = np.where(lattice, 0.0, self.rng.normal(0, 0.075, len(place)))
        offset = place - (centre * normal).sum(axis=1)
        point = centre + normal * offset[:, None]
        cos, sin = np.cos(turn), np.sin(turn)
        turned = np.c_[normal[:, 0] * cos - normal[:, 1] * sin, normal[:, 0] * sin + normal[:, 1] * cos]
        return Lines(point, turned)

    def _strip_kind(self, zone: Ints, street: Floats, axis: Ints, number: Floats, ratio: Floats) -> tuple[Floats, Ints]:
        """Every fourth street of a lattice is wide; between fields, paths take turns with ditches."""
        lattice = LATTICE[zone]
        ditch = DITCH[zone] & (axis == 1)
        wide = np.where(lattice, number % 4 == 0, ratio > 5)
        width = street * np.where(wide, 1.5, 1.0)
        return np.where(ditch, width * 0.8, width), np.where(ditch, Kind.DITCH, Kind.STREET)

    def _apply(self, plan: _Cutting) -> None:
        strips, beyond = cuts.strip(self.mesh, plan.pieces, plan.lines, plan.width, snap=SNAP)
        made = strips != NONE
        self.done[plan.pieces[~made]] = True
        street = made & self._narrow(strips, plan.width)
        parent = np.empty(len(self.mesh) - len(self.done), np.int64)
        first = len(self.done)
        parent[strips[made] - first] = plan.pieces[made]
        further = beyond != NONE
        parent[beyond[further] - first] = plan.pieces[further]
        self.columns = {name: np.concatenate([values, values[parent]]) for name, values in self.columns.items()}
        self.done = np.concatenate([self.done, np.zeros(len(parent), bool)])
        self.columns["kind"][strips[street]] = plan.kind[street]
        self.done[strips[street]] = True
        self._remember(strips[street], plan, np.flatnonzero(street))

    def _narrow(self, strips: Ints, width: Floats) -> Bools:
        """Which strips are not much wider than meant: round inlets the far side may have been cut elsewhere, or not at all."""
        real = np.flatnonzero(strips != NONE)
        rings = shapely.get_exterior_ring(self.mesh.take(strips[real]).polygons())
        mean_width = 2 * shapely.area(shapely.polygons(rings)) / shapely.length(rings)
        result = np.zeros(len(strips), bool)
        result[real] = mean_width < 1.6 * width[real]
        return result

    def _remember(self, strips: Ints, plan: _Cutting, rows: Ints) -> None:
        """Keep the centre line of each new strip for the road layer."""
        lines, width = plan.lines.pick(rows), plan.width[rows]
        along = np.c_[-lines.normal[:, 1], lines.normal[:, 0]]
        part = self.mesh.take(strips)
        low, high = ragged.extents(part.xy[part.ring], part.start, along)
        centre = lines.point + lines.normal * (width / 2)[:, None]
        base = (centre * along).sum(axis=1)
        ends = np.stack([centre + along * (low - base)[:, None], centre + along * (high - base)[:, None]], axis=1)
        self.segments.append((strips, plan.key[rows], width, ends))

    def result(self) -> Blocks:
        """The finished plan, with streets numbered and unit borders closed to further vertices."""
        close_borders(self.mesh, self.columns["unit"], self.narrow)
        _, centre = self.mesh.measures()
        zone = self.ground(centre)
        piece, key, width, ends = (np.concatenate(parts) for parts in zip(*self.segments, strict=True))
        key = np.where(key < 0, -1 - piece, key)
        keys, number = np.unique(key, return_inverse=True)
        order = np.argsort(number, kind="stable")
        bounds = np.searchsorted(number[order], np.arange(len(keys) + 1))
        groups = [order[a:b] for a, b in pairwise(bounds)]
        streets = [Street(Zone(zone[piece[rows[0]]]), float(width[rows].max()), ends[rows]) for rows in groups]
        street = np.full(len(self.mesh), -1, np.int64)
        street[piece] = number
        columns = self.columns
        return Blocks(
            self.mesh, columns["unit"], columns["kind"], columns["source"], zone, columns["quarter"], street, self.quarters, streets
        )


def close_borders(mesh: Mesh, unit: Ints, scale: float) -> None:
    """Put enough vertices on the borders between units and fix them: from here on each unit can be divided by itself."""
    mesh.densify(_border_keys(mesh, unit), 9.0 * scale)
    mesh.fixed = _border_keys(mesh, unit)


def _border_keys(mesh: Mesh, unit: Ints) -> Ints:
    """The edges between pieces of different units, sorted."""
    keys, of_unit = mesh.keys(), unit[mesh.owner()]
    order = np.argsort(keys, kind="stable")
    keys, of_unit = keys[order], of_unit[order]
    border = (keys[1:] == keys[:-1]) & (of_unit[1:] != of_unit[:-1])
    result: Ints = keys[1:][border]
    return result
