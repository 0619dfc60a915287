"""`name=value`: features whose published property equals a value (OGC API - Features 7.15.5)."""

from collections.abc import Callable
from typing import Any

import pytest

from layers.ogc.selection import filters
from tests.cast import Person
from tests.ogc.conftest import Ask
from tests.world import World, ordinary_layers

Features = Callable[..., list[dict[str, Any]]]
NAMES = [layer.name for layer in ordinary_layers()]


def text_of(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", NAMES)
def test_every_published_value_finds_its_features(features: Features, leader: Person, name: str) -> None:
    layer = next(found for found in ordinary_layers() if found.name == name)
    listed = features(name, leader, limit=1000)
    for attribute in filters(layer):
        wanted = next((found["properties"][attribute] for found in listed if found["properties"][attribute] is not None), None)
        if wanted is None:
            continue
        expected = {found["id"] for found in listed if found["properties"][attribute] == wanted}
        assert {found["id"] for found in features(name, leader, limit=1000, **{attribute: text_of(wanted)})} == expected


def test_filters_are_joined_by_and(features: Features, world: World, leader: Person) -> None:
    row = world.row("parcels", "A")
    properties = next(found["properties"] for found in features("parcels", leader) if found["id"] == row.pk)
    both = {"admin_unit_code": "20341", "sheet_no": properties["sheet_no"]}
    assert {found["id"] for found in features("parcels", leader, **both)} == {row.pk}
    assert features("parcels", leader, **{**both, "admin_unit_code": "20335"}) == []


def test_a_filter_never_reaches_beyond_the_persons_rows(features: Features, world: World, officer: Person) -> None:
    assert features("parcels", officer, admin_unit_code="203410") == []
    assert len(features("parcels", officer, admin_unit_code="20341")) == 2


def test_names_are_compared_in_one_form(features: Features) -> None:
    import unicodedata

    decomposed = unicodedata.normalize("NFD", "Phường Tam Kỳ")
    assert len(features("admin_units", name=decomposed)) == 1


@pytest.mark.parametrize(
    "name",
    [
        "geom",
        "geom_3857",
        "id",
        "pk",
        "uid",
        "updated_at",
        "admin_unit_id",
        "admin_unit__code",
        "admin_unit__parent__name",
        "category__name",
        "password",
    ],
)
def test_what_is_not_published_cannot_be_asked(ogc: Ask, leader: Person, name: str) -> None:
    for layer in ("parcels", "incidents"):
        answer = ogc(f"collections/{layer}/items", leader, **{name: "1"})
        assert answer.status_code == 400
        assert answer.json()["code" if "code" in answer.json() else "type"].endswith("unknown-parameter")


@pytest.mark.parametrize(
    ("layer", "name", "value"),
    [
        ("roads", "lanes", "two"),
        ("roads", "lanes", "2.0"),
        ("roads", "speed_kmh", "NaN"),
        ("roads", "road_class", "boulevard"),
        ("roads", "is_demo", "yes"),
        ("roads", "observed_at", "2025-07-01"),
        ("roads", "name", "a" * 2000),
        ("admin_units", "valid_from", "yesterday"),
    ],
)
def test_values_of_the_wrong_kind(ogc: Ask, layer: str, name: str, value: str) -> None:
    answer = ogc(f"collections/{layer}/items", **{name: value})
    assert answer.status_code == 400
    assert answer.json()["field"] == name


@pytest.mark.parametrize("value", ["2147483648", "-5", "999999999999999999"])
def test_numbers_that_no_row_can_have_find_nothing(features: Features, value: str) -> None:
    assert features("roads", lanes=value) == []


@pytest.mark.parametrize("value", ["'; DROP TABLE layers_roadsegment; --", "%", "_", "\\", '"'])
def test_texts_are_values_never_code(features: Features, value: str) -> None:
    assert features("roads", name=value) == []
