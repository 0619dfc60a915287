"""A client that leaves: the statement that it waited for ends at once, no other one begins, and the connection serves on."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from gis_core.serving.leaving import ClientLeft, Leaving, current, until_left
from tests.service import Service
from tests.world import World

PATIENCE = 60


class Waiting:
    """Stands in a query for the unit of a position: a statement that lasts, and what became of it."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Event(), threading.Event()
        self.said = ""

    def __call__(self, *_position: Any) -> None:
        self.begun.set()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(7)")
        except OperationalError as error:
            self.said = str(error)
            raise
        finally:
            self.over.set()


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    """In place of the unit over a position."""
    slow = Waiting()
    monkeypatch.setattr("layers.queries.at_point.admin_unit", slow)
    yield slow
    assert not slow.begun.is_set() or slow.over.wait(PATIENCE)


def _left(asgi: Service, path: str, query: bytes, begun: threading.Event) -> list[Any]:
    """A request whose client leaves as soon as `begun` is set; what was sent to it."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "",
        "path": path, "raw_path": path.encode(), "query_string": query, "headers": [(b"host", b"testserver")],
        "client": ("127.0.0.1", 1), "server": ("testserver", 80),
    }  # fmt: skip
    sent: list[Any] = []
    whole = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        if message := next(whole, None):
            return message
        await asyncio.to_thread(begun.wait, PATIENCE)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async def serve() -> None:
        await asgi.application(scope, receive, send)

    asgi.run(serve())
    return sent


def test_the_statement_ends_with_its_client(asgi: Service, world: World, waiting: Waiting) -> None:
    """Cancelled by request, not by the clock; nothing is sent to nobody."""
    assert _left(asgi, "/query/at-point", b"lon=108.47&lat=15.56&layers=roads", waiting.begun) == []
    assert waiting.over.wait(PATIENCE)
    assert "user request" in waiting.said


def test_the_service_goes_on(asgi: Service, world: World, waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection of the request that was left serves the next ones."""
    for _time in range(3):
        waiting.begun.clear()
        waiting.over.clear()
        _left(asgi, "/query/at-point", b"lon=108.47&lat=15.56&layers=roads", waiting.begun)
        assert waiting.over.wait(PATIENCE)
    monkeypatch.undo()
    for _time in range(8):
        assert asgi.get("/query/at-point?lon=108.47&lat=15.56&layers=roads").status_code == 200


def test_no_statement_begins_after_the_client_left(db: None) -> None:
    """And none is touched outside of the request's reading."""
    leaving = Leaving()
    token = current.set(leaving)
    try:
        with until_left(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            leaving.end()
            with pytest.raises(ClientLeft):
                cursor.execute("SELECT 2")
    finally:
        current.reset(token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 3")
        assert cursor.fetchone() == (3,)


def test_a_statement_on_its_way_ends_too(db: None) -> None:
    """Cancelled before it reached the database, it is cancelled once more."""
    leaving = Leaving()
    ending = threading.Thread(target=leaving.end)

    def late(execute: Any, *statement: Any) -> Any:
        ending.start()
        ending.join(0.1)
        return execute(*statement)

    token = current.set(leaving)
    ended = pytest.raises(OperationalError, match="user request")
    try:
        with ended, transaction.atomic(), until_left(), connection.execute_wrapper(late), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")
    finally:
        current.reset(token)
    ending.join(PATIENCE)
    assert not ending.is_alive()


def test_requests_without_a_loop_are_as_they_were(db: None) -> None:
    """Commands and tests call views without the server around them."""
    with until_left(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
