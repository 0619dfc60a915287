"""Demo rows of the live themes: stations with a week of measurements, indicators with a year and a half of months."""

from datetime import date, timedelta

import numpy as np
from django.contrib.gis.geos import Point
from django.db import connection

from gis_core.access import Reach
from gis_core.models import AdminUnit
from gis_core.pilot import plan
from gis_core.pilot.dice import dice
from gis_core.pilot.load import clear_demo_rows
from gis_core.pilot.steps import Run, pilot_step
from layers.ingestion import indicators, observations
from layers.models import Indicator, IndicatorValue, Station

HOURS = 7 * 24
MONTHS = 18
_EVERYTHING = Reach(everything=True)


def _clear_stations() -> None:
    """Delete the demo stations, their measurements first: the database checks them against each other."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM layers_observation o USING layers_station s WHERE s.id = o.station_id AND s.is_demo")
    clear_demo_rows(Station._meta.db_table)()


@pilot_step("stations", clear=_clear_stations, after=("admin_units",))
def load_stations(run: Run, _part: str) -> int:
    """Stations, then their hourly measurements up to the reference day, through the verb that live sources use."""
    rng, measured = dice(run.seed, "stations"), []
    for row in plan.read_rows("stations.csv"):
        place = Point(float(row["lon"]), float(row["lat"]), srid=4326)
        station = Station.objects.create(
            admin_unit=AdminUnit.objects.at_point(place.x, place.y, on=run.day),
            is_demo=True,
            geom=place,
            **{name: row[name] for name in ("code", "name", "observed_property", "unit_of_measure", "every_minutes")},
            **{name: float(row[name]) for name in ("watch_at", "alarm_at")},
        )
        for hour, result in enumerate(_course(row, rng)):
            measured.append(observations.Measured(station.code, run.moment - timedelta(hours=HOURS - hour), result))
    for first in range(0, len(measured), 1_000):
        observations.take_in(_EVERYTHING, measured[first : first + 1_000])
    run.progress.advance(len(measured))
    return len(measured)


def _course(row: dict[str, str], rng: np.random.Generator) -> list[float]:
    """A week of hours that hang together: a slow walk round the usual value, for rain with dry spells."""
    usual, spread = float(row["usual"]), float(row["spread"])
    walk = np.zeros(HOURS)
    for hour in range(1, HOURS):
        walk[hour] = 0.93 * walk[hour - 1] + rng.normal(0, 0.36)
    values = usual + spread * walk
    if row["observed_property"] == "rain":
        values = np.where(walk > 0.35, np.maximum(values, 0), 0)
    return [round(float(value), 2 if row["unit_of_measure"] == "m" else 0) for value in np.maximum(values, 0)]


@pilot_step("indicators", clear=clear_demo_rows(IndicatorValue._meta.db_table), after=("admin_units",))
def load_indicators(run: Run, _part: str) -> int:
    """Plan and actual by month, of the communes that were in force at each month's end."""
    rng, figures = dice(run.seed, "indicators"), []
    rows = list(plan.read_rows("indicators.csv"))
    for row in rows:
        Indicator.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "unit_of_measure": row["unit_of_measure"],
                "more_is_better": row["more_is_better"] == "true",
            },
        )
    for first, last in _months(run.day):
        communes = list(AdminUnit.objects.as_of(last).filter(level=AdminUnit.Level.COMMUNE, is_demo=True).order_by("code"))
        for row in rows:
            figures += [_figure(row, unit, first, len(communes), rng) for unit in communes]
    for start in range(0, len(figures), 2_000):
        indicators.take_in(_EVERYTHING, figures[start : start + 2_000], is_demo=True)
    run.progress.advance(len(figures))
    return len(figures)


def _figure(row: dict[str, str], unit: AdminUnit, month: date, communes: int, rng: np.random.Generator) -> indicators.Figure:
    # Figures of smaller, older units are smaller: the town as a whole keeps its size through the reform.
    planned = float(row["monthly_per_ward"]) * 4 / communes * (0.75 + 0.5 * rng.random())
    actual = planned * float(np.clip(rng.normal(1.0, float(row["spread"])), 0.35, 1.6))
    return indicators.Figure(row["code"], unit.code, f"{month:%Y-%m}", round(planned, 1), round(actual, 1))


def _months(day: date) -> list[tuple[date, date]]:
    """First and last day of the months that ended before `day`, the oldest first."""
    found, last = [], day.replace(day=1) - timedelta(days=1)
    for _month in range(MONTHS):
        found.append((last.replace(day=1), last))
        last = last.replace(day=1) - timedelta(days=1)
    return found[::-1]
