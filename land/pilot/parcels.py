"""The parcels of the pilot, one commune of 2020 at a time, as columns ready to be written anywhere."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_core.pilot import plan
from gis_core.pilot.dice import dice
from gis_core.pilot.faces import Kind
from gis_core.pilot.ragged import Bools, Floats, Ints
from gis_core.pilot.town import town
from land.pilot import grounds, inlays, lots, sheets, uses
from land.pilot.addresses import addresses
from land.pilot.geohash import geohash

THIN_M = 1.6
"""Mean width under which a leftover between a street and a border is no lot but part of the street."""
STATUSES = ("active", "disputed", "blocked")


@dataclass(frozen=True)
class ParcelBatch:
    """Parcels of one commune of 2020; every list has one entry a parcel. Areas are in tenths of a square metre."""

    unit: plan.Unit
    polygons: NDArray[np.object_]
    uid: list[str]
    numbers: sheets.Numbers
    geohash: list[str]
    address: list[str]
    uses: uses.Uses
    tenths: Ints
    legal_tenths: Ints
    status: list[str]

    def __len__(self) -> int:
        """The number of parcels."""
        return len(self.polygons)


class Generator:
    """All parcels of one seed and scale; units can be made in any order and give the same."""

    def __init__(self, seed: int, scale: float) -> None:
        self.seed, self.scale = seed, scale
        drawn = town(seed, scale)
        self.blocks, self.names = drawn.blocks, drawn.names
        self.whole = grounds.uses_of_blocks(self.blocks, seed)

    def batches(self) -> Iterator[ParcelBatch]:
        """The parcels of unit after unit."""
        for unit in range(len(plan.units())):
            yield self.batch(unit)

    def batch(self, unit: int) -> ParcelBatch:
        """The parcels of one unit (index into plan.units())."""
        whole = np.array([code != grounds.HOMES for code in self.whole])
        divided = lots.divide(self.blocks, whole, unit, self.seed, self.scale)
        rng = dice(self.seed, "parcels", self.scale, unit)
        polygons = divided.mesh.polygons()
        thin = (2 * shapely.area(polygons) / shapely.length(polygons) < THIN_M * min(1.0, self.scale**-0.5)) & self._land(divided.block)
        zone = self.blocks.zone[divided.block]
        inner = inlays.place(polygons, zone, self._land(divided.block) & ~whole[divided.block] & ~thin, self.scale, rng)
        outer = inlays.punch(polygons, inner)
        points = inner_points(outer)
        street_addresses = addresses(divided, self.blocks, self.names, points, unit)
        outer_uses = uses.assign(self.blocks, divided.block, self.whole, tenths_of(outer), thin, unit, rng)
        return self._joined(unit, np.concatenate([outer, inner.polygons]), inner, outer_uses, street_addresses, points)

    def _land(self, block: Ints) -> Bools:
        land: Bools = self.blocks.kind[block] == Kind.LAND
        return land

    def _joined(
        self,
        unit: int,
        polygons: NDArray[np.object_],
        inner: inlays.Inlays,
        outer_uses: uses.Uses,
        street_addresses: list[str],
        outer_points: Floats,
    ) -> ParcelBatch:
        """Parcels and inlays in one list, with everything that does not depend on where they came from."""
        rng = dice(self.seed, "papers", self.scale, unit)
        points = np.concatenate([outer_points, inner_points(inner.polygons)])
        tenths = tenths_of(polygons)
        count = len(polygons)
        extra = tenths[len(outer_uses.label) :]
        joined_uses = uses.Uses(
            outer_uses.label + inner.codes, np.r_[outer_uses.first, extra], np.r_[outer_uses.second, np.zeros_like(extra)]
        )
        settled = rng.random(count) < 0.7
        legal = np.where(settled, tenths, np.round(tenths * rng.normal(1.0, 0.012, count), -1)).astype(np.int64)
        return ParcelBatch(
            unit=plan.units()[unit],
            polygons=shapely.set_srid(polygons, plan.PLANE),
            uid=_uids(rng, count),
            numbers=sheets.number(points, unit, self.scale),
            geohash=geohash(plan.to_lonlat(points)).tolist(),
            address=street_addresses + [street_addresses[host] for host in inner.host.tolist()],
            uses=joined_uses,
            tenths=tenths,
            legal_tenths=np.maximum(legal, 1),
            status=np.array(STATUSES)[rng.choice(3, count, p=(0.986, 0.006, 0.008))].tolist(),
        )


def inner_points(polygons: NDArray[np.object_]) -> Floats:
    """A point (n, 2) on each polygon's surface."""
    points: Floats = shapely.get_coordinates(shapely.point_on_surface(polygons)).reshape(-1, 2)
    return points


def tenths_of(polygons: NDArray[np.object_]) -> Ints:
    """Areas on the plane in tenths of a square metre; at least one tenth."""
    tenths: Ints = np.maximum(1, np.round(shapely.area(polygons) * 10)).astype(np.int64)
    return tenths


def _uids(rng: np.random.Generator, count: int) -> list[str]:
    """Random UUIDs (version 4, RFC 9562 section 5.4) that the seed decides, in 32 hexadecimal digits."""
    raw = np.frombuffer(rng.bytes(16 * count), np.uint8).reshape(-1, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    text = raw.tobytes().hex()
    return [text[at : at + 32] for at in range(0, 32 * count, 32)]
