"""`/query/nearest`: order and metres are right, also where the map's scale would mislead."""

from typing import Any

import pytest
from pyproj import Geod

from tests.cast import Person
from tests.service import Service
from tests.world import World

_GEOD = Geod(ellps="WGS84")


def _ask(asgi: Service, person: Person | None = None, **query: Any) -> dict[str, Any]:
    answer = asgi.request("GET", "/query/nearest", person, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_points_come_in_the_order_of_their_true_distance(asgi: Service, world: World) -> None:
    """Against pyproj's geodesics."""
    lon, lat = 108.4717, 15.5623
    (result,) = _ask(asgi, lon=lon, lat=lat, layers="facilities", k=5)["results"]
    metres = {row.pk: _GEOD.inv(lon, lat, *row.at)[2] for row in world.rows["facilities"]}
    nearest = sorted(metres, key=lambda pk: metres[pk])[:5]
    assert [feature["id"] for feature in result["features"]] == nearest
    assert [feature["distance_m"] for feature in result["features"]] == pytest.approx([metres[pk] for pk in nearest], abs=0.01)


def test_a_limit_cuts_off_and_k_is_kept(asgi: Service, world: World) -> None:
    row = world.row("facilities", "A")
    (near,) = _ask(asgi, lon=row.at[0], lat=row.at[1], layers="facilities", max_distance=1)["results"]
    assert [feature["id"] for feature in near["features"]] == [row.pk]
    (two,) = _ask(asgi, lon=row.at[0], lat=row.at[1], layers="facilities", k=2)["results"]
    assert len(two["features"]) == 2
    assert two["features"][0]["distance_m"] == 0


def test_a_filter_is_about_one_layer(asgi: Service, world: World) -> None:
    row = world.row("facilities", "A")
    here = {"lon": row.at[0], "lat": row.at[1]}
    themes = {feature["properties"]["theme"] for feature in _ask(asgi, None, **here, layers="facilities")["results"][0]["features"]}
    (none,) = _ask(asgi, None, **here, layers="facilities", filter=" AND ".join(f"theme <> '{theme}'" for theme in themes))["results"]
    assert none["features"] == []
    refused = asgi.request("GET", "/query/nearest", params={**here, "filter": "name = 'x'"})
    assert (refused.status_code, refused.json()["field"]) == (400, "filter")


def test_inside_a_surface_the_distance_is_nothing(asgi: Service, world: World, officer: Person) -> None:
    row = world.row("parcels", "A")
    (found,) = _ask(asgi, officer, lon=row.at[0] + 0.00001, lat=row.at[1] + 0.000005, layers="parcels", k=1)["results"]
    assert (found["features"][0]["id"], found["features"][0]["distance_m"]) == (row.pk, 0)


@pytest.mark.parametrize(("name", "value"), [("k", "0"), ("k", "101"), ("max_distance", "-1"), ("x", "1")])
def test_questions_that_are_none(asgi: Service, name: str, value: str) -> None:
    answer = asgi.request("GET", "/query/nearest", params={"lon": "108.47", "lat": "15.56", name: value})
    assert (answer.status_code, answer.json()["field"]) == (400, name)
