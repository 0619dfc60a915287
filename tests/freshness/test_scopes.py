"""Nothing of one scope gets into another: an equal validator stands for equal content, whoever holds it."""

from collections import defaultdict
from typing import Any

import mapbox_vector_tile
import pytest

from tests.cast import Person
from tests.contract import oracle
from tests.contract.services import tiles_over
from tests.service import Service
from tests.sql import execute
from tests.world import BOUNDS, World, ordinary_layers

_ZOOMS = (9, 12, 14)
_SHOWN = "parcels,incidents,facilities"


def _content(body: bytes) -> Any:
    """What a tile says, in no order."""
    if not body:
        return ()
    tile: dict[str, Any] = mapbox_vector_tile.decode(body)
    return tuple(sorted((name, tuple(sorted(map(repr, layer["features"])))) for name, layer in tile.items()))


def _of_all(asgi: Service, world: World, names: str) -> dict[tuple[str, str], dict[str, set[Any]]]:
    """(address, validator) -> content -> who got it."""
    found: dict[tuple[str, str], dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for person in world.cast:
        for zoom in _ZOOMS:
            for z, x, y in tiles_over(BOUNDS, zoom):
                path = f"/tiles/{names}/{z}/{x}/{y}.mvt"
                answer = asgi.get(path, person)
                if answer.status_code in (200, 204):
                    found[path, answer.headers["etag"]][repr(_content(answer.content))].add(person.name)
    return found


@pytest.mark.parametrize("names", [*(layer.name for layer in ordinary_layers()), "facilities,roads"])
def test_a_validator_stands_for_one_content(asgi: Service, world: World, names: str) -> None:
    """Over the whole cast: two scopes share an ETag only where they see the same."""
    found = _of_all(asgi, world, names)
    assert found
    assert [key for key, contents in found.items() if len(contents) > 1] == []


@pytest.mark.parametrize("layer", ["parcels", "incidents"])
def test_a_validator_of_somebody_else_is_never_confirmed(asgi: Service, world: World, layer: str) -> None:
    """Asking with what another scope got gives a 304 only where one's own answer would be the same."""
    paths = [f"/tiles/{layer}/{z}/{x}/{y}.mvt" for zoom in _ZOOMS for z, x, y in tiles_over(BOUNDS, zoom)]
    people = [person for person in world.cast if oracle.exists_for(person, layer)]
    for path in paths:
        own = {person.name: asgi.get(path, person) for person in people}
        for person in people:
            for other in people:
                answer = asgi.get(path, person, headers={"If-None-Match": own[other.name].headers["etag"]})
                if answer.status_code == 304:
                    assert _content(own[other.name].content) == _content(own[person.name].content), (path, person.name, other.name)


def _bounds(asgi: Service, person: Person, layer: str) -> Any:
    answer = asgi.get(f"/tiles/{layer}.json", person)
    return answer.json().get("bounds") if answer.status_code == 200 else None


def test_an_edit_out_of_sight_changes_nothing_that_one_sees(asgi: Service, scratch: World) -> None:
    """Neither bytes nor validators nor bounds of the sibling tell of an officer's edit."""
    officer, sibling = scratch.cast["officer"], scratch.cast["sibling"]
    row = scratch.row("parcels", "A")
    paths = [f"/tiles/parcels/{z}/{x}/{y}.mvt" for z, x, y in tiles_over(BOUNDS, 14)]

    def state(person: Person) -> list[Any]:
        answers = [asgi.get(path, person) for path in paths]
        told = [(answer.status_code, answer.headers.get("etag", "").partition("-")[0], answer.content) for answer in answers]
        return [*told, _bounds(asgi, person, "parcels")]

    before = {person.name: state(person) for person in (officer, sibling)}
    execute("UPDATE land_parcel SET land_use = 'ODT' WHERE id = %s", row.pk)
    assert state(sibling) == before["sibling"]
    assert state(officer) != before["officer"]
