"""`/query/nearest?by=road`: ways that can be added up by hand, each person's own rows, pages, every format, questions that are none."""

import csv
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_core.access import Reach, Scope
from layers.catalogue import catalogue
from layers.queries import by_road
from layers.queries.asking import Asked
from layers.queries.plane_rows import Rows
from tests.cast import Person
from tests.contract import oracle
from tests.queries.conftest import CHAIN, EAST, HERE, LAYERS, NORTH, OURS, WAYS
from tests.queries.test_formats import _keys
from tests.service import Service
from tests.world import World


def _get(asgi: Service, query: dict[str, str], person: Person | None = None) -> Any:
    answer = asgi.request("GET", "/query/nearest", person, params=query)
    assert answer.status_code == 200, answer.text
    return answer


def _seen(world: World, person: Person, layer: str) -> set[int]:
    return {row.pk for row in oracle.expected(world, person, layer)}


def test_ways_are_those_of_the_roads(asgi: Service, town: dict[str, int]) -> None:
    """What stands 64 m away behind the fence comes last: its way is the longest."""
    (found,) = _get(asgi, {**HERE, **OURS}).json()["results"]
    assert [feature["id"] for feature in found["features"]] == [town[name] for name in WAYS]
    assert [feature["distance_m"] for feature in found["features"]] == pytest.approx(list(WAYS.values()), abs=1.5)
    (straight,) = _get(asgi, {**HERE, "layers": "facilities", "filter": OURS["filter"]}).json()["results"]
    assert straight["features"][0]["id"] == town["behind"]


def test_a_limit_is_one_of_the_way(asgi: Service, town: dict[str, int]) -> None:
    """Though all of them stand nearer than that as the crow flies."""
    (found,) = _get(asgi, {**HERE, **OURS, "max_distance": "1100"}).json()["results"]
    assert [feature["id"] for feature in found["features"]] == [town["along"], town["end"]]


def test_a_closed_street_is_left_out(asgi: Service, town: dict[str, int]) -> None:
    """Without the street's second half nothing leads on, and what no road reaches is not in the answer."""
    asked = {**OURS, "roads-filter": "name LIKE 'phố %' AND name <> 'phố 1'"}
    (found,) = _get(asgi, {**HERE, **asked}).json()["results"]
    assert [feature["id"] for feature in found["features"]] == [town["along"]]


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", ["officer", "sibling", "analyst", "leader"])
def test_each_gets_the_own_rows(asgi: Service, world: World, town: dict[str, int], name: str, layer: str) -> None:
    """Along the road past all of them, in an order that only grows."""
    person = world.cast[name]
    lon, lat = world.rows[layer][0].at
    asked = {"lon": repr(lon), "lat": repr(lat), "layers": layer, "k": "100", **CHAIN}
    (found,) = _get(asgi, asked, person).json()["results"]
    assert {feature["id"] for feature in found["features"]} - set(town.values()) == _seen(world, person, layer)
    metres = [feature["distance_m"] for feature in found["features"]]
    assert metres == sorted(metres)


@pytest.mark.parametrize("f", ["geojson", "csv", "flatgeobuf", "mvt"])
def test_every_format_holds_the_same(asgi: Service, world: World, town: dict[str, int], f: str) -> None:
    """Rows and ways."""
    content = _get(asgi, {**HERE, **OURS, "f": f}).content
    if f == "mvt":
        features = mapbox_vector_tile.decode(content)["facilities"]["features"]
        assert {feature["id"] for feature in features} == set(town.values())
        return
    assert _keys("nearest", f, content) == set(town.values())
    if f == "csv":
        rows = csv.DictReader(content.decode("utf-8-sig").splitlines())
        assert [float(row["measure"]) for row in rows] == pytest.approx(list(WAYS.values()), abs=1.5)


def test_pages_lead_through_everything_once(asgi: Service, world: World, town: dict[str, int]) -> None:
    """By the link `next`, in the order of one large page."""
    lon, lat = world.rows["facilities"][0].at
    asked = {"lon": repr(lon), "lat": repr(lat), "layers": "facilities", **CHAIN}
    leader = world.cast["leader"]
    (whole,) = _get(asgi, {**asked, "k": "100"}, leader).json()["results"]
    seen: list[int] = []
    page = {**asked, "k": "4"}
    while True:
        body = _get(asgi, page, leader).json()
        seen += [feature["id"] for feature in body["results"][0]["features"]]
        links = body.get("links", [])
        if not links:
            break
        page = dict(parse_qsl(urlsplit(links[0]["href"]).query))
    assert seen == [feature["id"] for feature in whole["features"]]


def test_answers_stand_until_a_road_changes(asgi: Service, world: World, town: dict[str, int]) -> None:
    """The validator knows the roads too."""
    first = _get(asgi, {**HERE, **OURS}).headers["ETag"]
    again = asgi.request("GET", "/query/nearest", params={**HERE, **OURS}, headers={"If-None-Match": first})
    assert again.status_code == 304


def test_roads_out_of_reach_are_no_roads(town: dict[str, int], db: None) -> None:
    """They are read through the same door as every row."""
    layer = catalogue.features("roads", Scope(superuser=True), "query")
    spot = shapely.Point(EAST, NORTH)
    assert len(by_road.Roads(Asked(layer, Reach(everything=True)), spot).lines(100.0))
    assert not len(by_road.Roads(Asked(layer, Reach()), spot).lines(100.0))


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"by": "car"}, 400, "by"),
        ({"by": ""}, 400, "by"),
        ({"roads": "roads"}, 400, "roads"),
        ({"roads-filter": "name = 'x'"}, 400, "roads-filter"),
        ({"by": "road", "roads": "facilities"}, 400, "roads"),
        ({"by": "road", "roads": "qqqq"}, 404, "roads"),
        ({"by": "road", "roads": "parcels"}, 404, "roads"),
        ({"by": "road", "roads-filter": "secret = 1"}, 400, "roads-filter"),
        ({"by": "road", "roads-filter": "name = 'gibt es nicht'"}, 400, "lon"),
        ({"by": "road", "lon": "105.0", "lat": "20.0"}, 400, "lon"),
        ({"by": "road", "lon": "-70", "lat": "-30"}, 400, "lon"),
        ({"by": "road", "lon": "0", "lat": "90"}, 400, "lon"),
        ({"by": "road", "after": "x"}, 400, "after"),
    ],
)
def test_questions_that_are_none(asgi: Service, town: dict[str, int], asked: dict[str, str], status: int, field: str) -> None:
    """A sentence with the parameter's name; of layers that are not open the same as of those that do not exist."""
    answer = asgi.request("GET", "/query/nearest", params={**HERE, "layers": "facilities", **asked})
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text


def test_too_many_to_look_at_is_said(asgi: Service, town: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """413 with what helps."""
    monkeypatch.setattr(by_road, "_MOST_FEATURES", 2)
    answer = asgi.request("GET", "/query/nearest", params={**HERE, **OURS})
    assert (answer.status_code, answer.json()["field"]) == (413, "max_distance")


def _blocks() -> list[shapely.LineString]:
    """Streets of a town of blocks of 100 m, from corner to corner."""
    corners = range(-300, 301, 100)
    across = [shapely.LineString([(x, y), (x + 100, y)]) for x in corners[:-1] for y in corners]
    return across + [shapely.LineString([(x, y), (x, y + 100)]) for x in corners for y in corners[:-1]]


@given(
    st.lists(st.tuples(st.floats(-400, 400), st.floats(-400, 400)), min_size=1, max_size=8),
    st.sets(st.integers(0, len(_blocks()) - 1), min_size=3),
    st.floats(30, 1_500),
)
@settings(max_examples=40, deadline=None)
def test_what_is_near_does_not_depend_on_how_far_one_looks(spots: list[tuple[float, float]], streets: set[int], reach: float) -> None:
    """No way is shorter than the straight line, which is what lets the circle grow step by step."""
    here = shapely.Point(13, 50)
    lines = np.array([_blocks()[number] for number in sorted(streets)], object)
    rows = Rows(list(range(len(spots))), np.array([shapely.Point(spot) for spot in spots], object), {})
    far = by_road.ways_from(here, lines).to(rows, 10_000.0)
    assert all(metres >= here.distance(rows.shapes[key]) - 0.01 for metres, key in far)
    seen = rows.taken(shapely.intersects(rows.shapes, here.buffer(reach * 1.01)))
    window = here.buffer((reach + min(reach, 2_000.0)) * 1.01)
    around = lines[shapely.intersects(lines, window)]
    near = by_road.ways_from(here, around).to(seen, reach) if len(around) and len(seen) else []
    expected = [way for way in far if way[0] <= reach]
    assert [key for _metres, key in near] == [key for _metres, key in expected]
    assert [metres for metres, _key in near] == pytest.approx([metres for metres, _key in expected], abs=0.002)
