"""Validators of the queries over one layer: exact for the place, the person and the question."""

from typing import Any

import pytest

from layers.themes.facilities import Facility
from tests.cast import Person
from tests.ogc.conftest import change
from tests.service import Service
from tests.world import World


def _path(name: str, world: World) -> tuple[str, dict[str, Any]]:
    """A question about facilities near the first one of A."""
    lon, lat = world.row("facilities", "A").at
    place = f"POINT({lon} {lat})"
    questions: dict[str, tuple[str, dict[str, Any]]] = {
        "nearest": ("/query/nearest", {"lon": lon, "lat": lat, "layers": "facilities", "max_distance": 50}),
        "within": ("/query/within", {"layer": "facilities", "geometry": place, "buffer": 50}),
        "aggregate": ("/query/aggregate", {"layer": "facilities", "by": "theme", "geometry": place, "buffer": 50}),
        "search": ("/query/search", {"q": "markfacilities", "layers": "facilities"}),
    }
    return questions[name]


NAMES = ("nearest", "within", "aggregate", "search")
NARROW = ("nearest", "within", "aggregate")


@pytest.fixture
def ask(asgi: Service) -> Any:
    """`ask(name, world, tag)`: status and ETag."""

    def asked(name: str, world: World, tag: str = "", person: Person | None = None) -> tuple[int, str]:
        path, query = _path(name, world)
        answer = asgi.request("GET", path, person, params=query, headers={"If-None-Match": tag} if tag else {})
        return answer.status_code, answer.headers["ETag"]

    return asked


@pytest.mark.parametrize("name", NAMES)
def test_unchanged_is_not_sent_again(ask: Any, world: World, name: str) -> None:
    """304 with the same validator."""
    status, tag = ask(name, world)
    assert status == 200
    assert ask(name, world, tag) == (304, tag)


@pytest.mark.parametrize("name", NAMES)
def test_a_change_of_a_row_in_the_answer(ask: Any, scratch: World, name: str) -> None:
    """Is sent, under another validator."""
    _status, tag = ask(name, scratch)
    change(Facility, scratch.row("facilities", "A").pk, capacity=7)
    status, after = ask(name, scratch, tag)
    assert (status, after != tag) == (200, True)


@pytest.mark.parametrize("name", NARROW)
def test_a_change_far_away_leaves_it_valid(ask: Any, scratch: World, name: str) -> None:
    """An answer about fifty metres does not hear of another commune."""
    _status, tag = ask(name, scratch)
    change(Facility, scratch.row("facilities", "outside").pk, capacity=7)
    assert ask(name, scratch, tag) == (304, tag)


@pytest.mark.parametrize("name", NAMES)
def test_people_who_reach_the_same_share_it(ask: Any, world: World, officer: Person, leader: Person, name: str) -> None:
    """Facilities are open to everybody: the validator does not tell who asked."""
    assert ask(name, world, person=officer) == ask(name, world, person=leader)


def test_another_question_has_another_validator(asgi: Service) -> None:
    """The whole address is part of it."""
    tags = [asgi.get(f"/query/aggregate?layer=facilities&by={by}").headers["ETag"] for by in ("theme", "unit", "grid", "hexagon")]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("name", ["within", "aggregate"])
def test_a_feature_that_is_the_area_counts_too(asgi: Service, scratch: World, name: str) -> None:
    """An answer about what lies in a unit changes with the unit."""
    from tests.sql import execute

    path = f"/query/{name}?layer=facilities&of=admin_units/{scratch.units['A'].pk}" + ("&by=theme" if name == "aggregate" else "")
    tag = asgi.get(path).headers["ETag"]
    assert asgi.get(path, headers={"If-None-Match": tag}).status_code == 304
    execute("UPDATE gis_core_adminunit SET geom = ST_Multi(ST_Buffer(geom, 0.0001)) WHERE id = %s", scratch.units["A"].pk)
    assert asgi.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_write_is_in_what_is_asked_for_after_it(asgi: Service, scratch: World, name: str) -> None:
    """`min_seq` with the number of the change."""
    path, query = _path(name, scratch)
    before = int(asgi.request("GET", path, params=query).headers["X-Change-Seq"])
    change(Facility, scratch.row("facilities", "A").pk, capacity=9)
    answer = asgi.request("GET", path, params={**query, "min_seq": before + 1})
    assert answer.status_code == 200
    assert int(answer.headers["X-Change-Seq"]) > before


@pytest.mark.parametrize("name", NAMES)
def test_answers_to_people_are_private(asgi: Service, world: World, officer: Person, name: str) -> None:
    """A shared cache keeps what everybody gets, asked again each time; what a person gets it does not keep."""
    path, query = _path(name, world)
    assert asgi.request("GET", path, params=query).headers["Cache-Control"] == "no-cache"
    assert asgi.request("GET", path, officer, params=query).headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_questions_are_only_read(asgi: Service, world: World, leader: Person, name: str, method: str) -> None:
    """405 that says what is possible."""
    path, query = _path(name, world)
    answer = asgi.request(method, path, leader, how="bearer", params=query)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("name", NAMES)
def test_head_has_the_headers_of_get(asgi: Service, world: World, name: str) -> None:
    """And no body."""
    path, query = _path(name, world)
    got, head = (asgi.request(method, path, params=query) for method in ("GET", "HEAD"))
    assert head.content == b""
    assert (head.status_code, head.headers["ETag"]) == (200, got.headers["ETag"])
