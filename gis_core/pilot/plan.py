"""The given part of the town: units, main roads and water, read from fixtures/ and drawn on the VN-2000 plane."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, Polygon

from gis_core import crs
from gis_core.pilot.dice import dice
from gis_core.pilot.ragged import Floats

PLANE = 5899
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
FIRST_GENERATION = "2006-09-29"
BEFORE_REFORM, TODAY = "2025-06-30", "2025-07-01"
"""The last day of the second generation and the first of the third."""
STEP = 25.0
"""Metres between the vertices of a drawn curve."""


@dataclass(frozen=True)
class Unit:
    """A commune of 2020 on the plane."""

    code: str
    name: str
    geom: Polygon


@dataclass(frozen=True)
class Road:
    """A main road (or the railway) by its centre line."""

    name: str
    ref: str
    road_class: str
    lanes: int
    speed_limit_kmh: int
    width_m: float
    line: LineString


@dataclass(frozen=True)
class Water:
    """A river, lake or canal: centre line and the surface round it."""

    name: str
    kind: str
    land_use: str
    line: LineString
    surface: Polygon


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file in fixtures/."""
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def to_plane(lonlat: Floats) -> Floats:
    """WGS 84 positions (n, 2) lon, lat on the VN-2000 plane, rounded to 1 mm."""
    x, y = crs.transformer(crs.WGS84, PLANE).transform(lonlat[:, 0], lonlat[:, 1])
    plane: Floats = np.c_[x, y].round(3)
    return plane


def to_lonlat(points: Floats) -> Floats:
    """Positions (n, 2) on the VN-2000 plane as WGS 84 lon, lat."""
    lon, lat = crs.transformer(PLANE, crs.WGS84).transform(points[:, 0], points[:, 1])
    lonlat: Floats = np.c_[lon, lat]
    return lonlat


@cache
def units() -> tuple[Unit, ...]:
    """The 13 communes of 2020, by code."""
    names = {row["code"]: row["name"] for row in read_rows("admin_units.csv") if row["valid_from"] == FIRST_GENERATION}
    return tuple(
        Unit(code, names[code], Polygon(to_plane(shapely.get_coordinates(outline.exterior))))
        for code, outline in sorted(unit_outlines().items())
    )


@cache
def unit_outlines() -> dict[str, Polygon]:
    """Code -> outline in WGS 84 of the 13 communes of 2020."""
    document = json.loads((FIXTURES / "admin_units_2020.geojson").read_text(encoding="utf-8"))
    return {feature["properties"]["code"]: Polygon(feature["geometry"]["coordinates"][0]) for feature in document["features"]}


@cache
def successors(day: str = TODAY) -> dict[str, str]:
    """Code of 2020 -> code of the unit that its land belongs to on a day (YYYY-MM-DD)."""
    step = {(row["old_code"], row["old_from"]): (row["new_code"], row["new_from"]) for row in read_rows("admin_unit_successions.csv")}
    found = {}
    for code in (unit.code for unit in units()):
        here = (code, FIRST_GENERATION)
        while here in step and step[here][1] <= day:
            here = step[here]
        found[code] = here[0]
    return found


@cache
def roads() -> tuple[Road, ...]:
    """Main roads as smooth lines; what leaves the town is kept."""
    return tuple(
        Road(
            name=row["name"],
            ref=row["ref"],
            road_class=row["road_class"],
            lanes=int(row["lanes"]),
            speed_limit_kmh=int(row["speed_limit_kmh"]),
            width_m=float(row["width_m"]),
            line=LineString(smooth(_points(row["points"]))),
        )
        for row in read_rows("roads.csv")
    )


@cache
def waters() -> tuple[Water, ...]:
    """Rivers, lakes and canals with their surfaces."""
    found = []
    for row in read_rows("water.csv"):
        line = smooth(_points(row["points"]))
        surface = _surface(line, float(row["width_m"]), row["kind"], row["name"])
        found.append(Water(row["name"], row["kind"], row["land_use"], LineString(line), surface))
    return tuple(found)


def smooth(points: Floats) -> Floats:
    """A Catmull-Rom curve through the points, sampled about every `STEP` metres."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    pieces = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        count = max(1, int(np.hypot(*(p2 - p1)) / STEP))
        t = np.linspace(0.0, 1.0, count, endpoint=False)[:, None]
        pieces.append(p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0))))
    return np.round(np.vstack([*pieces, points[-1:]]), 3)


def _points(text: str) -> Floats:
    """ "lon lat, lon lat" on the plane."""
    return to_plane(np.array([[float(value) for value in pair.split()] for pair in text.split(",")]))


def _surface(line: Floats, width: float, kind: str, name: str) -> Polygon:
    """Banks on both sides of a centre line, wandering a little; lakes close in a curve at both ends."""
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(line, axis=0).T))]
    across = np.gradient(line, axis=0)
    normal = np.c_[-across[:, 1], across[:, 0]] / np.hypot(*across.T)[:, None]
    half = np.full(len(line), width / 2)
    if kind == "lake":
        u = along / along[-1]
        half *= np.sqrt(np.maximum(0.02, 4 * u * (1 - u)))
    # The banks belong to the town itself, not to one seed of it.
    amount, stretch = {"canal": (0.0, 1.0), "river": (0.22, 1.0), "lake": (0.3, 3.5)}[kind]
    banks = [half * _wander(along / stretch, dice(0, name, side), amount) for side in ("left", "right")]
    ring = np.vstack([line + normal * banks[0][:, None], (line - normal * banks[1][:, None])[::-1]])
    whole = shapely.make_valid(shapely.set_precision(Polygon(ring), 0.001))
    return max(shapely.get_parts(whole), key=lambda part: part.area if isinstance(part, Polygon) else 0.0)


def _wander(along: Floats, rng: np.random.Generator, amount: float) -> Floats:
    """Factors about 1 that change slowly along a line."""
    phases = rng.uniform(0, 2 * np.pi, 3)
    waves = sum(np.sin(along / length + phase) / 2 for length, phase in zip((61.0, 143.0, 310.0), phases, strict=True))
    result: Floats = 1 + amount * waves
    return result
