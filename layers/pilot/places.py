"""Sights and public facilities: known places at approximate positions, and made-up ones so that every ward has some. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from gis_core.pilot import plan
from gis_core.pilot.dice import dice
from gis_core.pilot.town import Town
from gis_core.pilot.zones import Zone

MADE_UP = "(minh họa)"
_THEMES = {"gov": "government", "health": "health", "school": "education"}
_KINDS = {
    "Bệnh viện": "hospital",
    "Trung tâm Y tế": "hospital",
    "Trạm Y tế": "clinic",
    "THPT": "high_school",
    "THCS": "secondary_school",
}
# Made up in every commune of 2020: name, theme, kind, capacity from and to.
_LOCAL = (
    ("Trạm Y tế {unit}", "health", "clinic", 8, 20),
    ("Trường Mầm non {unit}", "education", "kindergarten", 150, 400),
    ("Trường Tiểu học {unit}", "education", "primary_school", 300, 900),
    ("Trường THCS {unit}", "education", "secondary_school", 300, 1000),
)
# Made up in every ward of 2025.
_WARD = (
    ("Trung tâm Phục vụ hành chính công {unit}", "one_stop", "one_stop", 8, 16),
    ("Trụ sở Ủy ban nhân dân {unit}", "government", "people_committee", 40, 90),
    ("Bưu điện {unit}", "one_stop", "post_office", 3, 6),
)


@dataclass(frozen=True)
class Place:
    """A point with a name. `theme` is empty for sights."""

    name: str
    theme: str
    kind: str
    address: str
    capacity: int | None
    lonlat: tuple[float, float]


def sights() -> list[Place]:
    """Tourism places."""
    rows = [row for row in plan.read_rows("places.csv") if row["category"] == "tourism"]
    return [Place(row["name"], "", "sight", row["address"], None, _position(row)) for row in rows]


def facilities(town: Town, seed: int) -> list[Place]:
    """Known hospitals, schools and offices, then the made-up ones."""
    known = []
    for row in plan.read_rows("places.csv"):
        if row["category"] in _THEMES:
            theme, kind = _known_kind(row["name"], _THEMES[row["category"]])
            known.append(Place(row["name"], theme, kind, row["address"], None, _position(row)))
    return [*known, *_made_up(town, seed)]


def _position(row: dict[str, str]) -> tuple[float, float]:
    return float(row["lon"]), float(row["lat"])


def _known_kind(name: str, theme: str) -> tuple[str, str]:
    """Theme and kind by the name of the place."""
    if "hành chính công" in name:
        return "one_stop", "one_stop"
    for begin, kind in _KINDS.items():
        if name.startswith(begin):
            return theme, kind
    return theme, {"education": "college", "health": "hospital", "government": "office"}[theme]


def _made_up(town: Town, seed: int) -> Iterator[Place]:
    """Facilities of every commune and ward, on streets of their unit."""
    rng = dice(seed, "facilities")
    today = {row["code"]: row["name"] for row in plan.read_rows("admin_units.csv") if row["level"] == "commune" and not row["valid_to"]}
    homes = _Chooser(town, rng)
    seen: set[str] = set()
    for unit in plan.units():
        code = plan.successors()[unit.code]
        rows = [(pattern, unit.name.split(" ", 1)[1]) for pattern in _LOCAL]
        if code not in seen:
            seen.add(code)
            rows += [(pattern, today[code][0].lower() + today[code][1:]) for pattern in _WARD]
        for (pattern, theme, kind, least, most), name in rows:
            lonlat, street = homes(unit)
            address = f"{street}{today[code][0].lower()}{today[code][1:]}"
            title = f"{pattern.format(unit=name)} {MADE_UP}"
            yield Place(title, theme, kind, address, int(rng.integers(least, most + 1)), lonlat)


class _Chooser:
    """Picks places beside streets where people live."""

    def __init__(self, town: Town, rng: np.random.Generator) -> None:
        self._rng = rng
        lived_in = (Zone.TOWN, Zone.SUBURB, Zone.VILLAGE)
        rows = [index for index, street in enumerate(town.blocks.streets) if street.zone in lived_in]
        self._names = [town.names.of_street[index] for index in rows]
        middles = np.array([town.blocks.streets[index].segments[0].mean(axis=0) for index in rows])
        self._points = middles + rng.normal(0, 6, middles.shape)

    def __call__(self, unit: plan.Unit) -> tuple[tuple[float, float], str]:
        """A position in the unit, and its street with a comma where the street has a name."""
        inside = np.flatnonzero(shapely.contains_xy(unit.geom, self._points))
        chosen = int(self._rng.choice(inside))
        lon, lat = plan.to_lonlat(self._points[chosen : chosen + 1])[0]
        street = self._names[chosen]
        return (float(lon), float(lat)), f"{street}, " if street else ""
