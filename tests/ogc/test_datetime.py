"""`datetime`: which features were there when (OGC API - Features 7.15.4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Person
from tests.factories import NOON, feature
from tests.ogc.conftest import Ask
from tests.world import WEST, World

Features = Callable[..., list[dict[str, Any]]]


def paths(found: list[dict[str, Any]]) -> set[str]:
    return {feature["properties"]["path"] for feature in found}


@pytest.mark.parametrize(
    ("when", "there", "gone"),
    [
        ("2020-02-01", {"49/502/20341/", "49/502/20338/", "51/21034/"}, {"48/20341/"}),
        ("2025-02-28", {"49/502/20338/"}, {"48/20341/"}),
        ("2025-03-01", {"49/502/20347/"}, {"49/502/20338/", "48/20341/"}),
        ("2025-06-30", {"49/502/20341/"}, {"48/20341/"}),
        ("2025-07-01", {"48/20341/", "48/203410/"}, {"49/502/20341/"}),
        ("2025-06-30T23:59:59+07:00", {"49/502/20341/"}, {"48/20341/"}),
        ("2025-06-30T17:00:00Z", {"48/20341/"}, {"49/502/20341/"}),
        ("2025-06-30/2025-07-01", {"48/20341/", "49/502/20341/"}, {"49/502/20338/"}),
        ("../2020-01-31", set(), {"49/502/20341/", "48/20341/"}),
        ("../2020-02-01", {"49/502/20341/"}, {"48/20341/"}),
        ("2025-07-01/..", {"48/20341/"}, {"49/502/20341/"}),
        ("2025-06-30/..", {"48/20341/", "49/502/20341/"}, {"49/502/20338/"}),
        ("../..", {"48/20341/", "49/502/20341/", "49/502/20338/"}, set()),
    ],
)
def test_units_of_a_day_or_an_interval(features: Features, when: str, there: set[str], gone: set[str]) -> None:
    found = paths(features("admin_units", datetime=when))
    assert there <= found
    assert found.isdisjoint(gone)


def test_without_a_date_units_are_todays(features: Features) -> None:
    assert paths(features("admin_units")) == paths(features("admin_units", datetime=timezone.localdate().isoformat()))


def test_other_layers_show_everything_without_a_date(features: Features, world: World, leader: Person) -> None:
    assert len(features("incidents", leader)) == len(world.rows["incidents"])


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        ("2026-01-15", True),
        ("2026-01-14", False),
        ("2026-01-15T05:00:00Z", True),
        ("2026-01-15T12:00:00+07:00", True),
        ("2026-01-15T05:00:01Z", False),
        ("2026-01-15T05:00:00Z/2026-01-15T05:00:00Z", True),
        ("2026-01-15T05:00:01Z/..", False),
        ("../2026-01-15T05:00:00Z", True),
        ("../2026-01-14", False),
        ("2026-01-01/2026-01-31", True),
    ],
)
def test_events_of_an_instant_or_an_interval(features: Features, world: World, leader: Person, when: str, shown: bool) -> None:
    expected = len(world.rows["incidents"]) if shown else 0
    assert len(features("incidents", leader, datetime=when)) == expected


def test_a_day_is_a_day_in_viet_nam(features: Features, scratch: World, leader: Person) -> None:
    from incidents.models import Incident

    unit, before = scratch.units["A"], {found["id"] for found in features("incidents", leader, datetime="2026-03-01")}
    midnight = NOON.replace(month=2, day=28, hour=17)  # the first moment of 1 March in Việt Nam
    first = feature(Incident, unit, (WEST, 15.56), "first", reported_at=midnight)
    feature(Incident, unit, (WEST, 15.56), "eve", reported_at=midnight - timedelta(microseconds=1))
    found = {found["id"] for found in features("incidents", leader, datetime="2026-03-01")}
    assert found - before == {first.pk}


def test_time_says_nothing_about_layers_without_time(features: Features) -> None:
    assert len(features("roads", datetime="1999-01-01")) == len(features("roads"))


@pytest.mark.parametrize("when", ["", "x", "2025-07-32", "2025-07-02/2025-07-01", "a/b/c", "0001-01-01/..", "2025-07-01/9999-12-31"])
def test_times_that_are_none(ogc: Ask, when: str) -> None:
    answer = ogc("collections/admin_units/items", datetime=when)
    assert answer.status_code == 400
    assert answer.json()["field"] == "datetime"
