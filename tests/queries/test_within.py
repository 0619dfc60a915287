"""`/query/within`: areas drawn or named, buffers in metres, shares of surfaces and lines."""

import json
from typing import Any

import pytest
import shapely

from gis_core import crs
from tests.cast import Person
from tests.service import Service
from tests.world import BOUNDS, World


def _ask(asgi: Service, person: Person | None = None, **query: Any) -> dict[str, Any]:
    answer = asgi.request("GET", "/query/within", person, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _ids(found: dict[str, Any]) -> set[int]:
    return {feature["id"] for feature in found["features"]}


def _metres_east(at: tuple[float, float], metres: float) -> tuple[float, float]:
    """A place that many metres east on the VN-2000 plane."""
    x, y = crs.transform(crs.WGS84, 5899, *at)
    return crs.transform(5899, crs.WGS84, x + metres, y)


def test_a_buffer_is_metres_on_the_plane(asgi: Service, world: World) -> None:
    row = world.row("facilities", "A")
    lon, lat = _metres_east(row.at, 100)
    assert row.pk in _ids(_ask(asgi, layer="facilities", geometry=f"POINT({lon} {lat})", buffer=100.2))
    assert row.pk not in _ids(_ask(asgi, layer="facilities", geometry=f"POINT({lon} {lat})", buffer=99.5))


def test_geojson_and_wkt_mean_the_same(asgi: Service, world: World) -> None:
    shape = shapely.box(BOUNDS[0], BOUNDS[1], BOUNDS[0] + 0.02, BOUNDS[3])
    by_wkt = _ask(asgi, layer="facilities", geometry=shape.wkt)
    by_json = _ask(asgi, layer="facilities", geometry=json.dumps(shapely.geometry.mapping(shape)))
    assert _ids(by_wkt) == _ids(by_json)
    assert _ids(by_wkt) == {row.pk for row in world.rows["facilities"] if row.at[0] <= BOUNDS[0] + 0.02}


def test_a_feature_of_another_layer_is_an_area(asgi: Service, world: World) -> None:
    unit = world.units["A"]
    found = _ask(asgi, layer="facilities", of=f"admin_units/{unit.pk}")
    inside = {row.pk for row in world.rows["facilities"] if unit.geom.contains(_point(row.at))}
    assert inside
    assert _ids(found) == inside


def _point(at: tuple[float, float]) -> Any:
    from django.contrib.gis.geos import Point

    return Point(*at, srid=4326)


def test_shares_of_surfaces_add_up(asgi: Service, world: World, officer: Person) -> None:
    """Two halves of a parcel are the whole; what lies inside as a whole is 1."""
    row = world.row("parcels", "A")
    whole = _ask(asgi, officer, layer="parcels", geometry=f"POINT({row.at[0] + 0.00001} {row.at[1] + 0.000005})", buffer=500, shares="true")
    (parcel,) = [feature for feature in whole["features"] if feature["id"] == row.pk]
    assert parcel["share"] == 1
    shape = shapely.geometry.shape(parcel["geometry"])
    west, south, east, north = shape.bounds
    middle = (west + east) / 2
    halves = [
        _ask(asgi, officer, layer="parcels", geometry=shapely.box(left, south - 0.001, right, north + 0.001).wkt, shares="true")
        for left, right in ((west - 0.001, middle), (middle, east + 0.001))
    ]
    parts = [feature for half in halves for feature in half["features"] if feature["id"] == row.pk]
    assert sum(part["share"] for part in parts) == pytest.approx(1, abs=1e-5)
    assert sum(part["inside"] for part in parts) == pytest.approx(parcel["inside"], rel=1e-5)


def test_within_is_less_than_intersects(asgi: Service, world: World, officer: Person) -> None:
    row = world.row("parcels", "A")
    at = f"POINT({row.at[0] + 0.00001} {row.at[1] + 0.000005})"
    assert row.pk in _ids(_ask(asgi, officer, layer="parcels", geometry=at, buffer=0.5))
    assert row.pk not in _ids(_ask(asgi, officer, layer="parcels", geometry=at, buffer=0.5, relation="within"))


def test_a_row_of_somebody_else_is_no_area(asgi: Service, world: World, officer: Person) -> None:
    """The same answer as for a row that is not there."""
    hidden = world.row("parcels", "B")
    answers = [
        asgi.request("GET", "/query/within", officer, params={"layer": "facilities", "of": f"parcels/{key}"})
        for key in (hidden.pk, 999_999_999)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "geometry"),
        ({"geometry": "POINT(1 2)", "of": "admin_units/1"}, "geometry"),
        ({"geometry": "POLYGON((0 0,1 1,0 1,1 0,0 0))"}, "geometry"),
        ({"geometry": "POINT(nan 2)"}, "geometry"),
        ({"geometry": "POINT(-70 40)"}, "geometry"),
        ({"geometry": "[]"}, "geometry"),
        ({"geometry": "POINT(108.47 15.56)", "buffer": "-1"}, "buffer"),
        ({"geometry": "POINT(108.47 15.56)", "buffer": "50001"}, "buffer"),
        ({"geometry": "POINT(108.47 15.56)", "relation": "touches"}, "relation"),
        ({"geometry": "POINT(108.47 15.56)", "buffer": "5", "shares": "true"}, "shares"),
        ({"geometry": "POINT(108.47 15.56)", "after": "x"}, "after"),
        ({"geometry": "POINT(108.47 15.56)", "filter": "secret = 1"}, "filter"),
        ({"geometry": "POINT(108.47 15.56)", "crs": "EPSG:9999"}, "crs"),
    ],
)
def test_questions_that_are_none(asgi: Service, query: dict[str, str], field: str) -> None:
    answer = asgi.request("GET", "/query/within", params={"layer": "facilities", **query})
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


@pytest.mark.parametrize("name", ["nowhere", "parcels"])
def test_unknown_and_forbidden_layers_are_the_same(asgi: Service, stranger: Person, name: str) -> None:
    answer = asgi.request("GET", "/query/within", stranger, params={"layer": name, "geometry": "POINT(108.47 15.56)"})
    assert (answer.status_code, answer.json()["field"]) == (404, "layer")
