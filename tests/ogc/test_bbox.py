"""`bbox` and `bbox-crs`: which features an area selects (OGC API - Features 7.15.3; Part 2, 6.3)."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box, shape

from gis_core import crs
from layers.layer import FeatureLayer
from layers.ogc.area import area_of
from layers.ogc.crs import LONLAT, offered
from layers.parameters import Box
from tests.cast import Person
from tests.ogc.conftest import Ask
from tests.world import BOUNDS, CELL, SOUTH, WEST, World, ordinary_layers

Features = Callable[..., list[dict[str, Any]]]
NAMES = [layer.name for layer in ordinary_layers()]
PARCELS: FeatureLayer = next(layer for layer in ordinary_layers() if layer.name == "parcels")


def ids(found: list[dict[str, Any]]) -> set[int]:
    return {feature["id"] for feature in found}


def text(*numbers: float) -> str:
    return ",".join(repr(number) for number in numbers)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corner=st.tuples(st.floats(-0.5, 4.5), st.floats(-0.5, 3.5)), size=st.tuples(st.floats(0, 2), st.floats(0, 2)))
def test_exactly_the_features_that_meet_the_box(
    features: Features, leader: Person, name: str, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    west, south = WEST + corner[0] * CELL, SOUTH + corner[1] * CELL
    area = (west, south, west + size[0] * CELL, south + size[1] * CELL)
    found = ids(features(name, leader, bbox=text(*area), limit=1000))
    geometries = {feature["id"]: shape(feature["geometry"]) for feature in features(name, leader, limit=1000)}
    # Published coordinates are rounded: what lies within a rounding of the edge may be told either way.
    west, south, east, north = area
    edge = 2e-7
    outer = box(west - edge, south - edge, east + edge, north + edge)
    inner = box(west + edge, south + edge, east - edge, north - edge) if min(east - west, north - south) > 2 * edge else Polygon()
    assert {pk for pk, geometry in geometries.items() if geometry.intersects(inner)} <= found
    assert found <= {pk for pk, geometry in geometries.items() if geometry.intersects(outer)}


@pytest.mark.parametrize("name", NAMES)
def test_the_extent_of_a_collection_selects_all_of_it(ogc: Ask, features: Features, leader: Person, name: str) -> None:
    extent = ogc(f"collections/{name}", leader).json()["extent"]["spatial"]["bbox"][0]
    assert ids(features(name, leader, bbox=text(*extent), limit=1000)) == ids(features(name, leader, limit=1000))


def test_the_edge_belongs_to_the_box(features: Features, world: World) -> None:
    at = world.row("facilities", "A").at
    assert world.row("facilities", "A").pk in ids(features("facilities", bbox=text(*at, *at)))


def test_the_whole_world_is_a_box(features: Features, leader: Person) -> None:
    everything = ids(features("parcels", leader, limit=1000))
    assert ids(features("parcels", leader, bbox="-180,-90,180,90", limit=1000)) == everything
    assert ids(features("parcels", leader, bbox="-180,-90,-100,180,90,9000", limit=1000)) == everything


def test_a_box_across_the_antimeridian(features: Features) -> None:
    west, _south, east, _north = BOUNDS
    assert features("roads", bbox=text(170, -90, -170, 90)) == []
    assert ids(features("roads", bbox=text(west, -90, -170, 90))) == ids(features("roads"))
    assert features("roads", bbox=text(east + 1, -90, west - 1, 90)) == []


@pytest.mark.parametrize("named", offered(5899), ids=lambda named: named.uri.rpartition("/")[2])
def test_a_box_in_every_offered_crs(features: Features, world: World, leader: Person, named: Any) -> None:
    row = world.row("parcels", "A")
    x, y = crs.transform(crs.WGS84, named.srid, row.at[0] + 0.0002, row.at[1] + 0.0002)
    spread = 0.00001 if named.is_geographic else 1.0
    area = (y - spread, x - spread, y + spread, x + spread) if named.latitude_first else (x - spread, y - spread, x + spread, y + spread)
    found = features("parcels", leader, bbox=text(*area), bbox_crs=named.uri)
    assert ids(found) == {row.pk}


def test_one_parameter_names_the_same_crs_in_many_ways(features: Features, leader: Person) -> None:
    east, north = crs.transform(4326, 5899, WEST, SOUTH)
    area = text(east, north, east + 3000, north + 3000)
    ways = ["http://www.opengis.net/def/crs/EPSG/0/5899", "urn:ogc:def:crs:EPSG::5899", "EPSG:5899", "[EPSG:5899]"]
    answers = [ids(features("parcels", leader, bbox=area, bbox_crs=way, limit=1000)) for way in ways]
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    ("bbox", "bbox_crs"),
    [
        ("108,16,109,15", ""),
        ("-181,0,0,1", ""),
        ("0,0,181,1", ""),
        ("0,-91,1,1", ""),
        ("0,0,1,91", ""),
        ("nan,0,1,1", ""),
        ("0,0,inf,1", ""),
        ("1,2,3", ""),
        ("a,b,c,d", ""),
        ("", ""),
        ("0,0,1,1", "EPSG:6959"),
        ("0,0,1,1", "EPSG:1"),
        ("0,0,1,1", "http://example.org/"),
        ("0,0,1,1", ""),
        ("9,0,1,1", "EPSG:5899"),
        ("0,9,1,1", "EPSG:5899"),
        ("0,0,1e30,1", "EPSG:5899"),
        ("9e7,9e7,9.1e7,9.1e7", "EPSG:5899"),
        ("0,-181,1,1", "EPSG:4326"),
        ("0,0,91,1", "EPSG:4756"),
    ],
)
def test_areas_that_are_none_are_refused_with_a_sentence(ogc: Ask, bbox: str, bbox_crs: str) -> None:
    query = {"bbox": bbox, **({"bbox_crs": bbox_crs} if bbox_crs else {})}
    answer = ogc("collections/roads/items", **query)
    if (bbox, bbox_crs) == ("0,0,1,1", ""):
        assert answer.status_code == 200
        return
    assert answer.status_code == 400
    assert answer.json()["field"] in ("bbox", "bbox-crs")
    assert len(answer.json()["detail"]) > 20


def test_the_clock_is_asked_about_all_of_the_area() -> None:
    east, north = crs.transform(4326, 5898, WEST, SOUTH)
    asked = Box(east, north, east + 5000, north + 5000)
    named = next(found for found in offered(5899) if found.srid == 5898)
    area = area_of(asked, named, PARCELS)
    assert area is not None
    ((west, south, right, top),) = area.boxes
    for x in (asked.west, asked.east):
        for y in (asked.south, asked.north):
            there = crs.transform(5898, 3857, x, y)
            assert west < there[0] < right
            assert south < there[1] < top


def test_an_area_across_the_antimeridian_has_two_boxes() -> None:
    area = area_of(Box(170, -10, -170, 10), LONLAT, PARCELS)
    assert area is not None
    assert len(area.boxes) == len(area.shapes) == 2


def test_no_bbox_is_no_area() -> None:
    assert area_of(None, LONLAT, PARCELS) is None
