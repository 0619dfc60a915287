"""`sortby`, and pages that stay whole under any order (OGC API - Features Part 5, Sortables; Part 8)."""

from typing import Any

import pytest

from tests.cast import Person
from tests.ogc.conftest import Ask
from tests.ogc.test_paging import follow, ids, walk
from tests.world import World, ordinary_layers

LAYERS = {layer.name: layer for layer in ordinary_layers()}
ITEMS = "collections/facilities/items"


def ordered(features: list[dict[str, Any]], name: str, *, descending: bool) -> list[Any]:
    """Their values."""
    values = [feature["properties"][name] for feature in features]
    known = [value for value in values if value is not None]
    blank = [None] * (len(values) - len(known))
    assert values == (blank + known if descending else known + blank), "what has no value counts as the last"
    return known


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("layer", list(LAYERS))
def test_every_sortable_sorts(ogc: Ask, leader: Person, layer: str, descending: bool) -> None:
    names = ogc(f"collections/{layer}/sortables", leader).json()["properties"]
    assert names
    for name, schema in names.items():
        features = ogc(f"collections/{layer}/items", leader, sortby=f"{'-' if descending else ''}{name}", limit=100).json()["features"]
        known = ordered(features, name, descending=descending)
        if schema["type"] != "string" or "format" in schema:
            assert known == sorted(known, reverse=descending), name


@pytest.mark.parametrize("sortby", ["name", "-name", "kind,-name", "capacity,name", "-capacity,-kind", "-is_demo"])
@pytest.mark.parametrize("limit", [1, 4, 7])
def test_pages_under_an_order_are_the_list(ogc: Ask, world: World, sortby: str, limit: int) -> None:
    everything = ids(ogc(ITEMS, sortby=sortby, limit=100).json())
    assert sorted(everything) == sorted(row.pk for row in world.rows["facilities"])
    pages = walk(ogc, ogc(ITEMS, sortby=sortby, limit=limit).json(), "next")
    assert [pk for page in pages for pk in page] == everything


@pytest.mark.parametrize("sortby", ["name", "-capacity,kind"])
def test_the_way_back(ogc: Ask, sortby: str) -> None:
    page = ogc(ITEMS, sortby=sortby, limit=5).json()
    forth = [ids(page)]
    while (following := follow(ogc, page, "next")) is not None:
        page = following
        forth.append(ids(page))
    back = walk(ogc, page, "prev")
    assert [pk for found in reversed(back) for pk in found] == [pk for found in forth for pk in found]


@pytest.mark.parametrize("value", ["nothing", "--name", "geom", "admin_unit__path", "", ",", "a,b,c,d,e"])
def test_what_cannot_be_sorted_by(ogc: Ask, value: str) -> None:
    answer = ogc(ITEMS, sortby=value)
    assert answer.status_code == 400
    assert answer.json()["field"] == "sortby"


@pytest.mark.parametrize("cursor", ["gt.3", "gt.bm90IGpzb24", "gt.W10", "gt.WyIxIl0", "gt.WzEsMl0", "gt.WyIxIix7fV0", "lt.WyIxIiwieCIsMV0"])
def test_places_of_another_order(ogc: Ask, cursor: str) -> None:
    answer = ogc(ITEMS, sortby="capacity", cursor=cursor)
    assert answer.status_code == 400
    assert answer.json()["field"] == "cursor"


def test_a_plus_is_ascending(ogc: Ask) -> None:
    assert ids(ogc(ITEMS, sortby="+name").json()) == ids(ogc(ITEMS, sortby="name").json())


def test_only_the_properties_that_are_asked_for(ogc: Ask, world: World) -> None:
    for feature in ogc(ITEMS, properties="name,kind").json()["features"]:
        assert set(feature["properties"]) == {"name", "kind"}
        assert feature["geometry"]
    assert "kind" not in ogc(ITEMS, properties="name", f="html").text.split("<tbody>")[1]
    answer = ogc(ITEMS, properties="name,secret")
    assert (answer.status_code, answer.json()["field"]) == (400, "properties")
