"""However a person signs in, the rows are the same; wrong credentials are refused and never served as a visitor's."""

import pytest

from tests.cast import NAMES, Person, SignIn
from tests.contract import oracle, services
from tests.contract.reader import Reader
from tests.service import Service
from tests.world import BOUNDS, World, declared_layers

_LAYERS = {layer.name: layer for layer in declared_layers()}


@pytest.mark.parametrize("how", ["session", "basic", "bearer"])
@pytest.mark.parametrize("layer", ["parcels", "incidents", "roads"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "anonymous"])
def test_token_and_session_reach_the_same(asgi: Service, world: World, name: str, layer: str, how: SignIn) -> None:
    """On the hot path and through Django."""
    reader = Reader(asgi, world.cast[name], _LAYERS[layer], world, how)
    counts = reader.get("/wall/counts").json()
    assert (layer in counts) == oracle.exists_for(reader.person, layer)
    if layer in counts:
        assert counts[layer] == len(reader.expected)
        assert services.read_tiles(reader, layer, services.tiles_over(BOUNDS, services.features_zoom(layer))) == reader.expected


@pytest.mark.parametrize(
    "header", ["Bearer ioc_wrong", "Bearer", "Basic b2ZmaWNlcjp3cm9uZw==", "Basic %%%", "Digest username=officer", "Basic b2ZmaWNlcg=="]
)
@pytest.mark.parametrize(
    "path", ["/tiles/roads/14/13131/7461.mvt", "/tiles/roads.json", "/live/?layers=roads", "/wall/counts", "/", "/ogc/collections"]
)
def test_wrong_credentials_are_refused(asgi: Service, path: str, header: str) -> None:
    """401 with a challenge, even where a visitor would be served: QGIS must notice a mistyped token."""
    answer = asgi.get(path, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_token_works_with_its_own_account_alone(asgi: Service, officer: Person, sibling: Person) -> None:
    """Basic sends a name too, and it must be the token's."""
    assert officer.user is not None
    borrowed = Person("borrowed", officer.user, sibling.secret)
    assert asgi.get("/wall/counts", borrowed, how="basic").status_code == 401


def test_a_token_wins_over_a_session(asgi: Service, officer: Person, leader: Person, world: World) -> None:
    """A client that presents a token means that account."""
    headers = {**officer.headers("session"), **leader.headers("bearer")}
    counts = asgi.get("/wall/counts", headers=headers).json()
    assert counts["parcels"] == len(oracle.expected(world, leader, "parcels"))
