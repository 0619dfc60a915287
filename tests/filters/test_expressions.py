"""Arithmetic, functions, lists, and anything on either side (21-065r2: Arithmetic, Functions, Array Functions, Property-Property)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection

from gis_core.errors import BadParameter
from layers.filters.functions import FUNCTIONS
from layers.filters.selecting import read_filter
from tests.filters.test_rows import ROADS, Values, expected, known, roads, selected

__all__ = ["roads"]  # the fixture


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("lanes + 1 = 3", lambda row: row["lanes"] + 1 == 3),
        ("lanes - 2 < lanes", lambda row: True),
        ("lanes * 2 > 3", lambda row: row["lanes"] * 2 > 3),
        ("lanes / 2 = 0.5", lambda row: row["lanes"] / 2 == 0.5),
        ("lanes div 2 = 1", lambda row: row["lanes"] // 2 == 1),
        ("lanes % 2 = 0", lambda row: row["lanes"] % 2 == 0),
        ("lanes ^ 2 = 4", lambda row: row["lanes"] ** 2 == 4),
        ("2 ^ lanes <= 2", lambda row: 2 ** row["lanes"] <= 2),
        ("-lanes < -1", lambda row: -row["lanes"] < -1),
        ("(lanes + 1) * (lanes + 1) = lanes * lanes + 2 * lanes + 1", lambda row: True),
        ("1 + 1 = lanes", lambda row: row["lanes"] == 2),
        ("lanes BETWEEN 3 - 2 AND 1 + 1", lambda row: 1 <= row["lanes"] <= 2),
        ("lanes IN (1 + 1, 0)", lambda row: row["lanes"] in (0, 2)),
        ("10 / lanes > 4", lambda row: row["lanes"] and 10 / row["lanes"] > 4),
        ("abs(lanes - 2) = 1", lambda row: abs(row["lanes"] - 2) == 1),
    ],
)
def test_arithmetic(roads: dict[int, Values], text: str, holds: Callable[[Values], object]) -> None:
    """In double precision; nothing divided by zero has a value."""
    assert selected(text) == expected(roads, lambda row: known(row, "lanes") and holds(row))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("length(name) > 5", lambda row: len(row["name"]) > 5),
        ("upper(name) = 'ĐƯỜNG HÙNG VƯƠNG'", lambda row: row["name"].upper() == "ĐƯỜNG HÙNG VƯƠNG"),
        ("lower(name) LIKE 'đường%'", lambda row: row["name"].lower().startswith("đường")),
        ("casei(lower(name)) = casei(upper('Duong Hung Vuong'))", lambda row: row["name"].lower() == "duong hung vuong"),
        ("concat(name, '!') = 'Duong Hung Vuong!'", lambda row: row["name"] == "Duong Hung Vuong"),
        ("trim(concat(' ', name)) = name", lambda row: True),
        ("A_CONTAINS(split(name, ' '), ('Hung', 'Duong'))", lambda row: row["name"] == "Duong Hung Vuong"),
        ("A_EQUALS(split(name, ' '), ('Vuong', 'Hung', 'Duong'))", lambda row: row["name"] == "Duong Hung Vuong"),
        ("A_CONTAINEDBY(split(name, ' '), ('Vuong', 'Hung', 'Duong', 'x'))", lambda row: row["name"] in ("Duong Hung Vuong", "")),
        ("A_OVERLAPS(('Hùng', 'x'), split(name, ' '))", lambda row: "Hùng" in row["name"].split()),
        ("split(name, ' ') = ('Vuong', 'Hung', 'Duong')", lambda row: row["name"] == "Duong Hung Vuong"),
        ("split(name, ' ') <> ('Vuong', 'Hung', 'Duong')", lambda row: row["name"] != "Duong Hung Vuong"),
        ("A_EQUALS(('a', TRUE, 1.0, 8), ('a', TRUE, 8, 1))", lambda row: True),
    ],
)
def test_texts_and_lists(roads: dict[int, Values], text: str, holds: Callable[[Values], object]) -> None:
    """Lists are held against each other as sets."""
    assert selected(text) == expected(roads, holds)


@pytest.mark.parametrize(
    ("text", "holds"),
    [("year(observed_at) = 2025", lambda t: True), ("month(observed_at) = 8", lambda t: False), ("day(observed_at) = 2", lambda t: t == 2)],
)
def test_parts_of_times(roads: dict[int, Values], text: str, holds: Callable[[object], bool]) -> None:
    """As the calendar in Vietnam shows them."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert selected(text) == expected(roads, lambda row: row["observed_at"] and holds(row["observed_at"].astimezone(zone).day))


def test_measures_are_metres_of_the_plane(roads: dict[int, Values]) -> None:
    """A road of 0.005 degrees is about 536 m long there."""
    keys = sorted(roads)
    assert selected("line_length(geom) > 530 AND line_length(geom) < 540") == set(keys)
    assert selected("area(geom) > 0") == set()
    assert selected("distance(geom, POINT(108.4 15.501)) BETWEEN 105 AND 115") == {keys[0]}
    assert selected("distance(geom, BBOX(108.3, 15.4, 108.401, 15.6)) = 0") == {keys[0]}
    assert selected("area(geom) IS NULL") == set()


@pytest.mark.parametrize(
    ("text", "everything"),
    [
        ("TRUE", True),
        ("1 = 1", True),
        ("1 + 1 > 3", False),
        ("'a' < 'b'", True),
        ("DATE('2025-07-01') = DATE('2025-07-01')", True),
        ("name = name AND geom IS NOT NULL", True),
        ("S_INTERSECTS(geom, geom)", True),
        ("S_TOUCHES(geom, geom)", False),
        ("S_CROSSES(LINESTRING(0 0, 2 2), POLYGON((1 1, 3 1, 3 3, 1 3, 1 1)))", True),
        ("S_DISJOINT(POINT(0 0), BBOX(1, 1, 2, 2))", True),
        ("T_DURING(INTERVAL('1969-07-20T20:17:40Z', '1969-07-21T17:54:00Z'), INTERVAL('1969-07-16', '1969-07-24'))", True),
        ("T_AFTER(DATE('2025-07-01'), DATE('2025-07-02'))", False),
    ],
)
def test_either_side_may_be_anything(roads: dict[int, Values], text: str, everything: bool) -> None:
    assert selected(text) == (set(roads) if everything else set())


def test_one_property_beside_another(roads: dict[int, Values]) -> None:
    assert selected("speed_kmh > lanes") == expected(
        roads, lambda row: known(row, "speed_kmh", "lanes") and row["speed_kmh"] > row["lanes"]
    )
    assert selected("lanes = speed_kmh") == expected(
        roads, lambda row: known(row, "speed_kmh", "lanes") and row["speed_kmh"] == row["lanes"]
    )
    assert selected("name IN (name, 'x')") == set(roads)


def test_every_function_runs(roads: dict[int, Values]) -> None:
    """With arguments of its own types."""
    example = {"string": "name", "number": "lanes", "time": "observed_at", "geometry": "geom", "shape": "POINT(108 15)"}
    for function in FUNCTIONS.values():
        call = f"{function.name}({', '.join(example[kind] for kind in function.takes)})"
        assert selected(f"{call} IS NULL") <= set(roads)
        assert selected(f"{call} = {call}") <= set(roads)


def test_what_the_database_cannot_compute_is_the_callers_fault(roads: dict[int, Values]) -> None:
    """An overflow ends the statement; that is a 400 and not a failure of the service."""
    from django.db import DataError, transaction

    from gis_core.errors import problem_of

    with pytest.raises(DataError) as caught, transaction.atomic():
        selected("10 ^ (lanes * 1000) > 1")
    assert problem_of(caught.value).status == 400
    cause = caught.value.__cause__
    assert isinstance(cause, Exception) and problem_of(cause).status == 400, "the hot path sees the driver's own"


def test_texts_of_callers_are_parameters(roads: dict[int, Values]) -> None:
    """In functions and lists too."""
    evil = "x'' OR 1=1); DROP TABLE layers_road; --"
    for text in (f"concat(name, '{evil}') = name", f"A_CONTAINS(split(name, '{evil}'), ('{evil}'))", f"upper('{evil}') = name"):
        assert selected(text) == set()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {ROADS.table}")
        assert cursor.fetchone() == (len(roads),)


def test_computed_filters_have_normal_forms() -> None:
    one, other = (read_filter({"filter": text}, ROADS) for text in ("lanes + 1 = 2 AND name = 'x'", "name = 'x' AND 2 = lanes + 1"))
    assert one is not None and other is not None and one.key == other.key
    assert not one.in_memory


@pytest.mark.parametrize("depth", [31, 32, 200])
def test_arithmetic_is_bounded_too(depth: int) -> None:
    text = "(" * depth + "lanes" + " + 1)" * depth + " > 0"
    if depth < 32:
        assert read_filter({"filter": text}, ROADS)
    else:
        with pytest.raises(BadParameter):
            read_filter({"filter": text}, ROADS)


def test_instants_of_rows_are_what_was_stored(roads: dict[int, Values]) -> None:
    assert selected("observed_at = TIMESTAMP('2025-07-01T00:00:00Z')") == expected(
        roads, lambda row: row["observed_at"] == datetime(2025, 7, 1, tzinfo=UTC)
    )
