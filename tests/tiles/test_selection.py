"""`filter=` and `properties=` on tiles: the same algebra as items, from memory and from the database, with exact validators."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.cast import Person
from tests.contract.services import Tile, decode, tile_of, tiles_over
from tests.service import Service
from tests.sql import execute
from tests.world import BOUNDS, SOUTH, WEST, World

PLACE = tile_of(WEST + 0.01, SOUTH + 0.01, 11)


def path(layers: str, at: Tile = PLACE, /, **query: str) -> str:
    z, x, y = at
    return f"/tiles/{layers}/{z}/{x}/{y}.mvt?{urlencode(query)}"


def ids(asgi: Service, layer: str, person: Person | None = None, /, **query: str) -> set[int]:
    found: set[int] = set()
    for at in tiles_over(BOUNDS, 14 if layer == "parcels" else 13):
        answer = asgi.get(path(layer, at, **query), person)
        assert answer.status_code in (200, 204), answer.text
        found |= {feature["id"] for feature in decode(answer.content).get(layer, [])}
    return found


# From memory; and with a change that nobody has made: the node cannot know it and asks the database.
SOURCES: list[dict[str, str]] = [{}, {"min_seq": "99999999999"}]


@pytest.mark.parametrize("source", SOURCES, ids=["memory", "database"])
@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ("facilities", "name LIKE '%0x%'"),
        ("facilities", "NOT (name LIKE '%0x%')"),
        ("facilities", "theme = 'nothing'"),
        ("roads", "lanes IS NULL AND name LIKE '%0x%'"),
        ("roads", "road_class IN ('primary', 'secondary') OR casei(name) LIKE casei('%MARK%1x%')"),
        ("parcels", "admin_unit_code = '20341'"),
        ("parcels", f"S_INTERSECTS(geom, BBOX({WEST}, {SOUTH}, {WEST + 0.02}, {SOUTH + 0.005}))"),
        ("incidents", "reported_at > DATE('2020-01-01') AND is_public = true"),
    ],
)
def test_tiles_and_items_select_the_same(
    asgi: Service, world: World, leader: Person, layer: str, text: str, source: dict[str, str]
) -> None:
    listed = f"/ogc/collections/{layer}/items?limit=1000&filter={quote(text)}"
    page = asgi.get(listed, leader, headers={"Accept": "application/geo+json"})
    expected = {feature["id"] for feature in page.json()["features"]}
    everything = ids(asgi, layer, leader)
    assert ids(asgi, layer, leader, filter=text, **source) == expected & everything
    assert expected < everything


def test_json_means_the_same_as_text(asgi: Service, world: World) -> None:
    tree = {"op": "like", "args": [{"property": "name"}, "%0x%"]}
    found = ids(asgi, "facilities", filter=json.dumps(tree), **{"filter-lang": "cql2-json"})
    assert found == ids(asgi, "facilities", filter="name LIKE '%0x%'")
    assert found


def test_a_filter_never_widens_what_one_may_see(asgi: Service, world: World, officer: Person) -> None:
    own = ids(asgi, "parcels", officer)
    assert ids(asgi, "parcels", officer, filter="admin_unit_code <> '' OR admin_unit_code IS NULL") == own
    assert ids(asgi, "parcels", officer, filter="admin_unit_code = '203410'") == set()
    assert asgi.get(path("parcels", filter="land_use = 'ODT'")).status_code == 404, "not even whether it has such a field"


def test_the_validator_knows_the_filter(asgi: Service, world: World) -> None:
    def tag(**query: str) -> str:
        return str(asgi.get(path("facilities", **query)).headers["ETag"])

    plain, filtered, other = tag(), tag(filter="name LIKE '%0x%'"), tag(filter="name LIKE '%1x%'")
    assert len({plain, filtered, other, tag(properties="name"), tag(properties="")}) == 5
    assert tag(filter="name  LIKE  '%0x%'") == filtered, "however it is written"
    again = asgi.get(path("facilities", filter="name LIKE '%0x%'"), headers={"If-None-Match": filtered})
    assert again.status_code == 304
    assert asgi.get(path("facilities", filter="name LIKE '%1x%'"), headers={"If-None-Match": filtered}).status_code == 200


def test_an_edit_moves_a_feature_out_of_a_filtered_tile(asgi: Service, scratch: World) -> None:
    row = scratch.row("facilities", "A")
    asked = path("facilities", filter="name LIKE '%0x%'")
    before = asgi.get(asked)
    execute("UPDATE layers_facility SET name = 'khác' WHERE id = %s", row.pk)
    after = asgi.get(asked, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert row.pk in {feature["id"] for feature in decode(before.content)["facilities"]}
    assert row.pk not in {feature["id"] for feature in decode(after.content)["facilities"]}


def test_a_unit_that_is_renamed_changes_tiles_that_ask_for_its_name(asgi: Service, scratch: World, leader: Person) -> None:
    """The name stands in another table, far from the parcel's own row."""
    asked = path("parcels", tile_of(*scratch.row("parcels", "A").at, 15), filter="admin_unit = 'Phường Tam Kỳ'")
    before = asgi.get(asked, leader)
    assert before.status_code == 200
    execute("UPDATE gis_core_adminunit SET name = 'Phường Mới' WHERE id = %s", scratch.units["A"].pk)
    after = asgi.get(asked, leader, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 204


@pytest.mark.parametrize("source", SOURCES, ids=["memory", "database"])
@pytest.mark.parametrize(
    ("properties", "names"), [("", set()), ("name", {"name"}), ("kind, name", {"name", "kind"}), ("name,address", {"name", "address"})]
)
def test_properties(asgi: Service, world: World, properties: str, names: set[str], source: dict[str, str]) -> None:
    """Of tile fields from memory, of any published field from the database, and none for an empty list."""
    features = decode(asgi.get(path("facilities", properties=properties, **source)).content)["facilities"]
    assert set().union(*(feature["properties"] for feature in features)) == names
    full = {feature["id"]: feature for feature in decode(asgi.get(path("facilities")).content)["facilities"]}
    assert {feature["id"] for feature in features} == set(full)
    for feature in features:
        for name in names & set(full[feature["id"]]["properties"]):
            assert feature["properties"][name] == full[feature["id"]]["properties"][name]


def test_numbers_and_times_keep_their_types(asgi: Service, world: World, leader: Person) -> None:
    def first(layer: str, properties: str) -> dict[str, Any]:
        at = tile_of(*world.row(layer, "A").at, 15)
        found: dict[str, Any] = decode(asgi.get(path(layer, at, properties=properties), leader).content)[layer][0]["properties"]
        return found

    assert isinstance(first("parcels", "area_m2")["area_m2"], int | float)
    assert "T" in first("incidents", "reported_at")["reported_at"]


def test_properties_of_several_layers(asgi: Service, world: World) -> None:
    """Each layer gives what it has; a name that none of them has is a mistake."""
    layers = decode(asgi.get(path("roads,facilities", properties="name,lanes,kind")).content)
    assert set().union(*(feature["properties"] for feature in layers["facilities"])) <= {"name", "kind"}
    assert asgi.get(path("roads,facilities", properties="land_use")).status_code == 400


@pytest.mark.parametrize(
    ("query", "field", "named"),
    [
        ({"filter": "colour = 'red'"}, "filter", "colour"),
        ({"filter": "name = 3"}, "filter", "name"),
        ({"filter": "name ="}, "filter", "CQL2"),
        ({"filter": "S_INTERSECTS(geom, POINT(15 108))"}, "filter", "15"),
        ({"filter": "(" * 3000}, "filter", "filter"),
        ({"filter": "name = 'x'", "filter-lang": "sql"}, "filter-lang", "cql2-text"),
        ({"filter": "name = 'x'", "filter-crs": "EPSG:1"}, "filter-crs", "EPSG:1"),
        ({"properties": "geom_3857"}, "properties", "geom_3857"),
        ({"properties": "name,phone"}, "properties", "phone"),
        ({"colour": "red"}, "colour", "properties"),
    ],
)
def test_mistakes_are_named(asgi: Service, query: dict[str, str], field: str, named: str) -> None:
    answer = asgi.get(path("facilities", **query))
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert named in answer.json()["detail"]


def test_tilejson_carries_the_selection_on(asgi: Service, world: World) -> None:
    """So that a map which is given the document's address draws what was selected."""
    query = urlencode({"filter": "name LIKE '%0x%'", "properties": "name,address"})
    document = asgi.get(f"/tiles/facilities.json?{query}").json()
    (template,) = document["tiles"]
    address = template.replace("http://testserver", "").format(z=PLACE[0], x=PLACE[1], y=PLACE[2])
    features = decode(asgi.get(address).content)["facilities"]
    assert {feature["id"] for feature in features} == ids(asgi, "facilities", filter="name LIKE '%0x%'")
    assert features
    assert set(document["vector_layers"][0]["fields"]) == {"name", "address"}
