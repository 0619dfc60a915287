"""Each layer's features at a position: surfaces over it, points and lines within reach, nearest first."""

from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point, Polygon
from pyproj import Geod

from gis_core import crs
from tests.cast import Cast, Person
from tests.factories import feature
from tests.queries.conftest import Asked, ids
from tests.world import CELL, SOUTH, WEST, World, ordinary_layers

WGS84 = Geod(ellps="WGS84")
LON, LAT = WEST + 2.5 * CELL, SOUTH + 2.9 * CELL  # nothing of the world stands here


def away(metres: float, bearing: float = 90.0, lon: float = LON, lat: float = LAT) -> tuple[float, float]:
    """The position so many metres from another one, on the ellipsoid."""
    east, north, _back = WGS84.fwd(lon, lat, bearing, metres)
    return east, north


@pytest.mark.parametrize("name", [layer.name for layer in ordinary_layers()])
def test_the_row_that_stands_there(at_point: Asked, world: World, leader: Person, name: str) -> None:
    row = next(row for row in world.rows[name] if name != "admin_units" or row.home == "A")
    document = at_point(row.at[0] + 1e-5, row.at[1] + 5e-6, leader, layers=name)
    assert row.pk in ids(document, name)
    (result,) = document["results"]
    assert result["title"]
    assert result["truncated"] is False
    assert {"type", "id", "geometry", "properties"} <= set(result["features"][0])


def test_without_names_every_visible_layer_answers(at_point: Asked, cast: Cast) -> None:
    for name in ("leader", "officer", "anonymous"):
        listed = {result["layer"] for result in at_point(LON, LAT, cast[name])["results"]}
        assert listed >= {"roads", "water", "facilities", "admin_units", "incidents"}
        assert ("parcels" in listed) == (name != "anonymous")


@pytest.mark.parametrize("bearing", [0.0, 45.0, 90.0, 135.0, 180.0, 270.0])
def test_the_tolerance_is_in_metres_on_the_ground_in_every_direction(at_point: Asked, scratch: World, bearing: float) -> None:
    from layers.themes.facilities import Facility

    inside = feature(Facility, scratch.units["B"], away(14.99, bearing), "in")
    feature(Facility, scratch.units["B"], away(15.01, bearing), "out")
    assert ids(at_point(LON, LAT, layers="facilities"), "facilities") == [inside.pk]


def test_nearest_first_with_the_distance(at_point: Asked, scratch: World) -> None:
    from layers.themes.facilities import Facility

    distances = [120.0, 3.0, 55.0, 180.0]
    made = {metres: feature(Facility, scratch.units["B"], away(metres), str(metres)).pk for metres in distances}
    document = at_point(LON, LAT, layers="facilities", tolerance=200)
    assert ids(document, "facilities") == [made[metres] for metres in sorted(distances)]
    told = [found["distance_m"] for found in document["results"][0]["features"]]
    assert told == pytest.approx(sorted(distances), abs=0.01)
    assert ids(at_point(LON, LAT, layers="facilities", tolerance=60), "facilities") == [made[3.0], made[55.0]]
    assert ids(at_point(LON, LAT, layers="facilities", tolerance=0), "facilities") == []


def test_a_line_is_as_near_as_its_nearest_place(at_point: Asked, scratch: World) -> None:
    from layers.themes.traffic import RoadSegment

    near, far = away(10, 0), away(30, 180)
    roads = []
    for at in (near, far):
        road = feature(RoadSegment, scratch.units["B"], at, "road")
        road.geom = MultiLineString(LineString((at[0] - 0.01, at[1]), (at[0] + 0.01, at[1])), srid=4326)
        road.save()
        roads.append(road.pk)
    assert ids(at_point(LON, LAT, layers="roads"), "roads") == roads[:1]
    assert ids(at_point(LON, LAT, layers="roads", tolerance=31), "roads") == roads


def test_a_parcel_is_met_exactly_to_the_millimetre(at_point: Asked, scratch: World, leader: Person) -> None:
    """The predicate runs on the geometry of record in VN-2000, through the pinned operation."""
    from land.models import Parcel

    east, north = (round(value) for value in crs.transform(4326, 5899, LON, LAT))
    square = Polygon(((east, north), (east + 40, north), (east + 40, north + 40), (east, north + 40), (east, north)), srid=5899)
    made = feature(Parcel, scratch.units["B"], (LON, LAT), "square", geom=square)
    for shift, met in ((0.001, True), (-0.001, False)):
        lon, lat = crs.transform(5899, 4326, east + shift, north + 20)
        assert (made.pk in ids(at_point(lon, lat, leader, layers="parcels"), "parcels")) is met


def test_a_hole_is_not_the_parcel(at_point: Asked, scratch: World, leader: Person) -> None:
    from land.models import Parcel

    east, north = (round(value) for value in crs.transform(4326, 5899, LON, LAT))

    def ring(size: float) -> tuple[tuple[float, float], ...]:
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
        return tuple((east + size * x, north + size * y) for x, y in corners)

    made = feature(Parcel, scratch.units["B"], (LON, LAT), "ring", geom=Polygon(ring(30), ring(10), srid=5899))
    for offset, met in ((0, False), (9.9, False), (10.1, True), (29.9, True), (30.1, False)):
        lon, lat = crs.transform(5899, 4326, east + offset, north)
        assert (made.pk in ids(at_point(lon, lat, leader, layers="parcels"), "parcels")) is met


def test_on_a_common_edge_both_neighbours_answer(at_point: Asked, scratch: World) -> None:
    lon = WEST + 2 * CELL  # the border between the units A and B
    found = set(ids(at_point(lon, LAT, layers="admin_units"), "admin_units"))
    assert {scratch.units["A"].pk, scratch.units["B"].pk} <= found


def test_the_smallest_surface_comes_first(at_point: Asked) -> None:
    document = at_point(LON, LAT, layers="admin_units")
    assert [found["properties"]["level"] for found in document["results"][0]["features"]] == ["commune", "province"]


def test_many_features_are_cut_off_and_that_is_told(at_point: Asked, scratch: World) -> None:
    from layers.themes.facilities import Facility

    made = [feature(Facility, scratch.units["B"], away(number * 0.5), str(number)).pk for number in range(21)]
    document = at_point(LON, LAT, layers="facilities")
    assert ids(document, "facilities") == made[:20]
    assert document["results"][0]["truncated"] is True
    Facility.objects.get(pk=made[-1]).delete()
    assert at_point(LON, LAT, layers="facilities")["results"][0]["truncated"] is False


@pytest.mark.parametrize(
    ("person", "seen"), [("officer", False), ("sibling", True), ("analyst", True), ("operator", True), ("leader", True)]
)
def test_nobody_hears_of_rows_that_are_not_theirs(at_point: Asked, world: World, cast: Cast, person: str, seen: bool) -> None:
    row = world.row("parcels", "B")
    document: dict[str, Any] = at_point(row.at[0] + 1e-5, row.at[1] + 1e-5, cast[person], layers="parcels")
    assert (row.pk in ids(document, "parcels")) is seen
    assert (row.label in str(document)) is seen


def test_positions_far_from_the_plane_of_the_cadastre(at_point: Asked, leader: Person) -> None:
    for lon, lat in ((0.0, 0.0), (180.0, 90.0), (-180.0, -90.0), (-72.25, 0.0), (17.75, 89.9)):
        assert ids(at_point(lon, lat, leader, layers="parcels"), "parcels") == []


def test_events_of_a_day(at_point: Asked, world: World) -> None:
    row = world.row("incidents", "A", public=True)
    assert row.pk in ids(at_point(*row.at, layers="incidents"), "incidents")
    assert row.pk in ids(at_point(*row.at, layers="incidents", datetime="2026-01-15"), "incidents")
    assert ids(at_point(*row.at, layers="incidents", datetime="2026-01-16"), "incidents") == []


def test_a_point_exactly_there_is_at_distance_zero(at_point: Asked, scratch: World) -> None:
    from layers.themes.facilities import Facility

    made = feature(Facility, scratch.units["B"], (LON, LAT), "here", geom=Point(LON, LAT, srid=4326))
    document = at_point(LON, LAT, layers="facilities", tolerance=0)
    assert ids(document, "facilities") == [made.pk]
    assert document["results"][0]["features"][0]["distance_m"] == 0
