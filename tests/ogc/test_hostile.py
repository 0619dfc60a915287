"""Hostile requests: a 4xx with a sentence, soon; and whatever a generator of requests makes of the API's definition, never a 5xx."""

import os
import time
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
import schemathesis
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok

from tests.cast import Cast, Person
from tests.service import Service
from tests.world import World

ITEMS = "/ogc/collections/roads/items"
SQL = ("'", '"', "';DROP TABLE land_parcel;--", "1 OR 1=1", "$$", "%s", "%(x)s", "\\", "name) FROM x--", "\u202e", "ﬃ", "🏠", "a" * 900)
PARAMETERS = (
    *("bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs", "limit", "offset", "cursor", "sortby"),
    *("properties", "f", "count", "min_seq", "lanes", "is_demo"),
)


@pytest.mark.parametrize("parameter", PARAMETERS)
@pytest.mark.parametrize("value", SQL)
def test_sql_in_every_parameter(asgi: Service, world: World, parameter: str, value: str) -> None:
    answer = asgi.get(f"{ITEMS}?{urlencode({parameter: value})}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "filter=" + "(" * 5_000,
        "filter=" + "NOT%20" * 2_000 + "TRUE",
        "filter=" + "%20AND%20".join(["lanes=1"] * 1_000),
        "filter=" + "9" * 10_000 + "%20%3E%20lanes",
        "filter=10%5E999999%20%3E%20lanes",
        "filter=1e308*1e308%3Elanes",
        "filter-lang=cql2-json&filter=" + "%7B%22op%22:%22not%22,%22args%22:%5B" * 300,
        "filter-lang=cql2-json&filter=%7B%22op%22:%22like%22%7D",
        "filter=S_INTERSECTS(geom,POLYGON((" + ",".join(f"{i % 180}%20{i % 90}" for i in range(2_000)) + ")))",
        "bbox=1e999,0,1,1",
        "bbox=nan,0,1,1",
        "datetime=0000-01-01/9999-12-31T23:59:59Z",
        "x=" * 60,
        "&".join(f"p{i}=1" for i in range(60)),
        "%ff%fe=1",
        "filter=%ff%fe",
        "filter=%00",
    ],
)
def test_deep_long_and_broken_queries(asgi: Service, world: World, query: str) -> None:
    started = time.monotonic()
    answer = asgi.get(f"{ITEMS}?{query}")
    assert 400 <= answer.status_code < 500, answer.text
    assert time.monotonic() - started < 10  # a second on a quiet machine


def test_an_address_that_is_too_long(asgi: Service) -> None:
    assert asgi.get(f"{ITEMS}?filter={'x' * 60_000}").status_code == 414


def test_functions_cannot_be_made_to_sleep(asgi: Service, world: World) -> None:
    for call in ("pg_sleep(10) = 1", "upper(pg_sleep(10)) = 'x'", "concat(name, repeat('x', 1000000000)) = 'x'", "version() = 'x'"):
        assert asgi.get(f"{ITEMS}?{urlencode({'filter': call})}").status_code == 400


# A long run: SCHEMATHESIS_EXAMPLES=200 bin/test tests/ogc/test_hostile.py -k generated
_EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))
_LAYERS = ("parcels", "roads", "facilities")


@pytest.mark.parametrize("name", ["leader", "analyst", "officer"])
def test_generated_requests_never_fail_the_service(world: World, cast: Cast, db: None, name: str) -> None:
    """schemathesis over the person's own definition, writes included; everything is rolled back."""
    client = cast[name].client()
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        # Making requests takes longer than answering them, on a busy machine longer than a transaction may rest.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    definition = client.get("/ogc/api").json()
    definition["paths"] = {path: entry for path, entry in definition["paths"].items() if _is_asked(path)}
    failures: list[str] = []
    for operation in schemathesis.openapi.from_dict(definition).get_all_operations():
        assert isinstance(operation, Ok)
        _send_some(client, operation.ok(), failures)
    assert failures == []


def _is_asked(path: str) -> bool:
    """What Django answers, of some layers; tiles go another way (below)."""
    return not path.endswith("{tileCol}") and (not path.startswith("/collections/") or path.split("/")[2] in _LAYERS)


def test_generated_requests_for_tiles_never_fail_the_service(asgi: Service, world: World, cast: Cast) -> None:
    definition = asgi.get("/ogc/api", cast["officer"]).json()
    definition["paths"] = {path: entry for path, entry in definition["paths"].items() if path.endswith("{tileCol}") and "water" not in path}
    failures: list[str] = []
    for operation in schemathesis.openapi.from_dict(definition).get_all_operations():
        assert isinstance(operation, Ok)
        _ask_some(asgi, cast["officer"], operation.ok(), failures)
    assert failures == []


def _ask_some(asgi: Service, person: Person, operation: Any, failures: list[str]) -> None:
    @settings(max_examples=_EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        address = f"/ogc{case.formatted_path}?{_query(case)}"
        answer = asgi.get(address, person)
        if answer.status_code >= 500:
            failures.append(f"{address}: {answer.status_code}")

    run()


def _query(case: Any) -> str:
    return urlencode({name: ",".join(map(str, value)) if isinstance(value, list) else value for name, value in (case.query or {}).items()})


def _send_some(client: Client, operation: Any, failures: list[str]) -> None:
    checks = list(HealthCheck)

    @settings(max_examples=_EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=checks, derandomize=True)
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        answer = _sent(client, case)
        if answer.status_code >= 500:
            failures.append(f"{case.method} {case.formatted_path} {case.query} {case.body!r}: {answer.status_code}")

    run()


def _sent(client: Client, case: Any) -> Any:
    query = _query(case)
    body = b"" if case.media_type is None else orjson.dumps(case.body, default=str, option=orjson.OPT_NON_STR_KEYS)
    headers = {name: str(value).encode("ascii", "replace").decode() for name, value in (case.headers or {}).items()}
    address = f"/ogc{case.formatted_path}" + (f"?{query}" if query else "")
    return client.generic(case.method, address, body, content_type=case.media_type or "", headers=headers)
