"""How many queries a page makes: a baseline, so that nobody adds one a row by accident.

UPDATE_QUERY_COUNTS=1 writes tests/query_counts.json anew; say in the commit why a number grew.
"""

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import World

_BASELINE = Path(__file__).with_name("query_counts.json")
_PATHS = (
    "/",
    "/wall/",
    "/wall/counts",
    "/ogc/",
    "/ogc/conformance",
    "/ogc/api",
    "/ogc/collections",
    "/ogc/collections/roads",
    "/ogc/collections/roads/items?limit=3",
    "/ogc/collections/roads/items?limit=10",
    "/ogc/collections/incidents/items?bbox=108.4,15.5,108.6,15.6",
    "/ogc/collections/admin_units/items?datetime=2025-06-30",
    "/query/at-point?lon=108.475&lat=15.565",
    "/incidents/",
    "/incidents/new/",
    "/incidents/map/",
    "/incidents/open-data/",
    "/accounts/login/",
    "/accounts/tokens/",
    "/healthz",
)


def _queries(world: World, name: str, path: str) -> int:
    """Queries of the second of two equal requests; reading the change log does not count, for a running follower does it."""
    client = world.cast[name].client()
    assert client.get(path, headers={"Accept": "*/*"}).status_code in (200, 302), path
    with CaptureQueriesContext(connection) as captured:
        client.get(path, headers={"Accept": "*/*"})
    return sum("pg_current_snapshot" not in query["sql"] for query in captured.captured_queries)


@pytest.mark.django_db
@pytest.mark.parametrize("path", _PATHS)
@pytest.mark.parametrize("name", ["anonymous", "officer", "leader"])
def test_a_page_makes_no_more_queries_than_it_did(world: World, name: str, path: str) -> None:
    """Fewer are welcome, and then the baseline follows."""
    found = _queries(world, name, path)
    known: dict[str, int] = json.loads(_BASELINE.read_text(encoding="utf-8")) if _BASELINE.exists() else {}
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        known[f"{name} {path}"] = found
        _BASELINE.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n", encoding="utf-8")
        return
    assert found == known[f"{name} {path}"]


@pytest.mark.django_db
def test_a_longer_page_of_items_makes_no_more_queries(world: World) -> None:
    """The number does not grow with the rows."""
    counts = [_queries(world, "leader", f"/ogc/collections/parcels/items?limit={limit}") for limit in (1, 5, 12)]
    assert len(set(counts)) == 1
