"""The API's definition says what the API does, for this person (OGC API - Features 7.3; OpenAPI 3.0)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import Cast, Person
from tests.contract.services import tile_of
from tests.ogc.conftest import Ask
from tests.world import World

_SHEETS = {
    "application/vnd.mapbox.style+json": "mbs",
    "application/vnd.ogc.sld+xml;version=1.1": "sld11",
    "application/vnd.ogc.sld+xml;version=1.0": "sld10",
    "application/x-qgis-qml": "qml",
}


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
        address = address_of(world, path)
        get = entry["get"]
        for media in get["responses"]["200"]["content"]:
            answer = ogc(address, leader, headers={"Accept": media.partition(";")[0]}, **_format(definition, get, path, media))
            assert answer.status_code == 200, path
            assert answer.headers["Content-Type"].replace(" ", "").startswith(media.replace(" ", ""))


def address_of(world: World, path: str) -> str:
    """A path of the definition with a value in each place: a feature, a style, a tile with something in it."""
    layer = path.split("/")[2] if path.startswith("/collections/") else "roads"
    z, x, y = tile_of(*world.rows[layer][0].at, 16)
    known = {"featureId": world.rows[layer][0].pk, "tileMatrixSetId": "WebMercatorQuad", "styleId": "roads"}
    return path.format(**known, tileMatrix=z, tileRow=y, tileCol=x).lstrip("/")


def _format(definition: dict[str, Any], get: dict[str, Any], path: str, media: str) -> dict[str, str]:
    """Sheets and pictures are chosen by `f`: the one of its values that means this type."""
    if path == "/styles/{styleId}":
        return {"f": _SHEETS[media]}
    if "/map/tiles/" in path and path.endswith("{tileCol}"):
        keys = parameters(definition, path)["f"]["schema"]["enum"]
        return {"f": keys[list(get["responses"]["200"]["content"]).index(media)]}
    return {}


def test_tiles_and_styles_are_defined_with_the_names_of_the_standard(definition: dict[str, Any]) -> None:
    """20-057, clause 17: operations end alike everywhere, so that programs find them."""
    names = {entry["get"]["operationId"] for entry in definition["paths"].values()}
    for kind in ("dataset.vector", "parcels.collection.vector", "parcels.collection.map"):
        assert {f"{kind}.getTileSetsList", f"{kind}.getTileSet", f"{kind}.getTile"} <= names
    assert {"getTileMatrixSetsList", "getTileMatrixSet", "getStyles", "getStyle"} <= names


def test_only_the_persons_own_layers_have_tiles_and_styles(ogc: Ask, cast: Cast) -> None:
    for name, there in (("officer", True), ("stranger", False)):
        definition = ogc("api", cast[name]).json()
        chosen = parameters(definition, "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}")["collections"]
        styles = parameters(definition, "/styles/{styleId}")["styleId"]
        assert ("parcels" in chosen["schema"]["items"]["enum"]) is there
        assert ("parcels-dark" in styles["schema"]["enum"]) is there
        assert ("/collections/parcels/map/tiles" in definition["paths"]) is there


@pytest.mark.parametrize("name", ["stranger", "anonymous", "officer"])
def test_only_layers_that_exist_for_the_person_are_named(ogc: Ask, cast: Cast, name: str) -> None:
    text = ogc("api", cast[name]).text
    assert ("parcels" in text) == (name == "officer")
    assert "/collections/roads/items" in text


def test_ways_to_sign_in_are_told(definition: dict[str, Any]) -> None:
    assert {"basic", "bearer", "session"} == set(definition["components"]["securitySchemes"])
    assert {} in definition["security"]
