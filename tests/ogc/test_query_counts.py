"""How many statements an answer takes: a fixed number, however many features or layers."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.factories import feature
from tests.world import WEST, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalogue_is_loaded(world: World) -> None:
    Client().get("/ogc/")


def count(client: Client, path: str) -> int:
    """Statements beside those that read who asks and where the log stands."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    own = [query["sql"] for query in captured.captured_queries if not _is_common(query["sql"])]
    return len(own)


def _is_common(sql: str) -> bool:
    marks = ("pg_current_snapshot()", "django_session", 'FROM "gis_core_user"', "gis_core_jurisdiction", "FROM gis_core_user", "SAVEPOINT")
    return any(mark in sql for mark in marks)


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/ogc/", 0),
        ("/ogc/conformance", 0),
        ("/ogc/api", 0),
        ("/ogc/collections/roads/queryables", 0),
        ("/ogc/collections/facilities/items", 1),
        ("/ogc/collections/facilities/items?limit=2&count=true", 1),
        ("/ogc/collections/facilities/items?bbox=108,15,109,16&datetime=2025-01-01&is_demo=false", 1),
        ("/ogc/collections/facilities/items?f=html", 1),
        ("/ogc/collections/parcels/items", 1),
        ("/ogc/collections/incidents/items", 1),
        ("/ogc/collections/incidents/items?f=html", 2),
    ],
)
def test_statements(cast: Cast, path: str, statements: int) -> None:
    assert count(cast["leader"].client(), path) == statements


def test_one_feature_is_one_statement(world: World, cast: Cast) -> None:
    assert count(cast["leader"].client(), f"/ogc/collections/parcels/items/{world.rows['parcels'][0].pk}") == 1


@pytest.mark.parametrize("layer", ["facilities", "incidents", "parcels"])
def test_more_features_take_no_more_statements(world: World, cast: Cast, layer: str) -> None:
    from tests.world import declared_layers

    client = cast["leader"].client()
    path = f"/ogc/collections/{layer}/items"
    before = count(client, path), count(client, f"{path}?f=html")
    model = next(found.model for found in declared_layers() if found.name == layer)
    for number in range(10):
        feature(model, world.units["A"], (WEST + number * 0.0005, 15.56), f"more{number}")
    assert (count(client, path), count(client, f"{path}?f=html")) == before


def test_descriptions_take_no_statement_a_layer(cast: Cast) -> None:
    client = cast["leader"].client()
    client.get("/ogc/collections")  # extents are kept from here on
    assert count(client, "/ogc/collections") == 2, "settings, and times of the last changes"
    assert count(client, "/ogc/collections/roads") == 2


def test_who_asks_costs_the_same(cast: Cast) -> None:
    path = "/ogc/collections/incidents/items"
    counts: Callable[[str], int] = lambda name: count(cast[name].client(), path)  # noqa: E731
    assert {counts(name) for name in ("officer", "sibling", "analyst", "leader", "stranger", "anonymous")} == {1}
