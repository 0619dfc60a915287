"""Pages: complete, without doubles, stable under edits (OGC API - Features 7.15.2, 7.15.6)."""

from typing import Any

import pytest

from tests.cast import Person
from tests.factories import feature
from tests.memory import skip_in_memory
from tests.ogc.conftest import Ask, link_of
from tests.world import WEST, World

ITEMS = "collections/facilities/items"


def follow(ogc: Ask, document: dict[str, Any], rel: str, person: Person | None = None) -> dict[str, Any] | None:
    """The neighbouring page, None where no link leads there."""
    if rel not in {link["rel"] for link in document["links"]}:
        return None
    path = link_of(document, rel).removeprefix("http://testserver/ogc/")
    answer = ogc(path, person)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(document: dict[str, Any]) -> list[int]:
    return [found["id"] for found in document["features"]]


def walk(ogc: Ask, first: dict[str, Any], rel: str) -> list[list[int]]:
    """The ids of each page from `first` on."""
    pages, page = [], first
    while True:
        pages.append(ids(page))
        following = follow(ogc, page, rel)
        if following is None:
            return pages
        page = following


@pytest.mark.parametrize("limit", [1, 3, 5, 11, 12, 13, 100])
def test_the_pages_are_the_list(ogc: Ask, world: World, limit: int) -> None:
    everything = sorted(row.pk for row in world.rows["facilities"])
    pages = walk(ogc, ogc(ITEMS, limit=limit).json(), "next")
    assert [pk for page in pages for pk in page] == everything
    assert all(len(page) == limit for page in pages[:-1])


def test_back_is_the_way_forth_turned_round(ogc: Ask) -> None:
    page = ogc(ITEMS, limit=5).json()
    forth = [ids(page)]
    while (following := follow(ogc, page, "next")) is not None:
        page = following
        forth.append(ids(page))
    back = walk(ogc, page, "prev")
    assert [pk for part in reversed(back) for pk in part] == [pk for part in forth for pk in part]


def test_the_first_page_has_no_previous_and_the_last_no_next(ogc: Ask) -> None:
    first = ogc(ITEMS, limit=5).json()
    assert "prev" not in {link["rel"] for link in first["links"]}
    assert "next" not in {link["rel"] for link in ogc(ITEMS).json()["links"]}


def test_links_keep_the_other_parameters(ogc: Ask) -> None:
    document = ogc(ITEMS, limit=2, is_demo="false", bbox="108,15,109,16", f="geojson").json()
    for part in ("limit=2", "is_demo=false", "bbox=108%2C15%2C109%2C16", "f=geojson"):
        assert part in link_of(document, "next")


def test_rows_that_come_and_go_shift_nothing(ogc: Ask, scratch: World) -> None:
    from layers.themes.facilities import Facility

    keys = sorted(row.pk for row in scratch.rows["facilities"])
    first = ogc(ITEMS, limit=4).json()
    assert ids(first) == keys[:4]
    Facility.objects.filter(pk__in=keys[:2]).delete()
    new = feature(Facility, scratch.units["A"], (WEST, 15.56), "new")
    second = follow(ogc, first, "next")
    assert second is not None
    assert ids(second) == keys[4:8]
    assert [pk for page in walk(ogc, second, "next") for pk in page] == [*keys[4:], new.pk]


def test_the_page_stays_when_its_last_row_goes(ogc: Ask, scratch: World) -> None:
    from layers.themes.facilities import Facility

    keys = sorted(row.pk for row in scratch.rows["facilities"])
    first = ogc(ITEMS, limit=4).json()
    Facility.objects.filter(pk=keys[3]).delete()
    second = follow(ogc, first, "next")
    assert second is not None
    assert ids(second) == keys[4:8]


def test_a_place_behind_the_end_is_an_empty_page(ogc: Ask) -> None:
    document = ogc(ITEMS, cursor="gt.9223372036854775807").json()
    assert document["features"] == []
    assert document["numberReturned"] == 0


def test_offset_counts(ogc: Ask, world: World) -> None:
    keys = sorted(row.pk for row in world.rows["facilities"])
    document = ogc(ITEMS, limit=3, offset=4).json()
    assert ids(document) == keys[4:7]
    following, previous = follow(ogc, document, "next"), follow(ogc, document, "prev")
    assert following is not None
    assert previous is not None
    assert ids(following) == keys[7:10]
    assert ids(previous) == keys[1:4]
    assert ogc(ITEMS, offset=10_000_000).json()["features"] == []


@pytest.mark.parametrize("who", ["anonymous", "officer", "operator"])
def test_memory_tells_where_a_page_begins(ogc: Ask, world: World, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    """Each counts their own rows, with the neighbouring pages."""
    person = world.cast[who]
    everything, asked = ids(ogc(ITEMS, person, limit=100).json()), skip_in_memory(monkeypatch)
    page = ogc(ITEMS, person, limit=3, offset=4).json()
    assert asked == ["facilities"]
    assert ids(page) == everything[4:7]
    before, after = follow(ogc, page, "prev", person), follow(ogc, page, "next", person)
    assert before is not None
    assert ids(before) == everything[1:4]
    assert (ids(after) if after else []) == everything[7:10]
    assert ogc(ITEMS, person, offset=len(everything)).json()["features"] == []


@pytest.mark.parametrize("query", [{"sortby": "-name"}, {"filter": "capacity >= 0 OR capacity IS NULL"}, {"bbox": "-180,-90,180,90"}])
def test_the_database_counts_in_a_part_of_a_layer(ogc: Ask, world: World, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]) -> None:
    """Another order, a filter, an area."""
    everything, asked = ids(ogc(ITEMS, limit=100, **query).json()), skip_in_memory(monkeypatch)
    assert ids(ogc(ITEMS, limit=3, offset=4, **query).json()) == everything[4:7]
    assert asked == []


def test_how_many_match(ogc: Ask, world: World) -> None:
    number = len(world.rows["facilities"])
    for query in ({}, {"limit": 1}, {"limit": 2, "offset": 2}, {"limit": 1, "count": "true"}):
        assert ogc(ITEMS, **query).json()["numberMatched"] == number
    assert ogc(ITEMS, name="there is none").json()["numberMatched"] == 0


def test_many_matches_are_counted_only_when_asked(ogc: Ask, monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    monkeypatch.setattr("layers.ogc.paging.CHEAP_COUNT", 3)
    assert "numberMatched" not in ogc(ITEMS, limit=1).json()
    assert ogc(ITEMS, limit=1, count="true").json()["numberMatched"] == len(world.rows["facilities"])
    assert ogc(ITEMS).json()["numberMatched"] == len(world.rows["facilities"])


@pytest.mark.parametrize("limit", ["10001", "999999999999999999999999"])
def test_a_limit_above_the_maximum_is_the_maximum(ogc: Ask, world: World, limit: str) -> None:
    assert len(ogc(ITEMS, limit=limit).json()["features"]) == len(world.rows["facilities"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "ten"),
        ("limit", "1.0"),
        ("limit", ""),
        ("offset", "-1"),
        ("offset", "10000001"),
        ("offset", "x"),
        ("cursor", ""),
        ("cursor", "gt."),
        ("cursor", "eq.1"),
        ("cursor", "gt.x"),
        ("cursor", "gt.-1"),
        ("cursor", "gt.9223372036854775808"),
        ("cursor", "gt." + "1" * 100),
        ("count", "1"),
    ],
)
def test_places_that_are_none(ogc: Ask, name: str, value: str) -> None:
    answer = ogc(ITEMS, **{name: value})
    assert answer.status_code == 400
    assert answer.json()["field"] == name


def test_a_place_is_named_once(ogc: Ask) -> None:
    assert ogc(ITEMS, cursor="gt.1", offset=1).status_code == 400


def test_each_person_pages_through_own_rows(ogc: Ask, world: World, officer: Person, sibling: Person) -> None:
    path = "collections/parcels/items"
    for person, home in ((officer, "A"), (sibling, "B")):
        first = ogc(path, person, limit=1).json()
        second = follow(ogc, first, "next", person)
        assert second is not None
        assert ids(first) + ids(second) == sorted(row.pk for row in world.rows["parcels"] if row.home == home)
        assert follow(ogc, second, "next", person) is None
