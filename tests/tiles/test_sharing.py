"""Reading from pages of other origins: public layers and tokens yes, somebody's session never."""

import pytest

from tests.cast import Person
from tests.contract.services import tile_of
from tests.service import Service
from tests.world import World

ORIGIN = {"Origin": "https://elsewhere.example"}


def _tile(world: World, layer: str) -> str:
    z, x, y = tile_of(*world.row(layer, "A").at, 14)
    return f"/tiles/{layer}/{z}/{x}/{y}.mvt"


def test_public_tiles_are_open_without_credentials(asgi: Service, world: World) -> None:
    answer = asgi.get(_tile(world, "roads"), headers=ORIGIN)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    again = asgi.get(_tile(world, "roads"), headers={**ORIGIN, "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, "*")


def test_a_session_is_never_lent_to_another_page(asgi: Service, world: World, officer: Person) -> None:
    for path in (_tile(world, "parcels"), _tile(world, "roads").replace("roads", "roads,parcels")):
        answer = asgi.get(path, officer, headers=ORIGIN)
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_token_may_be_used_anywhere(asgi: Service, world: World, officer: Person) -> None:
    answer = asgi.get(_tile(world, "parcels"), officer, how="bearer", headers=ORIGIN)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


@pytest.mark.parametrize("path", ["/tiles/roads/1/0/0.mvt", "/tiles/parcels/1/0/0.mvt", "/tiles/nothing.json"])
def test_preflight(asgi: Service, path: str) -> None:
    """The same for every address: it tells nothing about layers."""
    asked = {**ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization, if-none-match"}
    answer = asgi.request("OPTIONS", path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
    assert {"authorization", "if-none-match"} <= set(allowed)
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
