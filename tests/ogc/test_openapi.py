"""The API's definition says what the API does, for this person (OGC API - Features 7.3; OpenAPI 3.0)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import Cast, Person
from tests.ogc.conftest import Ask
from tests.world import World


@pytest.fixture
def definition(ogc: Ask, leader: Person) -> dict[str, Any]:
    """The leader's."""
    answer = ogc("api", leader)
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    found: dict[str, Any] = answer.json()
    return found


def references(node: Any) -> Iterator[str]:
    """Every $ref below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def resolve(definition: dict[str, Any], reference: str) -> Any:
    """What a local $ref points to."""
    node: Any = definition
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def parameters(definition: dict[str, Any], path: str) -> dict[str, dict[str, Any]]:
    """The parameters of a path by name."""
    listed = definition["paths"][path]["get"]["parameters"]
    found = [resolve(definition, one["$ref"]) if "$ref" in one else one for one in listed]
    return {one["name"]: one for one in found}


def test_every_reference_leads_somewhere(definition: dict[str, Any]) -> None:
    for reference in set(references(definition)):
        assert resolve(definition, reference)


def test_required_lists_are_never_empty(definition: dict[str, Any]) -> None:
    assert '"required": []' not in str(definition).replace("'", '"')


def test_operations_have_names_of_their_own(definition: dict[str, Any]) -> None:
    names = [entry["get"]["operationId"] for entry in definition["paths"].values()]
    assert len(names) == len(set(names))


def test_the_parameters_are_those_that_are_accepted(ogc: Ask, leader: Person, definition: dict[str, Any]) -> None:
    for path in definition["paths"]:
        if "{" in path:
            continue
        sentence = ogc(path.lstrip("/"), leader, headers={"Accept-Language": "en"}, unheard_of="1").json()["detail"]
        accepted = re.findall(r"[\w-]+", sentence.partition("accepted are: ")[2])
        assert set(accepted) == set(parameters(definition, path)), path


def test_bbox_limit_and_datetime_are_defined_as_the_standard_wants(definition: dict[str, Any]) -> None:
    found = parameters(definition, "/collections/parcels/items")
    for name in ("bbox", "limit", "datetime"):
        assert (found[name]["in"], found[name]["required"], found[name]["style"], found[name]["explode"]) == ("query", False, "form", False)
    assert found["bbox"]["schema"] == {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    assert found["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100}
    assert found["datetime"]["schema"]["type"] == "string"


def test_every_path_answers_with_what_it_declares(ogc: Ask, world: World, leader: Person, definition: dict[str, Any]) -> None:
    assert definition["servers"] == [{"url": "http://testserver/ogc"}]
    for path, entry in definition["paths"].items():
        layer = path.split("/")[2] if path.count("/") > 1 else ""
        address = path.replace("{featureId}", str(world.rows[layer][0].pk) if layer else "").lstrip("/")
        for media in entry["get"]["responses"]["200"]["content"]:
            answer = ogc(address, leader, headers={"Accept": media.partition(";")[0]})
            assert answer.status_code == 200, path
            assert answer.headers["Content-Type"].replace(" ", "").startswith(media)


@pytest.mark.parametrize("name", ["stranger", "anonymous", "officer"])
def test_only_layers_that_exist_for_the_person_are_named(ogc: Ask, cast: Cast, name: str) -> None:
    text = ogc("api", cast[name]).text
    assert ("parcels" in text) == (name == "officer")
    assert "/collections/roads/items" in text


def test_ways_to_sign_in_are_told(definition: dict[str, Any]) -> None:
    assert {"basic", "bearer", "session"} == set(definition["components"]["securitySchemes"])
    assert {} in definition["security"]
