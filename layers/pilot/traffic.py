"""Roads of the pilot town cut at their junctions, with the traffic of a late afternoon. Pure; no database."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiLineString

from gis_core.pilot import plan
from gis_core.pilot.blocks import Street
from gis_core.pilot.dice import dice
from gis_core.pilot.ragged import Floats
from gis_core.pilot.town import Town
from gis_core.pilot.zones import Zone
from layers.themes.traffic import FREE_FROM, SLOW_FROM

OBSERVED_HOUR = 17.25
SHORTEST_M = 15.0
GAP_M = 45.0
"""Pieces of a street this far apart are one street: between them lies a crossing."""
# How much slower traffic is at the worst time, by class of road.
_CROWDED = {"expressway": 0.15, "national": 0.62, "provincial": 0.5, "urban": 0.8, "street": 0.3}
_STREET_LIMIT_KMH = 40


@dataclass(frozen=True)
class Segment:
    """A stretch of road on the VN-2000 plane with its traffic."""

    name: str
    ref: str
    road_class: str
    lanes: int
    speed_limit_kmh: int
    speed_kmh: float
    state: str
    geom: MultiLineString


def segments(town: Town, seed: int) -> list[Segment]:
    """Main roads from junction to junction, then the streets and paths."""
    rng = dice(seed, "traffic")
    extent = shapely.union_all([unit.geom for unit in plan.units()])
    found = [segment for road, line in _between_junctions(extent) for segment in [_main(road, line, rng)]]
    for street, name in zip(town.blocks.streets, town.names.of_street, strict=True):
        line = street_line(street)
        if line.length >= SHORTEST_M:
            found.append(_segment(name or _path_name(street), "", "street", 1 if street.width_m < 7 else 2, _STREET_LIMIT_KMH, line, rng))
    return found


def rush(hour: float) -> float:
    """How full the roads are at an hour of the day: 0 at night, 1 at the worst of the morning and the afternoon."""
    peaks = ((7.2, 1.1, 0.95), (11.4, 1.0, 0.45), (17.2, 1.3, 1.0))
    return float(min(1.0, sum(height * np.exp(-(((hour - at) / width) ** 2)) for at, width, height in peaks)))


def street_line(street: Street) -> MultiLineString:
    """The pieces of a street put together, with its crossings closed."""
    first = street.segments[0]
    run = (first[1] - first[0]) / max(float(np.hypot(*(first[1] - first[0]))), 1e-9)
    ordered = street.segments[np.argsort(street.segments.mean(axis=1) @ run)]
    turned = np.where(((ordered[:, 1] - ordered[:, 0]) @ run < 0)[:, None, None], ordered[:, ::-1], ordered)
    gap = np.hypot(*(turned[1:, 0] - turned[:-1, 1]).T)
    breaks = np.flatnonzero(gap > GAP_M) + 1
    return MultiLineString([LineString(part.reshape(-1, 2)) for part in np.split(turned, breaks)])


def _between_junctions(extent: shapely.Geometry) -> list[tuple[plan.Road, LineString]]:
    """Each road inside the town, cut where it meets another."""
    roads = [road for road in plan.roads() if road.road_class != "railway"]
    lines = shapely.intersection(np.array([road.line for road in roads]), extent)
    noded = shapely.get_parts(shapely.node(shapely.union_all(lines)))
    whole = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(noded)))
    tree = shapely.STRtree([line.buffer(1.0) for line in lines])
    piece, road = tree.query(shapely.line_interpolate_point(whole, 0.5, normalized=True), predicate="within")
    first = dict(zip(piece[::-1].tolist(), road[::-1].tolist(), strict=True))
    return [(roads[first[row]], line) for row, line in enumerate(whole) if row in first and line.length >= SHORTEST_M]


def _main(road: plan.Road, line: LineString, rng: np.random.Generator) -> Segment:
    return _segment(road.name, road.ref, road.road_class, road.lanes, road.speed_limit_kmh, MultiLineString([line]), rng)


def _segment(name: str, ref: str, road_class: str, lanes: int, limit: int, geom: MultiLineString, rng: np.random.Generator) -> Segment:
    """A stretch with a speed by class and hour, and the state that goes with it."""
    trouble = rng.beta(1.6, 2.4) * 1.35
    share = max(0.06, 0.94 - _CROWDED[road_class] * rush(OBSERVED_HOUR) * trouble)
    closed = rng.random() < 0.004
    speed = 0.0 if closed else round(limit * share, 1)
    return Segment(name, ref, road_class, lanes, limit, speed, "closed" if closed else state_of(speed / limit), geom)


def state_of(share: float) -> str:
    """The state that a share of the permitted speed means."""
    if share >= FREE_FROM:
        return "free"
    return "slow" if share >= SLOW_FROM else "jammed"


def _path_name(street: Street) -> str:
    """Paths in the fields have no names."""
    return "Đường nội đồng" if street.zone in (Zone.PADDY, Zone.CROPS, Zone.PONDS) else ""


def middles(found: list[Segment]) -> Floats:
    """The middle (n, 2) of each segment's longest piece: it tells the unit that a segment is counted to."""
    longest = [max(segment.geom.geoms, key=lambda line: line.length) for segment in found]
    points: Floats = shapely.get_coordinates(shapely.line_interpolate_point(np.array(longest), 0.5, normalized=True))
    return points
