"""The query at a point in somebody's name, and streets whose ways can be added up by hand."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiLineString

from gis_core import crs
from layers.themes.facilities import Facility
from layers.themes.traffic import RoadSegment
from tests import factories
from tests.cast import Person
from tests.service import Service
from tests.world import CELL, SOUTH, WEST, World

Asked = Callable[..., dict[str, Any]]
LAYERS = ("parcels", "incidents", "facilities")
# A corner of an empty field in A, in metres.
EAST, NORTH = (round(value) for value in crs.transform(4326, 5899, WEST + 1.5 * CELL, SOUTH + 0.021))
# A street of 1,000 m, a lane of 60 m at its end, and a street back beside the first one.
STREETS = ([(0, 0), (600, 0)], [(600, 0), (1_000, 0)], [(1_000, 0), (1_000, 60)], [(1_000, 60), (0, 60)])
PLACES = {"behind": (0, 62), "along": (300, 2), "end": (1_000, -4)}
WAYS = {"along": 2 + 300 + 2, "end": 2 + 1_000 + 4, "behind": 2 + 1_000 + 60 + 1_000 + 2}
OURS = {"layers": "facilities", "filter": "name LIKE 'đường %'", "by": "road", "roads-filter": "name LIKE 'phố %'"}
CHAIN = {"by": "road", "roads-filter": "name = 'chuỗi'", "max_distance": "100000"}


@pytest.fixture
def at_point(asgi: Service) -> Asked:
    """`at_point(lon, lat, person, layers="roads")`: the answer's document."""

    def ask(lon: float, lat: float, person: Person | None = None, /, **query: Any) -> dict[str, Any]:
        answer = asgi.request("GET", "/query/at-point", person, params={"lon": repr(lon), "lat": repr(lat), **query})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return ask


def ids(document: dict[str, Any], layer: str) -> list[int]:
    """The features of one layer in the order of the answer."""
    (result,) = [result for result in document["results"] if result["layer"] == layer]
    return [feature["id"] for feature in result["features"]]


def place(x: float, y: float) -> tuple[float, float]:
    """Degrees of a place at metres from the corner."""
    return crs.transform(5899, 4326, EAST + x, NORTH + y)


HERE = dict(zip(("lon", "lat"), map(repr, place(0, -2)), strict=True))


def _road(world: World, name: str, places: list[tuple[float, float]]) -> RoadSegment:
    shape = MultiLineString(LineString(*places, srid=4326), srid=4326)
    return factories.feature(RoadSegment, world.units["A"], (WEST, SOUTH), geom=shape, name=name)


@pytest.fixture(scope="module")
def town(world: World, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """Streets and places of our own, and a road that leads past every row of the world; committed for the module."""
    with django_db_blocker.unblock():
        made: list[Any] = [_road(world, f"phố {number}", [place(*end) for end in ends]) for number, ends in enumerate(STREETS)]
        stops = sorted({row.at for layer in LAYERS for row in world.rows[layer]})
        made.append(_road(world, "chuỗi", stops))
        places = {name: factories.feature(Facility, world.units["A"], place(*at), f"đường {name}") for name, at in PLACES.items()}
        yield {name: row.pk for name, row in places.items()}
        for row in [*made, *places.values()]:
            row.delete()
