"""Demo incidents: plausible, coherent, the same for the same day."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import shapely

from gis_core.pilot import plan
from gis_core.pilot.town import Town
from incidents.models import Incident
from incidents.pilot.reports import Report, how_many, make_reports

MOMENT = datetime(2026, 11, 22, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
OPEN = {"new", "received", "assigned", "in_progress", "reopened"}


@pytest.fixture(scope="module")
def reports(small_town: Town) -> list[Report]:
    return make_reports(small_town, seed=1, scale=1.0, moment=MOMENT)


def test_same_day_same_reports(small_town: Town, reports: list[Report]) -> None:
    assert make_reports(small_town, seed=1, scale=1.0, moment=MOMENT) == reports


def test_there_are_about_as_many_as_wanted(reports: list[Report]) -> None:
    assert 0.85 * how_many(1.0) < len(reports) <= how_many(1.0)
    assert how_many(20) == how_many(4)


def test_they_fill_ninety_days_and_none_is_in_the_future(reports: list[Report]) -> None:
    assert all(MOMENT - timedelta(days=91) < report.reported_at < MOMENT for report in reports)
    assert max(report.reported_at for report in reports) > MOMENT - timedelta(days=1)
    assert all(report.updated_at <= MOMENT for report in reports)


def test_times_and_states_fit(reports: list[Report]) -> None:
    for report in reports:
        assert report.reported_at < report.due_at
        assert (report.resolved_at is not None) == (report.status in {"resolved", "confirmed"})
        if report.resolved_at:
            assert report.reported_at < report.resolved_at <= MOMENT


def test_work_of_every_kind_is_there(reports: list[Report]) -> None:
    states = Counter(report.status for report in reports)
    assert set(states) == set(Incident.Status.values)
    assert states["confirmed"] > sum(states[state] for state in OPEN)
    assert any(report.due_at < MOMENT for report in reports if report.status in OPEN)
    assert {report.severity for report in reports} == set(Incident.Severity.values)
    assert {report.category for report in reports} == {row["code"] for row in plan.read_rows("incident_categories.csv")}


def test_texts_are_filled_in(reports: list[Report]) -> None:
    assert not [report for report in reports if "{" in report.title + report.description]
    assert all(len(report.title) <= 160 and report.description.endswith(".") for report in reports)


def test_they_lie_in_the_ward_they_name(reports: list[Report]) -> None:
    outlines = plan.unit_outlines()
    today = {row["code"]: row["name"] for row in plan.read_rows("admin_units.csv") if not row["valid_to"]}
    for report in reports:
        ward = shapely.union_all([outlines[old] for old, new in plan.successors().items() if new == report.unit])
        assert shapely.contains_xy(ward.buffer(1e-7), *report.lonlat)
        assert report.address.lower().endswith(today[report.unit].lower())


def test_what_is_not_for_the_public_is_not_public(reports: list[Report]) -> None:
    assert not [report for report in reports if report.is_public and report.category == "an-ninh-trat-tu"]
    assert not [report for report in reports if report.is_public and report.status == "new"]
