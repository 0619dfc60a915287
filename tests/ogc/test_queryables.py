"""Queryables: what can be asked of a layer, with the words behind codes."""

from datetime import date, datetime
from typing import Any

import pytest

from layers.ogc.selection import filters
from tests.cast import Person
from tests.ogc.conftest import Ask
from tests.world import World, ordinary_layers

LAYERS = ordinary_layers()


def read(ogc: Ask, name: str, person: Person | None = None, language: str = "en") -> dict[str, Any]:
    answer = ogc(f"collections/{name}/queryables", person, headers={"Accept-Language": language})
    assert answer.headers["Content-Type"] == "application/schema+json"
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("name", [layer.name for layer in LAYERS])
def test_a_schema_of_exactly_what_can_be_asked(ogc: Ask, leader: Person, name: str) -> None:
    schema = read(ogc, name, leader)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"http://testserver/ogc/collections/{name}/queryables"
    assert schema["type"] == "object"
    layer = next(found for found in LAYERS if found.name == name)
    assert set(schema["properties"]) == {"geom", *filters(layer)}
    assert schema["properties"]["geom"]["x-ogc-role"] == "primary-geometry"
    for one in schema["properties"].values():
        assert one["title"]


_HOLDS: dict[str, Any] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: type(value) is bool,
    "date": lambda value: bool(date.fromisoformat(value)),
    "date-time": lambda value: datetime.fromisoformat(value).tzinfo is not None,
}


def test_features_are_what_the_schema_says(ogc: Ask, world: World, leader: Person) -> None:
    for layer in LAYERS:
        said = read(ogc, layer.name, leader)["properties"]
        for feature in ogc(f"collections/{layer.name}/items", leader).json()["features"]:
            for name, value in feature["properties"].items():
                if value is None:
                    continue
                schema = said[name]
                assert _HOLDS[schema["type"]](value), (name, value)
                assert _HOLDS[schema.get("format", schema["type"])](value), (name, value)
                assert value == "" or value in schema.get("enum", [value])
                assert len(str(value)) <= schema.get("maxLength", len(str(value)))


def test_codes_have_words_in_the_readers_language(ogc: Ask) -> None:
    state = read(ogc, "roads")["properties"]["traffic_state"]
    assert state["enum"] == ["free", "slow", "jammed", "closed"]
    assert state["oneOf"][0] == {"const": "free", "title": "free"}
    assert read(ogc, "roads", language="vi")["properties"]["traffic_state"]["oneOf"][0]["title"] != "free"


def test_types(ogc: Ask, leader: Person) -> None:
    parcels = read(ogc, "parcels", leader)["properties"]
    assert parcels["sheet_no"]["type"] == "integer"
    assert parcels["area_m2"]["type"] == "number"
    assert parcels["is_demo"]["type"] == "boolean"
    assert parcels["address"] == {"title": "Address", "type": "string", "maxLength": 200}
    assert parcels["admin_unit_code"]["type"] == "string"
    assert read(ogc, "admin_units")["properties"]["valid_from"]["format"] == "date"
    assert read(ogc, "incidents")["properties"]["reported_at"]["format"] == "date-time"
