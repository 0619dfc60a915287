"""Land-use codes by kind of ground. A parcel may carry two uses; their areas add up to the parcel's to the last 0.1 m²."""

from dataclasses import dataclass

import numpy as np

from gis_core.pilot import plan
from gis_core.pilot.blocks import Blocks
from gis_core.pilot.faces import Kind
from gis_core.pilot.ragged import Bools, Floats, Ints
from gis_core.pilot.zones import Zone

HOME = "O"
"""Stands for ODT in a ward, ONT in a rural commune."""

Mix = tuple[tuple[str, float], ...]
"""Labels ("O+CLN") with their shares."""

MIXES: dict[Zone, Mix] = {
    Zone.BEACH: (("BCS", 1.0),),
    Zone.SHELTER: (("RPH", 0.93), ("BCS", 0.07)),
    Zone.INDUSTRY: (("SKK", 0.9), ("TMD", 0.05), ("BCS", 0.05)),
    Zone.TOWN: (("O", 0.82), ("O+TMD", 0.06), ("O+CLN", 0.05), ("TMD", 0.03), ("BCS", 0.02), ("CLN", 0.02)),
    Zone.SUBURB: (("O", 0.44), ("O+CLN", 0.38), ("CLN", 0.06), ("HNK", 0.06), ("O+HNK", 0.03), ("TMD", 0.02), ("BCS", 0.01)),
    Zone.PONDS: (("NTS", 0.92), ("BCS", 0.04), ("CLN", 0.04)),
    Zone.VILLAGE: (("O+CLN", 0.56), ("O", 0.12), ("O+HNK", 0.1), ("CLN", 0.1), ("HNK", 0.08), ("TMD", 0.02), ("SKC", 0.02)),
    Zone.FOREST: (("RSX", 0.9), ("CLN", 0.06), ("DCS", 0.04)),
    Zone.CROPS: (("HNK", 0.84), ("LUK", 0.08), ("CLN", 0.06), ("NTD", 0.02)),
    Zone.ORCHARD: (("CLN", 0.74), ("HNK", 0.16), ("O+CLN", 0.1)),
    Zone.PADDY: (("LUC", 0.9), ("LUK", 0.05), ("HNK", 0.04), ("NTD", 0.01)),
}
STREET_USES = {Kind.ROAD: "DGT", Kind.STREET: "DGT", Kind.DITCH: "DTL"}
INDUSTRIAL_CLUSTERS = frozenset({"20353"})
"""Units whose industry is a cluster (SKN), not a zone (SKK)."""


@dataclass(frozen=True)
class Uses:
    """For each parcel its label ("ONT+CLN") and the area of the first and second use in tenths of a square metre (second may be 0)."""

    label: list[str]
    first: Ints
    second: Ints


def assign(blocks: Blocks, block: Ints, whole: list[str], tenths: Ints, thin: Bools, unit: int, rng: np.random.Generator) -> Uses:
    """Uses of the parcels of one unit.

    `block` is the piece of the plan each parcel came from, `whole` the uses of whole blocks, `tenths` the parcels' areas in
    0.1 m², `thin` marks slivers along streets: they belong to the street.
    """
    one = plan.units()[unit]
    home = "ODT" if one.name.startswith("Phường") else "ONT"
    drawn = _drawn(blocks.zone[block], block, rng)
    label = []
    for piece, kind, found, sliver in zip(block.tolist(), blocks.kind[block].tolist(), drawn, thin.tolist(), strict=True):
        if kind == Kind.WATER:
            label.append(plan.waters()[blocks.source[piece]].land_use)
        elif kind in STREET_USES:
            label.append(STREET_USES[Kind(kind)])
        elif sliver:
            label.append("DGT")
        else:
            label.append(whole[piece] or found)
    label = [_local(text, home, one.code) for text in label]
    second = np.where(np.char.find(np.array(label), "+") >= 0, _garden(np.array(label), tenths, rng), 0)
    return Uses(label, tenths - second, second)


def _drawn(zone: Ints, block: Ints, rng: np.random.Generator) -> list[str]:
    """Labels by chance: three lots in four follow their block, so that a field is a field and not a patchwork."""
    blocks, of_block = np.unique(block, return_inverse=True)
    draw = np.where(rng.random(len(zone)) < 0.75, rng.random(len(blocks))[of_block], rng.random(len(zone)))
    houses = np.isin(zone, (Zone.TOWN, Zone.SUBURB, Zone.VILLAGE))
    draw = np.where(houses, rng.random(len(zone)), draw)
    label = np.empty(len(zone), object)
    for kind, mix in MIXES.items():
        rows = np.flatnonzero(zone == kind)
        bounds = np.cumsum([share for _, share in mix])
        names = np.array([name for name, _ in mix], object)
        label[rows] = names[np.minimum(np.searchsorted(bounds, draw[rows], side="right"), len(mix) - 1)]
    return list(label)


def _local(label: str, home: str, unit_code: str) -> str:
    """The label with the codes that hold in this unit."""
    if label == "SKK" and unit_code in INDUSTRIAL_CLUSTERS:
        return "SKN"
    return home + label[1:] if label == HOME or label.startswith(HOME + "+") else label


def _garden(label: np.ndarray, tenths: Ints, rng: np.random.Generator) -> Ints:
    """The part that is not for living: what is over a round quota of 50 to 300 m², or some share of a small lot."""
    quota = rng.choice([500, 800, 1000, 1500, 2000, 2000, 3000], len(label))
    shop = np.char.endswith(label.astype(str), "TMD")
    share = np.round(tenths * rng.uniform(0.2, 0.5, len(label)), -1).astype(np.int64)
    over: Floats = np.where(tenths > 1.25 * quota, tenths - quota, share)
    return np.where(shop, share, over).astype(np.int64)
