"""Made-up field reports: where, when, what, and how far the work on them has come. Pure; no database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import shapely

from gis_core.pilot import plan
from gis_core.pilot.dice import dice
from gis_core.pilot.ragged import Floats
from gis_core.pilot.town import Town

DAYS = 90
# Reports by hour of the day: few at night, most in the morning and after work.
_HOURS = np.array([1, 1, 1, 1, 1, 2, 5, 9, 10, 9, 8, 7, 5, 5, 7, 8, 9, 10, 9, 7, 6, 4, 2, 1], float)
_SEVERITY_HOURS = {"low": 1.5, "medium": 1.0, "high": 0.5, "critical": 0.2}
_ONGOING = ("received", "assigned", "in_progress")


@dataclass(frozen=True)
class Text:
    """A sentence that people write about one kind of trouble; {place} stands for a street."""

    category: str
    severity: str
    title: str
    description: str


@dataclass(frozen=True)
class Report:
    """One report. `lonlat` in WGS 84; times in the reference moment's zone."""

    uid: str
    category: str
    severity: str
    title: str
    description: str
    address: str
    status: str
    unit: str
    lonlat: tuple[float, float]
    accuracy_m: float
    reported_at: datetime
    due_at: datetime
    resolved_at: datetime | None
    updated_at: datetime
    is_public: bool


def how_many(scale: float) -> int:
    """About 1,500, less for a small town, at most 6,000."""
    return int(1_500 * min(scale, 4.0))


def make_reports(town: Town, *, seed: int, scale: float, moment: datetime) -> list[Report]:
    """Reports of the 90 days before `moment`, oldest first."""
    rng = dice(seed, "incidents", scale)
    count = how_many(scale)
    points, streets = _places(town, count, rng)
    texts = _drawn_texts(count, rng)
    hours = {row["code"]: float(row["hours"]) for row in plan.read_rows("incident_categories.csv")}
    ages = np.sort(_ages(count, rng))[::-1]
    units = _units_at(points)
    lonlat = plan.to_lonlat(points)
    reports = []
    for row in range(count):
        if units[row] is None:
            continue
        unit, ward = units[row] or ("", "")
        text = texts[row]
        course = _course(text, float(ages[row]), hours[text.category], moment, rng)
        reports.append(
            Report(
                uid=rng.bytes(16).hex(),
                category=text.category,
                severity=text.severity,
                title=text.title.format(place=streets[row]),
                description=text.description.format(place=streets[row]),
                address=f"{streets[row]}, {ward}",
                unit=unit,
                lonlat=(float(lonlat[row, 0]), float(lonlat[row, 1])),
                accuracy_m=float(round(rng.lognormal(2.2, 0.6), 1)),
                is_public=course.status not in ("new", "rejected", "duplicate") and text.category != "an-ninh-trat-tu",
                **vars(course),
            )
        )
    return reports


@dataclass(frozen=True)
class _Course:
    """How a report went on."""

    status: str
    reported_at: datetime
    due_at: datetime
    resolved_at: datetime | None
    updated_at: datetime


def _course(text: Text, age_h: float, hours: float, moment: datetime, rng: np.random.Generator) -> _Course:
    """Times and state that fit each other: old reports are done, a few are late, the newest have not been read yet."""
    reported = (moment - timedelta(hours=age_h)).replace(microsecond=0)
    allowed = hours * _SEVERITY_HOURS[text.severity]
    due = reported + timedelta(hours=allowed)
    took = allowed * rng.lognormal(-0.15, 1.0)
    if took < age_h:
        resolved = reported + timedelta(hours=took)
        return _closed(reported, due, resolved.replace(microsecond=0), age_h - took, moment, rng)
    progress = age_h / took
    step = "new" if age_h < 5 else _ONGOING[min(2, int(progress * 4))]
    updated = reported + timedelta(hours=age_h * rng.uniform(0.1, 0.9))
    return _Course(step, reported, due, None, updated.replace(microsecond=0))


def _closed(reported: datetime, due: datetime, resolved: datetime, since_h: float, moment: datetime, rng: np.random.Generator) -> _Course:
    """The end of a report: mostly resolved and later confirmed; some rejected, duplicates, reopened."""
    status = str(rng.choice(["done", "rejected", "duplicate", "reopened"], p=[0.89, 0.04, 0.05, 0.02]))
    if status == "done":
        status = "confirmed" if since_h > 48 and rng.random() < 0.8 else "resolved"
    if status == "reopened":
        again = min(resolved + timedelta(hours=20), moment)
        return _Course(status, reported, due, None, again)
    worked = status in ("confirmed", "resolved")
    return _Course(status, reported, due, resolved if worked else None, resolved)


def _drawn_texts(count: int, rng: np.random.Generator) -> list[Text]:
    """Texts by the shares of their categories."""
    texts = [Text(**row) for row in plan.read_rows("incident_texts.csv")]
    share = {row["code"]: float(row["share"]) for row in plan.read_rows("incident_categories.csv")}
    often = {"low": 1.0, "medium": 1.0, "high": 0.4, "critical": 0.12}
    weight = np.array([often[text.severity] for text in texts])
    for code, part in share.items():
        rows = np.array([text.category == code for text in texts])
        weight[rows] *= part / weight[rows].sum()
    return [texts[index] for index in rng.choice(len(texts), count, p=weight / weight.sum()).tolist()]


def _ages(count: int, rng: np.random.Generator) -> Floats:
    """Hours before the reference midnight: a few more lately, and none while people sleep."""
    day = np.floor(DAYS * rng.random(count) ** 1.15)
    hour = rng.choice(24, count, p=_HOURS / _HOURS.sum()) + rng.random(count)
    result: Floats = day * 24 + (24 - hour)
    return result


def _places(town: Town, count: int, rng: np.random.Generator) -> tuple[Floats, list[str]]:
    """Points a few metres beside streets, with the street's name: half of them on main roads."""
    roads = [road for road in plan.roads() if road.road_class not in ("railway", "expressway")]
    named = [(line, name) for line, name in zip(town.names.lines, town.names.of_street, strict=True) if name]
    lines = [*((road.line, road.name) for road in roads), *named]
    length = np.array([line.length for line, _ in lines])
    # Between busy roads and quiet streets by halves, within each by length.
    weight = length.copy()
    weight[: len(roads)] /= weight[: len(roads)].sum()
    weight[len(roads) :] /= max(weight[len(roads) :].sum(), 1.0)
    chosen = rng.choice(len(lines), count, p=weight / weight.sum())
    at = shapely.line_interpolate_point(np.array([line for line, _ in lines])[chosen], rng.random(count), normalized=True)
    points = shapely.get_coordinates(at) + rng.normal(0, 5, (count, 2))
    return points, [_in_sentence(lines[index][1]) for index in chosen.tolist()]


def _in_sentence(name: str) -> str:
    """A street name with "đường" before it where that is how one says it."""
    if name.startswith("Đường"):
        return "đ" + name[1:]
    return name if name.startswith("Quốc lộ") else f"đường {name}"


def _units_at(points: Floats) -> list[tuple[str, str] | None]:
    """Code and name of today's ward at each point, None outside the pilot."""
    units = plan.units()
    today = {row["code"]: row["name"] for row in plan.read_rows("admin_units.csv") if row["level"] == "commune" and not row["valid_to"]}
    tree = shapely.STRtree([unit.geom for unit in units])
    point, index = tree.query(shapely.points(points), predicate="within")
    found: list[tuple[str, str] | None] = [None] * len(points)
    for row, unit in zip(point.tolist(), index.tolist(), strict=True):
        code = plan.successors()[units[unit].code]
        found[row] = (code, today[code][0].lower() + today[code][1:])
    return found
