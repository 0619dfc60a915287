"""Demo measurements and figures: the same each time, plausible, never later than the day on which the demo plays."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from gis_core.pilot import plan
from gis_core.pilot.dice import dice
from layers.ingestion.indicators import period_of
from layers.pilot import themes

STATIONS = list(plan.read_rows("stations.csv"))
INDICATORS = list(plan.read_rows("indicators.csv"))


@pytest.mark.parametrize("row", STATIONS, ids=[row["code"] for row in STATIONS])
def test_a_station_measures_a_whole_week(row: dict[str, str]) -> None:
    """Never below nought, near its usual value, and alike for one seed."""
    course = themes._course(row, dice(1, "stations"))
    assert len(course) == themes.HOURS
    assert course == themes._course(row, dice(1, "stations"))
    assert min(course) >= 0
    assert max(course) < float(row["usual"]) + 6 * float(row["spread"])
    assert len(set(course)) > 10


def test_rain_has_dry_spells() -> None:
    """Else nobody would notice the wet ones."""
    for row in STATIONS:
        if row["observed_property"] == "rain":
            course = themes._course(row, dice(1, "stations"))
            assert course.count(0) > themes.HOURS // 5


@pytest.mark.parametrize("row", STATIONS, ids=[row["code"] for row in STATIONS])
def test_stations_say_that_they_are_made_up(row: dict[str, str]) -> None:
    """In their names, and their thresholds are in order."""
    assert "(minh họa)" in row["name"]
    assert row["code"].startswith("DEMO-")
    assert float(row["watch_at"]) < float(row["alarm_at"])
    assert 108.4 < float(row["lon"]) < 108.6
    assert 15.5 < float(row["lat"]) < 15.7


@pytest.mark.parametrize("day", [date(2026, 11, 28), date(2026, 1, 1), date(2024, 3, 31), date(2024, 2, 29)])
def test_months_are_whole_and_follow_each_other(day: date) -> None:
    """They end before the day; the last of them is the month before it."""
    months = themes._months(day)
    assert len(months) == themes.MONTHS
    for (first, last), (following, _end) in pairwise(months):
        assert first.day == 1
        assert last + timedelta(days=1) == following
    assert months[-1][1] == day.replace(day=1) - timedelta(days=1)
    assert all(period_of(f"{first:%Y-%m}") == (first, last + timedelta(days=1)) for first, last in months)


def test_indicators_have_codes_names_and_units() -> None:
    assert len({row["code"] for row in INDICATORS}) == len(INDICATORS) > 3
    assert all(row["name"] and row["unit_of_measure"] and float(row["monthly_per_ward"]) > 0 for row in INDICATORS)
