"""Demo rows of the living themes: town, tourism, dossiers, trade, mentions, security. Through the verb that real sources use."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from django.db import connection

from gis_core.pilot import plan
from gis_core.pilot.dice import dice
from gis_core.pilot.load import clear_demo_rows
from gis_core.pilot.steps import Run, pilot_step
from layers.feed import Sent
from layers.ingestion import traffic
from layers.ingestion.feeding import take_in
from layers.ingestion.inside import rows_inside
from layers.models import (
    BlackSpot,
    Camera,
    DossierCount,
    Facility,
    Mention,
    RoadEvent,
    RoadSegment,
    SecurityEvent,
    ServiceArea,
    TourismPlace,
    TourismVisits,
    TradePlace,
)
from layers.pilot.coordination import EVERYTHING, communes, layer_of

HOURS = 24
WATCHED = 40
"""Stretches of road with a detector."""
MONTHS = 14
RADIUS_M = {"health": 1_400, "education": 900, "one_stop": 2_500}
MENTIONS = 260
_PLACE = ("lon", "lat")


def fed(run: Run, name: str, rows: list[Sent]) -> int:
    """Rows of a layer's feed, as demo data."""
    for first in range(0, len(rows), 2_000):
        take_in(layer_of(name), EVERYTHING, rows[first : first + 2_000], is_demo=True)
    run.progress.advance(len(rows))
    return len(rows)


def _clear_readings() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM layers_trafficreading r USING layers_roadsegment s WHERE s.id = r.road_id AND s.is_demo")


@pilot_step("traffic_readings", clear=_clear_readings, after=("roads",))
def load_readings(run: Run, _part: str) -> int:
    """A day of hourly speeds on the main stretches; the last of them is what the map shows."""
    rng, measured = dice(run.seed, "readings"), []
    roads = rows_inside(RoadSegment, EVERYTHING).filter(is_demo=True).exclude(road_class="street").order_by("pk")[:WATCHED]
    for road in roads:
        for hour in range(HOURS):
            at = run.moment - timedelta(hours=HOURS - hour - 1)
            full = traffic_of(hour) * float(rng.uniform(0.5, 1.1))
            speed = round(max(4.0, (road.speed_limit_kmh or 50) * (0.95 - 0.6 * full)), 1)
            measured.append(traffic.Measured(road.pk, at, speed))
    traffic.take_in(EVERYTHING, measured)
    run.progress.advance(len(measured))
    return len(measured)


def traffic_of(hour: int) -> float:
    """How full roads are at an hour, from nothing to one."""
    peaks = ((7.2, 1.2, 0.9), (17.2, 1.4, 1.0))
    return float(min(1.0, 0.1 + sum(height * np.exp(-(((hour - at) / width) ** 2)) for at, width, height in peaks)))


@pilot_step("road_events", clear=clear_demo_rows(RoadEvent._meta.db_table), after=("traffic_readings",))
def load_road_events(run: Run, _part: str) -> int:
    """Events round the reference day; closures close the nearest stretch while they last."""
    rows = []
    for number, row in enumerate(plan.read_rows("road_events.csv")):
        begins = run.moment + timedelta(hours=int(row["starts_in_hours"]))
        values: dict[str, object] = {name: row[name] for name in ("code", "kind", "title", *_PLACE)}
        values |= {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=int(row["hours"]))).isoformat()}
        if row["on_road"] == "true":
            values["road_code"] = _coded_road(number)
        rows.append(Sent(values))
    made = fed(run, "road_events", rows)
    traffic.apply_closures(run.moment)
    return made


def _coded_road(number: int) -> str:
    """A stretch of main road that gets a code, as detectors and events name it."""
    road = rows_inside(RoadSegment, EVERYTHING).filter(is_demo=True, road_class="urban", code__isnull=True).order_by("pk")[number]
    road.code = f"DEMO-ROAD-{number + 1}"
    road.save()
    return str(road.code)


def _points(name: str, *more: str) -> list[Sent]:
    return [Sent({key: value for key, value in row.items() if value != ""} | dict.fromkeys(more, "")) for row in plan.read_rows(name)]


@pilot_step("black_spots", clear=clear_demo_rows(BlackSpot._meta.db_table), after=("admin_units",))
def load_black_spots(run: Run, _part: str) -> int:
    """Of the year before the reference day."""
    year = run.day.year - 1
    return fed(run, "black_spots", [Sent({**row.values, "year": year}) for row in _points("black_spots.csv")])


@pilot_step("cameras", clear=clear_demo_rows(Camera._meta.db_table), after=("admin_units",))
def load_cameras(run: Run, _part: str) -> int:
    """Without addresses: those belong to each network."""
    return fed(run, "cameras", _points("cameras.csv"))


@pilot_step("commerce", clear=clear_demo_rows(TradePlace._meta.db_table), after=("admin_units",))
def load_trade(run: Run, _part: str) -> int:
    """Markets and sellers."""
    return fed(run, "commerce", _points("trade.csv"))


@pilot_step("security_events", clear=clear_demo_rows(SecurityEvent._meta.db_table), after=("admin_units",))
def load_security(run: Run, _part: str) -> int:
    """Exercises."""
    rows = []
    for row in plan.read_rows("security_events.csv"):
        begins = run.moment + timedelta(hours=int(row["starts_in_hours"]))
        values: dict[str, object] = {name: row[name] for name in ("code", "kind", "level", "title", *_PLACE)}
        rows.append(Sent({**values, "starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=int(row["hours"]))).isoformat()}))
    return fed(run, "security_events", rows)


def _months(day: date) -> Iterator[date]:
    """The first days of the months that ended before `day`, the oldest first."""
    first = day.replace(day=1)
    months = [first]
    for _month in range(MONTHS):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    yield from reversed(months[1:])


def _coded(rows: Any, prefix: str) -> list[Any]:
    """Rows in the order of their keys, each with a code of its own."""
    found = list(rows.filter(is_demo=True).order_by("pk"))
    for number, row in enumerate(found, 1):
        row.code = row.code or f"DEMO-{prefix}-{number}"
    if found:
        type(found[0])._default_manager.bulk_update(found, ["code"])
    return found


@pilot_step("tourism_visits", clear=clear_demo_rows(TourismVisits._meta.db_table), after=("tourism_places",))
def load_visits(run: Run, _part: str) -> int:
    """Visitors by month, most of them in summer."""
    rng, rows = dice(run.seed, "visits"), []
    for place in _coded(rows_inside(TourismPlace, EVERYTHING), "TP"):
        usual = float(rng.uniform(800, 9_000))
        for month in _months(run.day):
            visitors = int(usual * (1 + 0.7 * np.cos((month.month - 7) / 6 * np.pi)) * rng.uniform(0.85, 1.15))
            row = {"place_code": place.code, "period": f"{month:%Y-%m}", "visitors": visitors}
            rows.append(Sent({**row, "from_abroad": int(visitors * rng.uniform(0.05, 0.25))}))
    return fed(run, "tourism_visits", rows)


@pilot_step("dossiers", clear=clear_demo_rows(DossierCount._meta.db_table), after=("facilities",))
def load_dossiers(run: Run, _part: str) -> int:
    """Dossiers of the one-stop offices by month."""
    rng, rows = dice(run.seed, "dossiers"), []
    for office in _coded(rows_inside(Facility, EVERYTHING).filter(theme="one_stop", kind="one_stop"), "F"):
        for month in _months(run.day):
            received = int(rng.uniform(700, 1_900))
            late = int(received * rng.uniform(0.01, 0.09))
            row = {"office_code": office.code, "period": f"{month:%Y-%m}", "received": received, "late": late}
            rows.append(Sent({**row, "on_time": received - late - 20, "open_late": int(rng.integers(0, 20))}))
    return fed(run, "dossiers", rows)


@pilot_step("service_areas", clear=clear_demo_rows(ServiceArea._meta.db_table), after=("dossiers",))
def load_service_areas(run: Run, _part: str) -> int:
    """A circle round each clinic, school and office; the people in it are a guess by its size."""
    rng, rows = dice(run.seed, "areas"), []
    for place in _coded(
        rows_inside(Facility, EVERYTHING).filter(theme__in=RADIUS_M, capacity__isnull=False).exclude(kind="post_office"), "S"
    ):
        metres = RADIUS_M[place.theme] * float(rng.uniform(0.8, 1.2))
        middle = plan.to_plane(np.array([[place.geom.x, place.geom.y]]))[0]
        circle = shapely.Polygon(plan.to_lonlat(shapely.get_coordinates(shapely.Point(middle).buffer(metres, 12))))
        people = int(np.pi * (metres / 1_000) ** 2 * rng.uniform(700, 1_900))
        row = {"facility_code": place.code, "name": place.name, "theme": place.theme, "capacity": place.capacity, "people": people}
        rows.append(Sent({**row, "geometry": circle.wkt}))
    return fed(run, "service_areas", rows)


@pilot_step("mentions", clear=clear_demo_rows(Mention._meta.db_table), after=("admin_units",))
def load_mentions(run: Run, _part: str) -> int:
    """A week of mentions of the communes; their texts are forgotten as those of real ones are."""
    rng, texts, units = dice(run.seed, "mentions"), list(plan.read_rows("mention_texts.csv")), communes(run.day)
    rows = []
    for number in range(MENTIONS if units else 0):
        text, unit = texts[int(rng.integers(len(texts)))], units[int(rng.integers(len(units)))]
        tone = float(np.clip(float(text["sentiment"]) + rng.normal(0, 0.2), -1, 1))
        at = run.moment - timedelta(minutes=int(rng.integers(7 * 24 * 60)))
        row = {"id": f"demo-{run.seed}-{number}", "source": text["source"], "topic": text["topic"], "published_at": at.isoformat()}
        rows.append(Sent({**row, "sentiment": round(tone, 2), "text": text["text"].format(unit=unit.name)}))
    return fed(run, "mentions", rows)
