"""Which kind of ground lies where: town, suburb, villages, fields, forest, dunes."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from shapely import LineString

from gis_core.pilot import plan
from gis_core.pilot.dice import Noise
from gis_core.pilot.ragged import Bools, Floats, Ints

CORE_STREETS = frozenset({"Hùng Vương", "Phan Châu Trinh", "Phan Bội Châu", "Trần Cao Vân"})
QUIET = frozenset({"expressway", "railway"})
"""Classes of road along which nobody builds a house."""


class Zone(IntEnum):
    """Kinds of ground; the order is the order of the tests below: the first that fits wins."""

    BEACH = 0
    SHELTER = 1
    INDUSTRY = 2
    TOWN = 3
    SUBURB = 4
    PONDS = 5
    VILLAGE = 6
    FOREST = 7
    CROPS = 8
    ORCHARD = 9
    PADDY = 10


@dataclass(frozen=True)
class Pattern:
    """How a zone is laid out: block pitch and lot size in metres at scale 1, street width, and how regular it all is.

    `lot` is (frontage, depth). `lattice`: streets continue from block to block; else each block is cut about its middle.
    """

    block: tuple[float, float]
    street_m: float
    lot: tuple[float, float]
    lattice: bool = False
    ditch: bool = False
    bend: float = 0.0


PATTERNS: dict[Zone, Pattern] = {
    Zone.BEACH: Pattern((260, 400), 4, (120, 120), bend=0.03),
    Zone.SHELTER: Pattern((200, 260), 4, (55, 110), bend=0.03),
    Zone.INDUSTRY: Pattern((330, 230), 14, (70, 105), lattice=True),
    Zone.TOWN: Pattern((125, 51), 8.5, (7.9, 25.5), lattice=True),
    Zone.SUBURB: Pattern((140, 66), 7, (11, 32.5), lattice=True),
    Zone.PONDS: Pattern((230, 170), 4, (42, 88), ditch=True, bend=0.02),
    Zone.VILLAGE: Pattern((150, 95), 4.5, (22, 46), bend=0.02),
    Zone.FOREST: Pattern((420, 340), 4, (75, 150), bend=0.045),
    Zone.CROPS: Pattern((210, 160), 3.5, (34, 84), bend=0.025),
    Zone.ORCHARD: Pattern((170, 130), 4, (30, 58), bend=0.025),
    Zone.PADDY: Pattern((240, 190), 3.5, (28, 122), ditch=True, bend=0.018),
}

BLOCK = np.array([PATTERNS[zone].block for zone in Zone])
STREET = np.array([PATTERNS[zone].street_m for zone in Zone])
LOT = np.array([PATTERNS[zone].lot for zone in Zone])
LATTICE = np.array([PATTERNS[zone].lattice for zone in Zone])
DITCH = np.array([PATTERNS[zone].ditch for zone in Zone])
BEND = np.array([PATTERNS[zone].bend for zone in Zone])


class Ground:
    """The zones of one seed."""

    def __init__(self, seed: int) -> None:
        self._noise = {length: Noise(seed, f"ground {length}", length) for length in (450.0, 900.0, 1600.0)}
        roads = plan.roads()
        self._core = shapely.union_all([road.line for road in roads if road.name in CORE_STREETS])
        self._roads = shapely.union_all([road.line for road in roads if road.road_class not in QUIET])
        self._lagoon = next(water.surface for water in plan.waters() if water.name == "Sông Trường Giang")
        self._coast = coast()
        self._spots = [
            (row["zone"], plan.to_plane(np.array([[float(row["lon"]), float(row["lat"])]]))[0], float(row["radius_m"]))
            for row in plan.read_rows("ground.csv")
        ]

    def __call__(self, points: Floats) -> Ints:
        """The zone of each point (n, 2)."""
        at = shapely.points(points)
        fine, middle, broad = (noise(points) for noise in self._noise.values())
        to_sea = shapely.distance(at, self._coast)
        to_road = shapely.distance(at, self._roads)
        town = np.exp(-((shapely.distance(at, self._core) / 520) ** 2)) + 0.17 * middle + 0.1 * fine
        homes = np.exp(-to_road / 170) + 0.75 * middle + 0.35 * fine
        tests = {
            Zone.BEACH: to_sea < 75,
            Zone.SHELTER: (to_sea < 210) & (fine > -0.35),
            Zone.INDUSTRY: self._spot(points, "INDUSTRY", fine),
            Zone.TOWN: town > 0.52,
            Zone.SUBURB: town > 0.24,
            Zone.PONDS: (shapely.distance(at, self._lagoon) < 330 + 170 * fine) & (middle < 0.35),
            Zone.VILLAGE: homes > 0.66,
            Zone.FOREST: self._spot(points, "FOREST", fine) | (broad > 0.8),
            Zone.CROPS: self._spot(points, "CROPS", middle) & (broad < 0.35),
            Zone.ORCHARD: homes > 0.42,
        }
        return np.select(list(tests.values()), [int(zone) for zone in tests], default=int(Zone.PADDY)).astype(np.int64)

    def _spot(self, points: Floats, zone: str, noise: Floats) -> Bools:
        """Inside one of the given round areas, with a frayed edge."""
        found = np.zeros(len(points), bool)
        for name, centre, radius in self._spots:
            if name == zone:
                found |= np.hypot(*(points - centre).T) < radius * (1 + 0.25 * noise)
        return found


def coast() -> LineString:
    """The sea side of Tam Thanh: its outline from the northernmost point round to the easternmost."""
    outline = next(unit.geom for unit in plan.units() if unit.code == "20359").exterior
    ring = shapely.get_coordinates(outline.normalize())[:-1]
    north = np.roll(ring, -int(ring[:, 1].argmax()), axis=0)
    east = int(north[:, 0].argmax())
    forward, backward = north[: east + 1], np.vstack([north[:1], north[east:][::-1]])
    return min(LineString(forward), LineString(backward), key=lambda line: line.length)
