"""Requests to `/query/`: errors, validators, methods, number of statements."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, Person
from tests.ogc.conftest import change
from tests.service import Service
from tests.world import World, ordinary_layers

HERE = {"lon": "108.475", "lat": "15.565"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "lon"),
        ({"lon": "108"}, "lat"),
        ({"lat": "15"}, "lon"),
        ({**HERE, "lon": "nan"}, "lon"),
        ({**HERE, "lat": "inf"}, "lat"),
        ({**HERE, "lon": "180.1"}, "lon"),
        ({**HERE, "lat": "-90.1"}, "lat"),
        ({**HERE, "lon": ""}, "lon"),
        ({**HERE, "tolerance": "-1"}, "tolerance"),
        ({**HERE, "tolerance": "201"}, "tolerance"),
        ({**HERE, "tolerance": "x"}, "tolerance"),
        ({**HERE, "datetime": "yesterday"}, "datetime"),
        ({**HERE, "datetime": "2025-01-01/.."}, "datetime"),
        ({**HERE, "datetime": "9999-12-31T23:59:59-12:00"}, "datetime"),
        ({**HERE, "min_seq": "-1"}, "min_seq"),
        ({**HERE, "f": "xml"}, "f"),
        ({**HERE, "bbox": "1,2,3,4"}, "bbox"),
    ],
)
def test_questions_that_are_none(asgi: Service, query: dict[str, str], field: str) -> None:
    answer = asgi.request("GET", "/query/at-point", params=query)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert len(answer.json()["detail"]) > 15


@pytest.mark.parametrize("name", ["nowhere", "parcels", "roads,parcels", "roads,nowhere"])
def test_unknown_and_forbidden_layers_are_the_same_404(asgi: Service, stranger: Person, name: str) -> None:
    answer = asgi.request("GET", "/query/at-point", stranger, params={**HERE, "layers": name})
    assert answer.status_code == 404
    assert answer.json()["field"] == "layer"


@pytest.mark.parametrize("path", ["/query/", "/query/at-point?lon=1&lat=1"])
def test_methods(asgi: Service, leader: Person, path: str) -> None:
    assert asgi.request("POST", path, leader, how="bearer").status_code == 405
    options = asgi.request("OPTIONS", path)
    assert (options.status_code, options.headers["Allow"]) == (200, "GET, HEAD, OPTIONS")
    head = asgi.request("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")


def test_the_index_leads_to_the_queries(asgi: Service) -> None:
    queries = {query["name"]: query for query in asgi.get("/query/").json()["queries"]}
    assert set(queries) == {"at-point", "nearest", "within", "aggregate", "metrics", "search"}
    assert queries["at-point"]["href"] == "http://testserver/query/at-point"
    assert "tolerance" in queries["at-point"]["parameters"]
    assert {asgi.get(query["example"]).status_code for query in queries.values()} == {200}
    assert asgi.get("/query/?x=1").status_code == 400


class TestValidators:
    """Exact: a change that touches the place, and no other."""

    def ask(self, asgi: Service, row: tuple[float, float], tag: str = "", person: Person | None = None) -> tuple[int, str]:
        """Status and ETag."""
        query = {"lon": str(row[0]), "lat": str(row[1])}
        answer = asgi.request("GET", "/query/at-point", person, params=query, headers={"If-None-Match": tag} if tag else {})
        return answer.status_code, answer.headers["ETag"]

    def test_unchanged(self, asgi: Service, world: World) -> None:
        at = world.row("facilities", "A").at
        _status, tag = self.ask(asgi, at)
        assert self.ask(asgi, at, tag) == (304, tag)

    def test_a_change_here(self, asgi: Service, scratch: World) -> None:
        from layers.themes.facilities import Facility

        row = scratch.row("facilities", "A")
        _status, tag = self.ask(asgi, row.at)
        change(Facility, row.pk, capacity=5)
        assert self.ask(asgi, row.at, tag)[0] == 200

    def test_a_change_elsewhere(self, asgi: Service, scratch: World) -> None:
        from layers.themes.facilities import Facility

        _status, tag = self.ask(asgi, scratch.row("facilities", "A").at)
        change(Facility, scratch.row("facilities", "outside").pk, capacity=5)
        assert self.ask(asgi, scratch.row("facilities", "A").at, tag)[0] == 304

    def test_a_unit_renamed(self, asgi: Service, scratch: World) -> None:
        from gis_core.models import AdminUnit

        _status, tag = self.ask(asgi, scratch.row("facilities", "A").at)
        change(AdminUnit, scratch.units["A"].pk, name="Phường Mới")
        assert self.ask(asgi, scratch.row("facilities", "A").at, tag)[0] == 200

    def test_other_people_other_answers(self, asgi: Service, world: World, cast: Cast) -> None:
        at = world.row("parcels", "A").at
        tags = {self.ask(asgi, at, person=cast[name])[1] for name in ("officer", "sibling", "leader", "anonymous")}
        assert len(tags) == 4


@pytest.mark.django_db
def test_one_statement_a_layer(world: World, cast: Cast) -> None:
    client: Client = cast["leader"].client()
    client.get("/query/at-point", HERE)
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/query/at-point", HERE).status_code == 200
    tables = [query["sql"] for query in captured.captured_queries if "ST_AsGeoJSON" in query["sql"]]
    assert len(tables) == len(ordinary_layers()), "one statement a layer"
    units = [
        query["sql"] for query in captured.captured_queries if "gis_core_adminunit" in query["sql"] and "ST_AsGeoJSON" not in query["sql"]
    ]
    assert len([sql for sql in units if "gis_core_jurisdiction" not in sql]) == 2, "the unit, and those above it"
