"""Blocks divided into lots: houses in rows along the streets, long paddies, irregular orchards and woods."""

from dataclasses import dataclass

import numpy as np
import shapely

from gis_core.pilot import cuts, ragged
from gis_core.pilot.blocks import Blocks
from gis_core.pilot.dice import dice
from gis_core.pilot.faces import Kind
from gis_core.pilot.halves import NONE, Lines
from gis_core.pilot.mesh import Mesh
from gis_core.pilot.ragged import Bools, Floats, Ints
from gis_core.pilot.zones import BEND, LOT, Zone

SNAP = 0.3
ROUNDS = 40
HOUSE_ZONES = np.array([Zone.TOWN, Zone.SUBURB, Zone.VILLAGE])
SMALLEST_HOUSE_LOT = (3.2, 11.0)
"""Frontage and depth below which no scale divides house lots, in metres."""


@dataclass
class Lots:
    """The lots of one unit: a mesh, and for each lot the piece of the plan (index into Blocks) that it came from."""

    mesh: Mesh
    block: Ints


def divide(blocks: Blocks, whole: Bools, unit: int, seed: int, scale: float) -> Lots:
    """Divide the blocks of one unit (index into plan.units()); those marked `whole` stay in one piece."""
    pieces = np.flatnonzero(blocks.unit == unit)
    mesh = blocks.mesh.take(pieces)
    divider = _Divider(mesh, blocks, pieces, whole, dice(seed, "lots", scale, unit), scale)
    for _ in range(ROUNDS):
        if not divider.cut_once():
            return Lots(divider.mesh, divider.block)
    raise RuntimeError("lots did not get small enough")


class _Divider:
    """Halves lots round by round until each has about the size its zone wants."""

    def __init__(self, mesh: Mesh, blocks: Blocks, pieces: Ints, whole: Bools, rng: np.random.Generator, scale: float) -> None:
        self.mesh, self.rng = mesh, rng
        self.block = pieces
        self.zone = blocks.zone[pieces]
        self.open: Bools = (blocks.kind[pieces] == Kind.LAND) & ~whole[pieces]
        self.size = lot_sizes(self.zone, scale) * rng.lognormal(0.0, 0.13, len(pieces))[:, None]
        self.along = long_sides(mesh)
        self.house = np.isin(self.zone, HOUSE_ZONES)
        self.grain = min(1.0, scale**-0.5)

    def cut_once(self) -> bool:
        """Halve every lot that is still too big; False when none is."""
        rows = np.flatnonzero(self.open)
        if not len(rows):
            return False
        lines, big = self._lines(rows)
        self.open[rows[~big]] = False
        rows, lines = rows[big], lines.pick(big)
        if len(rows):
            made = cuts.cut(self.mesh, rows, lines, snap=SNAP * self.grain, smallest=14.0 * self.grain**2)
            self.open[rows[made == NONE]] = False
            self._inherit(rows[made != NONE])
        return True

    def _inherit(self, parents: Ints) -> None:
        """New lots stand at the end of the mesh, in the order of their parents."""
        for name in ("block", "zone", "open", "size", "along", "house"):
            values = getattr(self, name)
            setattr(self, name, np.concatenate([values, values[parents]]))

    def _lines(self, rows: Ints) -> tuple[Lines, Bools]:
        """Across the side that is too long most, near its middle; house lots first get their rows, then their frontages."""
        part = self.mesh.take(rows)
        along = self.along[rows]
        across = np.c_[-along[:, 1], along[:, 0]]
        low, high = zip(*(ragged.extents(part.xy[part.ring], part.start, axis) for axis in (along, across)), strict=True)
        low_, high_ = np.stack(low, axis=1), np.stack(high, axis=1)
        ratio = (high_ - low_) / self.size[rows]
        ratio *= self.rng.uniform(0.92, 1.08, ratio.shape)
        house = self.house[rows]
        rows_first = house & (ratio[:, 1] > 1.62)
        axis = np.where(rows_first, 1, ratio.argmax(axis=1))
        big = ratio.max(axis=1) > np.where(house, 1.52, 1.58)
        take = np.arange(len(rows))
        spread = np.where(axis == 1, 0.05, 0.09) * np.where(house, 1.0, 1.5)
        share = 0.5 + self.rng.uniform(-1, 1, len(rows)) * spread
        place = low_[take, axis] + (high_ - low_)[take, axis] * share
        normal = np.where((axis == 0)[:, None], along, across)
        return self._askew(part, normal, place, rows), big

    def _askew(self, part: Mesh, normal: Floats, place: Floats, rows: Ints) -> Lines:
        """Lines at these places, turned and bent as the zone has it."""
        _, centre = part.measures()
        bend = BEND[self.zone[rows]]
        turn = self.rng.normal(0.0, 0.006 + 1.6 * bend)
        point = centre + normal * (place - (centre * normal).sum(axis=1))[:, None]
        cos, sin = np.cos(turn), np.sin(turn)
        turned = np.c_[normal[:, 0] * cos - normal[:, 1] * sin, normal[:, 0] * sin + normal[:, 1] * cos]
        return Lines(point, turned, bend * self.rng.uniform(-1.0, 1.0, len(rows)))


def lot_sizes(zone: Ints, scale: float) -> Floats:
    """Frontage and depth (n, 2) wanted in each zone at this scale."""
    # House lots cannot shrink for ever, so fields shrink a little faster: the count of lots follows the scale.
    size: Floats = LOT[zone] * scale**-0.59
    house = np.isin(zone, HOUSE_ZONES)
    if scale > 1:
        size[house] = LOT[zone[house]] * scale**-0.5
        size[house] = np.maximum(size[house], SMALLEST_HOUSE_LOT)
    return size


def long_sides(mesh: Mesh) -> Floats:
    """The direction (n, 2) of the longer side of each piece's smallest enclosing rectangle."""
    boxes = shapely.oriented_envelope(mesh.polygons())
    corners = shapely.get_coordinates(boxes).reshape(-1, 5, 2)
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    longer = np.where((np.hypot(*one.T) >= np.hypot(*two.T))[:, None], one, two)
    result: Floats = longer / np.hypot(*longer.T)[:, None]
    return result
