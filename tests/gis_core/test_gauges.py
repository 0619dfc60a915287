"""Figures that are looked up for `/metrics`, requests that can be followed from nginx to the database, and the watchdog."""

import asyncio
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.plugin import DjangoDbBlocker

from gis_core.db import conninfo
from gis_core.observing import gauges
from gis_core.observing.watchdog import Watchdog
from tests import factories, loops
from tests.cast import Person
from tests.service import Service
from tests.sql import execute

WANTED = {
    *("http_request_duration_seconds", "tile_requests", "change_log_seq", "sse_clients", "edit_to_push_seconds", "db_pool_in_use"),
    *("db_pool_waiting", "import_jobs", "auth_failures", "permission_denied", "queue_age_seconds", "audit_links", "db_stuck_statements"),
    *("data_dir_free_bytes", "db_longest_statement_seconds", "outbound_requests", "answers_shed", "gauges_failed"),
}


def test_metrics_hold_what_operators_watch(asgi: Service) -> None:
    """Every family of docs/operations.md."""
    families = {family.name: family for family in text_string_to_metric_families(asgi.get("/metrics").text)}
    assert set(families) >= WANTED
    assert families["gauges_failed"].samples[0].value == 0


def test_a_database_in_trouble_leaves_the_rest(asgi: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process's own figures still show."""

    def broken() -> object:
        raise OperationalError("gone")

    monkeypatch.setattr(gauges, "GAUGES", (*gauges.GAUGES[:1], broken))
    families = {family.name: family for family in text_string_to_metric_families(asgi.get("/metrics").text)}
    assert "data_dir_free_bytes" in families


def test_a_made_up_method_is_no_label(asgi: Service) -> None:
    """Labels do not grow with what callers send."""
    asgi.request("BREW", "/nowhere")
    text = asgi.get("/metrics").text
    assert "BREW" not in text
    assert 'method="other"' in text


@pytest.mark.django_db
def test_statements_carry_the_requests_number(officer: Person) -> None:
    """And the account once it is known."""
    with CaptureQueriesContext(connection) as captured:
        answer = officer.client().get("/land/")
    assert officer.user is not None
    said = [query["sql"] for query in captured.captured_queries]
    assert all(sql.startswith(f"/*request={answer['X-Request-Id']} user=") for sql in said if "SAVEPOINT" not in sql)
    assert any(f"user={officer.user.pk}*/" in sql for sql in said)


@pytest.mark.django_db
@pytest.mark.parametrize(("proxy", "header", "kept"), [(True, "ab" * 16, True), (True, "x" * 32, False), (False, "ab" * 16, False)])
def test_the_proxys_number_is_kept(client: Client, settings: Any, proxy: bool, header: str, kept: bool) -> None:
    """A caller without our proxy cannot choose one."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxy else None
    answer = client.get("/healthz", headers={"X-Request-Id": header})
    assert (answer["X-Request-Id"] == "ab" * 6) is kept


def test_the_watchdog_ends_what_goes_on(world: object, django_db_blocker: DjangoDbBlocker) -> None:
    """First the statement, then the connection; a statement within its time stays."""

    async def watched() -> tuple[int, bool]:
        with django_db_blocker.unblock():
            hot, dog = conninfo("hot"), conninfo("watchdog")
        async with await psycopg.AsyncConnection.connect(hot) as slow, await psycopg.AsyncConnection.connect(dog, autocommit=True) as eye:
            task = asyncio.ensure_future(slow.execute("SELECT pg_sleep(60)"))
            watchdog, seen = Watchdog(), 0
            while not task.done():
                seen = max(seen, await watchdog.look(eye, 50))
                await asyncio.sleep(0.02)
            return seen, isinstance(task.exception(), psycopg.errors.QueryCanceled | psycopg.OperationalError)

    seen, ended = loops.run(watched())
    assert seen >= 1
    assert ended


@pytest.mark.django_db
def test_figures_of_nothing_are_nothing() -> None:
    """An empty queue is no fault."""
    factories.user("so")
    execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'todo'")
    assert [sample.value for metric in gauges.figures("queue_age_seconds") for sample in metric.samples] == [0.0]
