"""`/query/metrics`: the same number at every level, on any day, for exactly the rows that a person sees."""

from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Count, Q, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_core.access import Reach
from gis_core.models import AdminUnit
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.metric import Metric, metrics_of, share, total
from layers.models import Facility
from layers.queries.asking import Asked
from layers.queries.sums import Asking, sums
from tests.cast import Person
from tests.service import Service
from tests.sql import execute
from tests.world import CELL, SOUTH, WEST, World, declared_layers

DAYS = (date(2024, 6, 1), date(2025, 4, 1), date(2026, 1, 1))
LEVELS = ("province", "district", "commune")
ASKED = (
    Metric("rows", "", Count("pk")),
    total("beds", "", "capacity"),
    share("health", "", Q(theme="health"), Q(capacity__isnull=False)),
    Metric("planned", "", Sum("capacity", filter=Q(theme="health")), "plan", plan=Sum("capacity")),
)
_ROW = st.tuples(
    st.floats(WEST, WEST + 5 * CELL, exclude_max=True),
    st.floats(SOUTH, SOUTH + 3 * CELL, exclude_max=True),
    st.none() | st.integers(0, 13),
    st.none() | st.integers(0, 500),
    st.sampled_from(("health", "education")),
)


def _layer(name: str) -> FeatureLayer:
    return next(layer for layer in catalogue.feature_layers() if layer.name == name)


@pytest.mark.django_db
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(_ROW, min_size=1, max_size=25))
def test_a_province_is_the_sum_of_its_districts_and_of_its_communes(world: World, rows: list[Any]) -> None:
    """Wherever rows lie, whatever unit of whatever generation they name, before the reform, between the two, and after it."""
    units = list(world.units.values())
    asked = Asked(_layer("facilities"), Reach(everything=True))
    with transaction.atomic():
        Facility.objects.bulk_create(_facility(row, units) for row in rows)
        for day in DAYS:
            whole = _wholes(asked, Asking("", "commune", None, None, day, None))
            for level in LEVELS:
                assert _wholes(asked, Asking("unit", level, None, None, day, None)) == whole, (day, level)
            _children_make_their_parents(asked, day)
        transaction.set_rollback(True)


def _facility(row: tuple[Any, ...], units: list[AdminUnit]) -> Facility:
    lon, lat, home, size, theme = row
    unit = None if home is None else units[home]
    return Facility(name="x", theme=theme, capacity=size, admin_unit=unit, geom=Point(lon, lat, srid=4326))


def _wholes(asked: Asked, asking: Asking) -> dict[str, Any]:
    return {name: part.whole for name, part in sums(asked, ASKED, asking).items()}


def _children_make_their_parents(asked: Asked, day: date) -> None:
    """A unit's own numbers are those of the communes below it together with the rows that name no commune."""
    provinces = [(key, parts) for key, _label, parts in _groups(asked, "province", day) if key]
    for key, parts in provinces:
        inside = _wholes(asked, Asking("", "commune", key["id"], None, day, None))
        assert inside["rows"] == parts
        assert inside == _wholes(asked, Asking("unit", "commune", key["id"], None, day, None))


def _groups(asked: Asked, level: str, day: date) -> list[tuple[Any, str, dict[str, Any]]]:
    return sums(asked, ASKED[:1], Asking("unit", level, None, None, day, None))["rows"].groups or []


@pytest.mark.django_db
def test_a_row_of_an_abolished_unit_counts_in_the_one_that_stands_there(world: World) -> None:
    """An Mỹ is gone since July 2025: today its row is Tam Kỳ's, in 2024 Tam Kỳ's row was An Mỹ's."""
    asked = Asked(_layer("facilities"), Reach(everything=True))
    today = {key["id"]: parts["amount"] for key, _label, parts in _groups(asked, "commune", DAYS[2]) if key}
    assert today[world.units["A"].pk] == 4
    assert world.units["an mỹ"].pk not in today
    before = {label for key, label, _parts in _groups(asked, "commune", DAYS[0]) if key}
    assert before >= {"Phường An Mỹ", "Phường An Sơn", "Phường Tân Thạnh"}


@pytest.mark.django_db
@pytest.mark.parametrize("layer", [layer.name for layer in declared_layers()])
def test_every_declared_number_adds_up(world: World, layer: str) -> None:
    """At three levels on three days."""
    declared = list(metrics_of(_layer(layer).metrics).values())
    asked = Asked(_layer(layer), Reach(everything=True))
    for day in DAYS:
        whole = sums(asked, declared, Asking("", "commune", None, None, day, None))
        for level in LEVELS:
            found = sums(asked, declared, Asking("unit", level, None, None, day, None))
            assert {name: part.whole for name, part in found.items()} == {name: part.whole for name, part in whole.items()}, (day, level)


def _ask(asgi: Service, person: Person | None = None, **query: Any) -> dict[str, Any]:
    answer = asgi.request("GET", "/query/metrics", person, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_viewport_and_a_unit_narrow_it(asgi: Service, world: World) -> None:
    """The cell of A's column holds A's rows and those that An Mỹ left; so does the unit."""
    box = f"{WEST + CELL},{SOUTH},{WEST + 1.9 * CELL},{SOUTH + 3 * CELL}"
    assert _ask(asgi, metrics="facilities.count", bbox=box)["metrics"][0]["value"] == 4
    assert _ask(asgi, metrics="facilities.count", unit=world.units["A"].pk)["metrics"][0]["value"] == 4
    assert _ask(asgi, metrics="facilities.count")["metrics"][0]["value"] == len(world.rows["facilities"])


def test_each_person_has_their_own_numbers(asgi: Service, officer: Person, leader: Person, anonymous: Person) -> None:
    """The same rule as for rows: a visitor's are the published ones."""
    mine = [_ask(asgi, person, metrics="incidents.open")["metrics"][0]["value"] for person in (anonymous, officer, leader)]
    assert mine[0] < mine[1] < mine[2]


def test_hours_attributes_and_words(asgi: Service, leader: Person) -> None:
    found = _ask(asgi, leader, metrics="incidents.count,incidents.on_time", by="hour")
    assert [entry["name"] for entry in found["metrics"]] == ["incidents.count", "incidents.on_time"]
    assert sum(group["amount"] for group in found["metrics"][0]["groups"]) == found["metrics"][0]["value"]
    (entry,) = _ask(asgi, metrics="facilities.count", by="theme", filter="theme='health'")["metrics"]
    assert [group["key"] for group in entry["groups"]] == ["health"]


def test_a_kept_answer_ends_with_the_change(asgi: Service, scratch: World) -> None:
    """304 while nothing changes; the new number at once when something does."""
    asked = "/query/metrics?metrics=facilities.count"
    first = asgi.get(asked)
    assert asgi.get(asked, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    execute("DELETE FROM layers_facility WHERE id = (SELECT min(id) FROM layers_facility)")
    second = asgi.get(asked, headers={"If-None-Match": first.headers["ETag"]})
    assert second.json()["metrics"][0]["value"] == first.json()["metrics"][0]["value"] - 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "metrics"),
        ({"metrics": "facilities.beauty"}, "metrics"),
        ({"metrics": "facilities.count", "by": "name2"}, "by"),
        ({"metrics": "facilities.count", "by": "hour"}, "by"),
        ({"metrics": "facilities,roads", "by": "theme"}, "by"),
        ({"metrics": "facilities,roads", "filter": "theme='health'"}, "filter"),
        ({"metrics": "facilities", "level": "village"}, "level"),
        ({"metrics": "facilities", "bbox": "109,15,108,16"}, "bbox"),
        ({"metrics": "facilities", "as_of": "yesterday"}, "as_of"),
        ({"metrics": "facilities", "unit": "x"}, "unit"),
    ],
)
def test_wrong_questions_are_named(asgi: Service, query: dict[str, str], field: str) -> None:
    answer = asgi.request("GET", "/query/metrics", None, params=query)
    assert answer.status_code == 400, answer.text
    assert field in answer.text


def test_a_unit_that_is_not_in_force_is_not_found(asgi: Service, world: World) -> None:
    asked = {"metrics": "facilities.count", "unit": str(world.units["an mỹ"].pk)}
    assert asgi.request("GET", "/query/metrics", None, params=asked).status_code == 404
    assert _ask(asgi, None, **asked, as_of="2025-01-01")["metrics"][0]["value"] >= 1
