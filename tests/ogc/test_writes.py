"""Creating, replacing, updating and deleting features (OGC API - Features Part 4), as QGIS and scripts do it."""

from typing import Any

import httpx
import orjson
import pytest
from django.test import Client

from gis_core import crs
from gis_core.models import Role
from layers.models import Facility
from tests import factories
from tests.cast import Cast, Person
from tests.contract import oracle
from tests.ogc.conftest import Ask
from tests.world import World, declared_layers

pytestmark = pytest.mark.django_db
ITEMS = "/ogc/collections/facilities/items"
PATCH = "application/merge-patch+json"
GEOJSON = "application/geo+json"


@pytest.fixture
def client(world: World, db: None) -> Client:
    """An analyst of unit A."""
    user = factories.user()
    factories.jurisdiction(user, Role.ANALYST, world.units["A"])
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def spot(world: World, unit: str = "A") -> dict[str, Any]:
    """A position in a unit."""
    point = world.units[unit].geom.point_on_surface
    return {"type": "Point", "coordinates": [point.x, point.y]}


def body(world: World, unit: str = "A", **properties: Any) -> bytes:
    """A new clinic."""
    values = {"name": "Trạm y tế An Mỹ", "theme": "health", **properties}
    return orjson.dumps({"type": "Feature", "geometry": spot(world, unit), "properties": values})


def send(client: Client, method: str, path: str, content: bytes = b"", kind: str = GEOJSON, **headers: str) -> Any:
    """A write."""
    return client.generic(method, path, content, content_type=kind, headers=headers)


@pytest.fixture
def made(client: Client, world: World) -> str:
    """The address of a feature that was just created."""
    answer = send(client, "POST", ITEMS, body(world))
    assert answer.status_code == 201, answer.content
    return str(answer.headers["Location"]).removeprefix("http://testserver")


def test_a_new_feature_has_an_address_and_a_validator(client: Client, world: World) -> None:
    answer = send(client, "POST", ITEMS, body(world, capacity=12))
    assert answer.status_code == 201
    assert int(answer.headers["X-Change-Seq"]) > 0
    read = client.get(answer.headers["Location"], headers={"Accept": GEOJSON}).json()
    assert (read["properties"]["name"], read["properties"]["capacity"]) == ("Trạm y tế An Mỹ", 12)
    pk = int(answer.headers["Location"].rpartition("/")[2])
    assert Facility.objects.get(pk=pk).admin_unit == world.units["A"]
    assert read["geometry"]["coordinates"] == pytest.approx(spot(world)["coordinates"], abs=1e-6)


def test_replacing_takes_back_what_is_left_out(client: Client, world: World, made: str) -> None:
    send(client, "PATCH", made, orjson.dumps({"properties": {"capacity": 40}}), PATCH)
    answer = send(client, "PUT", made, body(world, name="Trạm y tế mới"))
    assert answer.status_code == 204
    properties = client.get(made, headers={"Accept": GEOJSON}).json()["properties"]
    assert (properties["name"], properties["capacity"]) == ("Trạm y tế mới", None)


def test_a_patch_changes_what_it_names(client: Client, world: World, made: str) -> None:
    answer = send(client, "PATCH", made, orjson.dumps({"properties": {"capacity": 40, "address": None}}), PATCH)
    assert answer.status_code == 204
    read = client.get(made, headers={"Accept": GEOJSON}).json()
    assert (read["properties"]["name"], read["properties"]["capacity"]) == ("Trạm y tế An Mỹ", 40)
    moved = {"type": "Point", "coordinates": [spot(world)["coordinates"][0] + 1e-5, spot(world)["coordinates"][1]]}
    assert send(client, "PATCH", made, orjson.dumps({"geometry": moved}), PATCH).status_code == 204
    assert client.get(made, headers={"Accept": GEOJSON}).json()["geometry"]["coordinates"] == pytest.approx(moved["coordinates"])


def test_deleting(client: Client, made: str) -> None:
    assert send(client, "DELETE", made).status_code == 204
    assert client.get(made).status_code == 404
    assert send(client, "DELETE", made).status_code == 404


def test_if_match_guards_against_lost_updates(client: Client, made: str) -> None:
    seen = client.get(made, headers={"Accept": GEOJSON}).headers["ETag"]
    first = send(client, "PATCH", made, b'{"properties": {"capacity": 1}}', PATCH, **{"If-Match": seen})
    assert first.status_code == 204
    late = send(client, "PATCH", made, b'{"properties": {"capacity": 2}}', PATCH, **{"If-Match": seen})
    assert late.status_code == 412
    assert late.json()["version"] in first.headers["ETag"]
    again = send(client, "PATCH", made, b'{"properties": {"capacity": 3}}', PATCH, **{"If-Match": first.headers["ETag"]})
    assert again.status_code == 204
    assert client.get(made, headers={"Accept": GEOJSON}).json()["properties"]["capacity"] == 3


@pytest.mark.parametrize("tag", ['"nothing"', 'W/"1.2"', '"1.2"', "x"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_validators_that_are_none(client: Client, world: World, made: str, method: str, tag: str) -> None:
    content = body(world) if method == "PUT" else b'{"properties": {"capacity": 1}}'
    answer = send(client, method, made, content, PATCH if method == "PATCH" else GEOJSON, **{"If-Match": tag})
    assert answer.status_code == 412
    assert client.get(made).status_code == 200


def test_if_match_of_what_is_not_there(client: Client, world: World) -> None:
    """Part 4, /req/create-replace-delete/put-rid-exception."""
    path = f"{ITEMS}/987654321"
    assert send(client, "PUT", path, body(world), **{"If-Match": "*"}).status_code == 412
    assert send(client, "PUT", path, body(world)).status_code == 404


def test_an_office_may_want_if_match(client: Client, world: World, made: str, settings: Any) -> None:
    settings.REQUIRE_IF_MATCH = True
    assert send(client, "PATCH", made, b'{"properties": {"capacity": 1}}', PATCH).status_code == 428
    assert send(client, "PATCH", made, b'{"properties": {"capacity": 1}}', PATCH, **{"If-Match": "*"}).status_code == 204


def test_coordinates_in_the_crs_that_the_body_names(client: Client, world: World) -> None:
    lon, lat = spot(world)["coordinates"]
    east, north = crs.transform(4326, 5899, lon, lat)
    for uri, coordinates in ((crs.uri(5899), [east, north]), (crs.uri(4326), [lat, lon]), (crs.CRS84, [lon, lat])):
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": coordinates},
            "properties": {"name": "x", "theme": "health"},
        }
        answer = send(client, "POST", ITEMS, orjson.dumps(feature), **{"Content-Crs": f"<{uri}>"})
        assert answer.status_code == 201, answer.content
        pk = int(answer.headers["Location"].rpartition("/")[2])
        assert Facility.objects.get(pk=pk).geom.coords == pytest.approx((lon, lat), abs=1e-7)
    answer = send(client, "POST", ITEMS, body(world), **{"Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/32648>"})
    assert (answer.status_code, answer.json()["field"]) == (400, "Content-Crs")


@pytest.mark.parametrize(
    ("content", "kind", "status", "field"),
    [
        (b"{", GEOJSON, 400, "body"),
        (b"[]", GEOJSON, 400, "body"),
        (b"\xff\xfe", GEOJSON, 400, "body"),
        (b"[" * 100_000, GEOJSON, 400, "body"),
        (b"<Feature/>", "application/xml", 415, "Content-Type"),
        (b"{}", "", 415, "Content-Type"),
        (b'{"type": "FeatureCollection", "features": []}', GEOJSON, 400, "features"),
        (b'{"type": "Point", "coordinates": [1, 2]}', GEOJSON, 400, "coordinates"),
        (b'{"type": "Feature", "properties": [], "geometry": null}', GEOJSON, 400, "properties"),
        (b'{"type": "Feature", "properties": {}, "geometry": "POINT(1 2)"}', GEOJSON, 400, "geometry"),
        (b'{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1e400, 2]}}', GEOJSON, 400, None),
        (b'{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1]}}', GEOJSON, 400, "geometry"),
        (b'{"type": "Feature", "properties": {}, "geometry": null}', GEOJSON, 422, None),
        (b'{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": []}}', GEOJSON, 400, "geometry"),
    ],
)
def test_bodies_that_cannot_be_understood(client: Client, content: bytes, kind: str, status: int, field: str | None) -> None:
    before = Facility.objects.count()
    answer = send(client, "POST", ITEMS, content, kind)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    if field:
        assert answer.json()["field"] == field
    assert Facility.objects.count() == before


def test_rules_are_told_in_words(client: Client, world: World) -> None:
    """Every violation with its field, and where the person has no right."""
    answer = send(client, "POST", ITEMS, body(world, capacity="many", nonsense=1))
    assert answer.status_code == 422
    assert {found["field"] for found in answer.json()["violations"]} == {"capacity", "nonsense"}
    elsewhere = send(client, "POST", ITEMS, body(world, "B"))
    assert elsewhere.status_code == 422
    assert world.units["B"].name in elsewhere.json()["detail"]


def test_a_row_of_another_unit_is_not_there(client: Client, world: World) -> None:
    pk = world.row("facilities", "B").pk
    for method, content in (("PATCH", b'{"properties": {"name": "x"}}'), ("DELETE", b"")):
        assert send(client, method, f"{ITEMS}/{pk}", content, PATCH).status_code == 404


def test_the_id_stays(client: Client, world: World, made: str) -> None:
    assert send(client, "PATCH", made, b'{"id": 5, "properties": {"name": "x"}}', PATCH).status_code == 400
    pk = int(made.rpartition("/")[2])
    assert send(client, "PATCH", made, orjson.dumps({"id": pk, "properties": {"name": "x"}}), PATCH).status_code == 204


def test_visitors_are_asked_to_sign_in(world: World, db: None) -> None:
    answer = send(Client(), "POST", ITEMS, body(world))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("name", ["officer", "sibling", "analyst", "leader", "stranger", "anonymous", "operator"])
def test_methods_are_those_of_the_person(ogc: Ask, cast: Cast, world: World, asgi: Any, name: str) -> None:
    """Over OPTIONS, which is how QGIS learns what can be edited; what is not named is refused."""
    for layer in declared_layers():
        path, row = f"/ogc/collections/{layer.name}/items", world.rows[layer.name][0]
        answers: dict[str, httpx.Response] = {
            address: asgi.request("OPTIONS", address, cast[name]) for address in (path, f"{path}/{row.pk}")
        }
        if not oracle.exists_for(cast[name], layer.name):
            assert {answer.status_code for answer in answers.values()} == {404}
            continue
        for address, answer in answers.items():
            assert answer.status_code == 200
            methods = set(answer.headers["Allow"].split(", "))
            assert {"GET", "HEAD", "OPTIONS"} <= methods
            assert cast[name].user is not None or methods == {"GET", "HEAD", "OPTIONS"}
            refused = {"POST", "PUT", "PATCH", "DELETE"} - methods
            for method in refused:
                assert asgi.request(method, address, cast[name]).status_code in (401, 403, 405), (method, address)


def test_parcels_become_changes_to_approve(world: World, officer: Person, db: None) -> None:
    """202 with the place where the change is seen; land's rules in words."""
    client = officer.client()
    path = f"/ogc/collections/parcels/items/{world.row('parcels', 'A').pk}"
    seen = client.get(path, headers={"Accept": GEOJSON}).headers["ETag"]
    english = {"Accept-Language": "en"}
    content = '{"properties": {"address": "Số 5 Phan Châu Trinh"}}'.encode()
    answer = send(client, "PATCH", path, content, PATCH, **{"If-Match": seen, **english})
    assert answer.status_code == 202, answer.content
    assert "approved" in answer.json()["detail"]
    assert "/land/" in answer.headers["Location"]
    gone = send(client, "DELETE", path, b"", GEOJSON, **english)
    assert gone.status_code == 422
    assert "/land/" in gone.json()["detail"]
    assert send(client, "PATCH", path, content, PATCH, **{"If-Match": '"77.x"'}).status_code == 412


def test_the_definition_names_the_writes_of_the_person(ogc: Ask, cast: Cast) -> None:
    assert "post" in ogc("api", cast["analyst"]).json()["paths"]["/collections/facilities/items"]
    assert "post" not in ogc("api", cast["anonymous"]).json()["paths"]["/collections/facilities/items"]
