"""Things that stand in the middle of a parcel: ponds, pagodas, shrines, graves. Each is a parcel in a hole of another."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_core.pilot.ragged import Bools, Floats, Ints
from gis_core.pilot.zones import Zone

CHANCE = {Zone.PADDY: 0.010, Zone.CROPS: 0.014, Zone.ORCHARD: 0.022, Zone.VILLAGE: 0.008, Zone.FOREST: 0.03, Zone.SHELTER: 0.02}
KINDS: tuple[tuple[str, float], ...] = (("NTS", 0.62), ("TIN", 0.16), ("TON", 0.08), ("NTD", 0.14))
SMALLEST_ROOM_M = 2.6
"""Distance from the middle of a parcel to its boundary below which nothing fits in at scale 20; more at other scales."""


@dataclass(frozen=True)
class Inlays:
    """`host` says in which parcel each lies; `codes` are their land uses."""

    host: Ints
    polygons: NDArray[np.object_]
    codes: list[str]


def place(polygons: NDArray[np.object_], zone: Ints, free: Bools, scale: float, rng: np.random.Generator) -> Inlays:
    """Choose hosts among the `free` parcels and draw a rounded outline well inside each."""
    chance = np.array([CHANCE.get(Zone(z), 0.0) for z in range(len(Zone))])[zone]
    chosen = np.flatnonzero(free & (rng.random(len(zone)) < chance))
    centres = shapely.centroid(polygons[chosen])
    room = shapely.distance(centres, shapely.boundary(polygons[chosen]))
    inside = shapely.contains_properly(polygons[chosen], centres)
    good = inside & (room > SMALLEST_ROOM_M * max(1.0, 3.0 * min(1.0, scale**-0.5)))
    host = chosen[good]
    outlines = _outlines(shapely.get_coordinates(centres[good]), room[good], rng)
    bounds = np.cumsum([share for _, share in KINDS])
    kind = np.minimum(np.searchsorted(bounds, rng.random(len(host)), side="right"), len(KINDS) - 1)
    return Inlays(host, outlines, [KINDS[index][0] for index in kind.tolist()])


def punch(polygons: NDArray[np.object_], inlays: Inlays) -> NDArray[np.object_]:
    """The parcels with holes where the inlays lie."""
    result = polygons.copy()
    for host, inlay in zip(inlays.host.tolist(), inlays.polygons, strict=True):
        result[host] = shapely.Polygon(result[host].exterior, [inlay.exterior])
    return result


def _outlines(centres: Floats, room: Floats, rng: np.random.Generator) -> NDArray[np.object_]:
    """Nine-cornered outlines of which no corner is further out than 0.8 of the room."""
    corners = 9
    angle = (np.arange(corners) + rng.uniform(-0.3, 0.3, (len(room), corners))) * 2 * np.pi / corners
    radius = room[:, None] * rng.uniform(0.35, 0.7, (len(room), 1)) * rng.uniform(0.86, 1.14, (len(room), corners))
    ring = centres[:, None, :] + radius[:, :, None] * np.stack([np.cos(angle), np.sin(angle)], axis=2)
    return shapely.polygons(np.round(ring, 3)) if len(room) else np.empty(0, object)
