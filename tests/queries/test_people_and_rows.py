"""Two people ask the same question and get their own rows: in every list, count, sum, group and hit."""

from typing import Any

import pytest

from tests.cast import Person
from tests.contract import oracle
from tests.service import Service
from tests.world import BOUNDS, World

_EVERYTHING = "POLYGON(({0} {1},{2} {1},{2} {3},{0} {3},{0} {1}))".format(
    BOUNDS[0] - 0.01, BOUNDS[1] - 0.01, BOUNDS[2] + 0.01, BOUNDS[3] + 0.01
)
LAYERS = ("parcels", "incidents", "facilities")
PEOPLE = ("officer", "sibling", "analyst", "leader")


def _get(asgi: Service, person: Person, path: str, **query: Any) -> dict[str, Any]:
    answer = asgi.request("GET", path, person, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _seen(world: World, person: Person, layer: str) -> set[int]:
    return {row.pk for row in oracle.expected(world, person, layer)}


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", PEOPLE)
def test_an_area_holds_ones_own_rows(asgi: Service, world: World, name: str, layer: str) -> None:
    """Features and their number."""
    person = world.cast[name]
    found = _get(asgi, person, "/query/within", layer=layer, geometry=_EVERYTHING, limit=1000, count="true")
    assert {feature["id"] for feature in found["features"]} == _seen(world, person, layer)
    assert found["numberMatched"] == found["numberReturned"] == len(_seen(world, person, layer))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("by", ["unit", "grid", "hexagon"])
def test_groups_count_ones_own_rows(asgi: Service, world: World, name: str, layer: str, by: str) -> None:
    """A hidden row is in no group; a seen one is in one."""
    person = world.cast[name]
    found = _get(asgi, person, "/query/aggregate", layer=layer, by=by)
    assert found["count"] == sum(group["count"] for group in found["groups"]) == len(_seen(world, person, layer))


@pytest.mark.parametrize("name", PEOPLE)
def test_units_of_others_are_no_groups(asgi: Service, world: World, name: str) -> None:
    """A unit in which one sees nothing is not even named."""
    person = world.cast[name]
    homes = {row.home for row in oracle.expected(world, person, "parcels")}
    found = _get(asgi, person, "/query/aggregate", layer="parcels", by="unit")
    named = {group["key"]["id"] for group in found["groups"] if group["key"]}
    assert named <= {world.units[home].pk for home in homes if home}


@pytest.mark.parametrize("name", PEOPLE)
def test_sums_are_of_ones_own_rows(asgi: Service, world: World, name: str) -> None:
    """The sum over units is the sum of the areas that one sees in items."""
    person = world.cast[name]
    items = _get(asgi, person, "/ogc/collections/parcels/items", limit=1000, f="json")
    areas = sum(feature["properties"]["area_m2"] or 0 for feature in items["features"])
    found = _get(asgi, person, "/query/aggregate", layer="parcels", by="unit", measure="sum", field="area_m2")
    assert sum(group["value"] or 0 for group in found["groups"]) == pytest.approx(areas)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", PEOPLE)
def test_the_nearest_are_ones_own(asgi: Service, world: World, name: str, layer: str) -> None:
    """From the place of a row that one does not see."""
    person = world.cast[name]
    hidden = [row for row in world.rows[layer] if row.pk not in _seen(world, person, layer)]
    at = (hidden or world.rows[layer])[0].at
    (result,) = _get(asgi, person, "/query/nearest", lon=at[0], lat=at[1], layers=layer, k=100)["results"]
    ids = [feature["id"] for feature in result["features"]]
    assert set(ids) == _seen(world, person, layer)
    metres = [feature["distance_m"] for feature in result["features"]]
    assert metres == sorted(metres)


@pytest.mark.parametrize("name", PEOPLE)
def test_search_finds_ones_own_marks(asgi: Service, world: World, name: str) -> None:
    """Each row of facilities carries a word of its own; parcels' marks are found by who sees the parcel."""
    person = world.cast[name]
    for layer in ("facilities", "incidents"):
        for row in world.rows[layer]:
            hits = _get(asgi, person, "/query/search", q=row.label, layers=layer)["results"]
            exact = {hit["id"] for hit in hits if row.label in (hit["label"], hit["detail"])}
            if row.pk not in _seen(world, person, layer):
                assert row.pk not in {hit["id"] for hit in hits}
            else:
                assert not exact or row.pk in exact


@pytest.mark.parametrize("relation", ["intersects", "within"])
def test_pages_are_stable_and_whole(asgi: Service, world: World, leader: Person, relation: str) -> None:
    """Page by page it is the list that one large page is."""
    query = {"layer": "parcels", "geometry": _EVERYTHING, "relation": relation}
    whole = [feature["id"] for feature in _get(asgi, leader, "/query/within", **query, limit=1000)["features"]]
    parts: list[int] = []
    page = _get(asgi, leader, "/query/within", **query, limit=3)
    while True:
        parts += [feature["id"] for feature in page["features"]]
        following = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        if following is None:
            break
        page = asgi.get(following, leader).json()
    assert parts == whole == sorted(whole)
