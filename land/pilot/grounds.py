"""What a block is used for as a whole: homes, fields, a school, a market, a cemetery …"""

from dataclasses import dataclass

import numpy as np
import shapely

from gis_core.pilot import plan
from gis_core.pilot.blocks import Blocks
from gis_core.pilot.dice import dice
from gis_core.pilot.faces import Kind
from gis_core.pilot.ragged import Floats, Ints
from gis_core.pilot.zones import Zone

HOMES = ""
"""The block is divided by its zone's habit."""


@dataclass(frozen=True)
class Special:
    """A use that now and then takes a whole block: land-use code, chance, and the greatest block it may take (m²)."""

    code: str
    chance: float
    largest_m2: float = 12_000


_TOWN = (
    Special("DGD", 0.020),
    Special("DKV", 0.022),
    Special("TSC", 0.022),
    Special("DVH", 0.006),
    Special("DTT", 0.006),
    Special("DCH", 0.004),
    Special("DYT", 0.005),
    Special("TON", 0.006),
    Special("TMD", 0.030),
    Special("BCS", 0.020),
    Special("CQP", 0.003),
)
_VILLAGE = (Special("DGD", 0.020), Special("DKV", 0.030), Special("TIN", 0.020), Special("TON", 0.008), Special("NTD", 0.020, 9_000))
_FIELDS = (Special("NTD", 0.014, 40_000), Special("NTS", 0.012, 30_000), Special("BCS", 0.008, 40_000), Special("DDD", 0.002, 15_000))
SPECIALS: dict[Zone, tuple[Special, ...]] = {
    Zone.TOWN: _TOWN,
    Zone.SUBURB: (*_TOWN[:3], *_VILLAGE[1:]),
    Zone.VILLAGE: _VILLAGE,
    Zone.ORCHARD: _VILLAGE[:3],
    Zone.PADDY: _FIELDS,
    Zone.CROPS: _FIELDS,
    Zone.INDUSTRY: (Special("DRA", 0.02, 1e6), Special("DNL", 0.03, 1e6), Special("DKV", 0.04, 1e6)),
}
PLACE_USES = {
    "gov": "TSC",
    "tourism": "DDD",
    "market": "DCH",
    "transport": "DGT",
    "sport": "DTT",
    "health": "DYT",
    "school": "DGD",
}


def uses_of_blocks(blocks: Blocks, seed: int) -> list[str]:
    """For each piece of the plan a land-use code when it is used as a whole, else "" (HOMES)."""
    result = [HOMES] * len(blocks.mesh)
    area, _ = blocks.mesh.measures()
    draw = dice(seed, "special blocks").random(len(blocks.mesh))
    for piece in np.flatnonzero(blocks.kind == Kind.LAND):
        result[piece] = _drawn(Zone(blocks.zone[piece]), float(area[piece]), float(draw[piece]))
    for piece, code in zip(*_places(blocks, area), strict=True):
        result[piece] = code
    return result


def _drawn(zone: Zone, area: float, draw: float) -> str:
    """The special use that this draw gives, if any."""
    for special in SPECIALS.get(zone, ()):
        draw -= special.chance
        if draw < 0:
            return special.code if 600 < area <= special.largest_m2 else HOMES
    return HOMES


def _places(blocks: Blocks, area: Floats) -> tuple[Ints, list[str]]:
    """Blocks on which a known place stands (a hospital, a school), with the use that goes with it."""
    rows = [row for row in plan.read_rows("places.csv") if row["category"] in PLACE_USES and row["unit_2020"]]
    points = plan.to_plane(np.array([[float(row["lon"]), float(row["lat"])] for row in rows]))
    tree = shapely.STRtree(blocks.mesh.polygons())
    place, piece = tree.query(shapely.points(points), predicate="within")
    good = (blocks.kind[piece] == Kind.LAND) & (area[piece] < 30_000)
    return piece[good], [PLACE_USES[rows[index]["category"]] for index in place[good]]
