"""What filters select, beside what Python says about the same rows; in the database and over the store's columns."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_core.access import Reach
from layers.filters.masks import mask
from layers.filters.selecting import read_filter
from layers.layer import FeatureLayer
from layers.store.values import Dictionary, Heap
from tests import factories
from tests.world import declared_layers

LAYERS: dict[str, FeatureLayer] = {layer.name: layer for layer in declared_layers()}
ROADS = LAYERS["roads"]
ALL = Reach(everything=True)
NAMES = ("Đường Hùng Vương", "đường hùng vương", "Duong Hung Vuong", "100%_\\", "")
Values = dict[str, Any]


@pytest.fixture
def roads(db: None) -> dict[int, Values]:
    """Roads of every kind, some of whose values are absent, by key."""
    ROADS.model._default_manager.all().delete()
    made: dict[int, Values] = {}
    for number in range(12):
        values: Values = {
            "name": NAMES[number % len(NAMES)],
            "road_class": ("primary", "secondary", "residential")[number % 3],
            "lanes": None if number % 4 == 3 else number % 4,
            "speed_kmh": None if number % 5 == 4 else number * 7.5,
            "observed_at": None if number % 6 == 5 else datetime(2025, 7, 1 + number // 4, 3 * (number % 8), tzinfo=UTC),
        }
        x = 108.4 + 0.01 * number
        row = ROADS.model._default_manager.create(**values, geom=MultiLineString(LineString((x, 15.5), (x + 0.005, 15.5)), srid=4326))
        made[row.pk] = values
    return made


def selected(text: str, layer: FeatureLayer = ROADS, /, **more: str) -> set[int]:
    found = read_filter({"filter": text, **more}, layer)
    assert found is not None
    return set(found.of(layer.rows(ALL)).values_list("pk", flat=True))


def expected(roads: dict[int, Values], holds: Callable[[Values], object]) -> set[int]:
    return {key for key, values in roads.items() if holds(values)}


def known(values: Values, *names: str) -> bool:
    return all(values[name] is not None for name in names)


def test_comparisons_and_absent_values(roads: dict[int, Values]) -> None:
    """NOT of what is unknown is unknown too (7.1): rows without the value are on neither side."""
    assert selected("lanes = 2") == expected(roads, lambda row: row["lanes"] == 2)
    assert selected("NOT (lanes = 2)") == expected(roads, lambda row: known(row, "lanes") and row["lanes"] != 2)
    assert selected("lanes <> 2") == selected("NOT (lanes = 2)")
    assert selected("lanes = 2 OR NOT (lanes = 2)") == selected("lanes IS NOT NULL") == expected(roads, lambda row: known(row, "lanes"))
    assert selected("lanes IS NULL") == expected(roads, lambda row: not known(row, "lanes"))
    assert selected("lanes IS NULL OR lanes >= 0") == set(roads)


def test_lists_and_ranges(roads: dict[int, Values]) -> None:
    assert selected("lanes IN (0, 2, 77)") == expected(roads, lambda row: row["lanes"] in (0, 2))
    assert selected("lanes NOT IN (0, 2)") == expected(roads, lambda row: row["lanes"] == 1)
    assert selected("speed_kmh BETWEEN 15 AND 45") == expected(roads, lambda row: known(row, "speed_kmh") and 15 <= row["speed_kmh"] <= 45)
    assert selected("speed_kmh = 7.5") == expected(roads, lambda row: row["speed_kmh"] == 7.5)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("%ng%", {0, 1, 2}), ("Đường%", {0}), ("_ường%", {0, 1}), ("100\\%\\_\\\\", {3}), ("", {4}), ("%", {0, 1, 2, 3, 4})],
)
def test_patterns(roads: dict[int, Values], pattern: str, names: set[int]) -> None:
    assert selected(f"name LIKE '{pattern}'") == expected(roads, lambda row: NAMES.index(row["name"]) in names)


def test_case_and_accents(roads: dict[int, Values]) -> None:
    """Of Vietnamese letters too, đ included."""
    assert selected("casei(name) = casei('ĐƯỜNG HÙNG VƯƠNG')") == expected(roads, lambda row: NAMES.index(row["name"]) in (0, 1))
    assert selected("accenti(name) = accenti('Đường Hùng Vương')") == expected(roads, lambda row: NAMES.index(row["name"]) in (0, 2))
    everything = "accenti(casei(name)) LIKE accenti(casei('%HÙNG%'))"
    assert selected(everything) == expected(roads, lambda row: NAMES.index(row["name"]) in (0, 1, 2))
    assert selected("casei(name) IN (casei('ĐƯỜNG HÙNG VƯƠNG'), casei('x'))") == selected("casei(name) = casei('đường hùng vương')")


DAY, NEXT = datetime(2025, 7, 1, 17, tzinfo=UTC), datetime(2025, 7, 2, 17, tzinfo=UTC)  # 2 July in Vietnam


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("observed_at = DATE('2025-07-02')", lambda t: DAY <= t < NEXT),
        ("observed_at < DATE('2025-07-02')", lambda t: t < DAY),
        ("observed_at > DATE('2025-07-02')", lambda t: t >= NEXT),
        ("observed_at <= DATE('2025-07-02')", lambda t: t < NEXT),
        ("observed_at > TIMESTAMP('2025-07-02T03:00:00Z')", lambda t: t > datetime(2025, 7, 2, 3, tzinfo=UTC)),
        ("T_BEFORE(observed_at, DATE('2025-07-02'))", lambda t: t < DAY),
        ("T_AFTER(observed_at, DATE('2025-07-02'))", lambda t: t >= NEXT),
        ("T_DURING(observed_at, INTERVAL('2025-07-02', '2025-07-02'))", lambda t: DAY < t < NEXT),
        ("T_INTERSECTS(observed_at, INTERVAL('2025-07-02', '..'))", lambda t: t >= DAY),
        ("T_INTERSECTS(observed_at, INTERVAL('..', '2025-07-02'))", lambda t: t < NEXT),
        ("T_DISJOINT(observed_at, INTERVAL('2025-07-02', '..'))", lambda t: t < DAY),
        ("T_DURING(observed_at, INTERVAL('..', '..'))", lambda t: True),
    ],
)
def test_times(roads: dict[int, Values], text: str, holds: Callable[[datetime], bool]) -> None:
    """A date beside an instant is a day in Vietnam."""
    absent = selected("observed_at IS NULL")
    assert selected(text) - absent == expected(roads, lambda row: row["observed_at"] and holds(row["observed_at"]))


@pytest.mark.parametrize(
    ("function", "units"),
    [("T_MEETS", "before"), ("T_CONTAINS", "around"), ("T_EQUALS", "same"), ("T_STARTS", "starting"), ("T_OVERLAPS", "across")],
)
def test_intervals_of_two_columns(db: None, function: str, units: str) -> None:
    """Allen's relations on validity, each of which one unit alone has to the year 2024."""
    layer = LAYERS["admin_units"]
    ends = {
        "before": (date(2020, 1, 1), date(2024, 1, 1)),
        "around": (date(2020, 1, 1), date(2026, 1, 1)),
        "same": (date(2024, 1, 1), date(2024, 12, 31)),
        "starting": (date(2024, 1, 1), date(2024, 6, 1)),
        "across": (date(2023, 1, 1), date(2024, 6, 1)),
    }
    for number, (name, (begin, end)) in enumerate(ends.items()):
        area = factories.box(100 + number, 10, 100.5 + number, 11)
        factories.unit(f"9{number}/", area, name=name, valid_from=begin, valid_to=end)
    found = read_filter({"filter": f"{function}(INTERVAL(valid_from, valid_to), INTERVAL('2024-01-01', '2024-12-31'))"}, layer)
    assert found is not None
    assert set(found.of(layer.model._default_manager.filter(code__startswith="9")).values_list("name", flat=True)) == {units}


BOX = "BBOX(108.395, 15.4, 108.4225, 15.6)"
POLYGON = "POLYGON((108.395 15.4, 108.4225 15.4, 108.4225 15.6, 108.395 15.6, 108.395 15.4))"


@pytest.mark.parametrize("shape", [BOX, POLYGON, POLYGON.replace("POLYGON((", "MULTIPOLYGON(((").replace("))", ")))")])
def test_places(roads: dict[int, Values], shape: str) -> None:
    """Roads 0 and 1 lie inside, road 2 is cut, the others lie outside."""
    keys = sorted(roads)
    assert selected(f"S_INTERSECTS(geom, {shape})") == set(keys[:3])
    assert selected(f"S_WITHIN(geom, {shape})") == selected(f"S_CONTAINS({shape}, geom)") == set(keys[:2])
    assert selected(f"S_CROSSES(geom, {shape})") == {keys[2]}
    assert selected(f"S_DISJOINT(geom, {shape})") == set(keys[3:])
    assert selected(f"S_CONTAINS(geom, {shape})") == selected(f"S_OVERLAPS(geom, {shape})") == set()


def test_places_of_other_systems(roads: dict[int, Values]) -> None:
    """`filter-crs`: latitude first where the authority says so, and VN-2000 through the pinned operation."""
    keys = sorted(roads)
    point = Point(108.4025, 15.5, srid=4326)
    assert selected("S_INTERSECTS(geom, POINT(108.4025 15.5))") == {keys[0]}
    assert selected("S_INTERSECTS(geom, POINT(15.5 108.4025))", **{"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}) == {keys[0]}
    from gis_core import crs

    east, north = crs.transform(4326, 5899, point.x, point.y)
    box = f"BBOX({east - 5}, {north - 5}, {east + 5}, {north + 5})"
    assert selected(f"S_INTERSECTS(geom, {box})", **{"filter-crs": crs.uri(5899)}) == {keys[0]}


def test_touching_and_equal(roads: dict[int, Values]) -> None:
    keys = sorted(roads)
    assert selected("S_TOUCHES(geom, POINT(108.4 15.5))") == {keys[0]}
    assert selected("S_EQUALS(geom, LINESTRING(108.4 15.5, 108.405 15.5))") == {keys[0]}
    assert selected("S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(108.4 15.5), POINT(108.415 15.5)))") == {keys[0], keys[1]}


_LEAVES = st.sampled_from(
    [
        "road_class = 'primary'",
        "road_class <> 'primary'",
        "road_class IN ('primary', 'residential')",
        "name LIKE '%ng%'",
        "name LIKE '100\\%%'",
        "name IS NULL",
        "traffic_state = 'free'",
        "traffic_state IS NULL",
        "NOT (traffic_state = 'slow')",
    ]
)
_EXPRESSIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner), st.builds("({} OR {})".format, inner, inner), st.builds("NOT ({})".format, inner)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_EXPRESSIONS)
def test_memory_and_database_agree(roads: dict[int, Values], text: str) -> None:
    """On any expression over tile fields, absent values included."""
    found = read_filter({"filter": text}, ROADS)
    assert found is not None and found.in_memory
    rows = list(ROADS.rows(ALL).order_by("pk").values_list("pk", *ROADS.tile_fields))
    dictionaries = [Dictionary("string", Heap()) for _field in ROADS.tile_fields]
    codes = [
        dictionary.codes([None if value is None else str(value) for value in column])
        for dictionary, column in zip(dictionaries, list(zip(*rows, strict=True))[1:], strict=True)
    ]
    kept = np.flatnonzero(mask(found.term, ROADS, codes, dictionaries))
    assert {rows[index][0] for index in kept.tolist()} == selected(text)


@pytest.mark.parametrize(
    "text", ["lanes = 2", "casei(name) = 'x'", "name > 'a'", "S_INTERSECTS(geom, POINT(108 15))", "name = 'x' AND lanes = 2", "name = ref"]
)
def test_what_only_the_database_decides(text: str) -> None:
    found = read_filter({"filter": text}, ROADS)
    assert found is not None and not found.in_memory


def test_what_is_asked_of_other_tables_is_known() -> None:
    """Their changes change the answer."""
    joined = read_filter({"filter": "admin_unit = 'Phường Tam Kỳ'"}, LAYERS["parcels"])
    own = read_filter({"filter": "land_use = 'ODT'"}, LAYERS["parcels"])
    assert joined is not None and joined.tables == {"gis_core_adminunit"}
    assert own is not None and own.tables == frozenset()
