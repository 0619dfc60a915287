"""One making of a tile for all who wait for it, and none for those who have gone."""

import asyncio
from typing import Any

import pytest
from django.db import connection

from tests import loops
from tests.service import Service, wait_until
from tests.world import World
from tiles import database
from tiles.cache import SingleFlight, TileCache


class Work:
    """A making that ends when it is told to; how often it was begun and broken off."""

    def __init__(self, *, failing: bool = False) -> None:
        self.begun = self.cancelled = 0
        self.may_end = asyncio.Event()
        self.failing = failing

    async def __call__(self) -> bytes:
        self.begun += 1
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.failing:
            raise ValueError
        return b"tile"


def test_many_who_ask_at_once_wait_for_one() -> None:
    async def scene() -> None:
        flights, work = SingleFlight(), Work()
        waiting = [asyncio.ensure_future(flights.do("tile", work)) for _ in range(50)]
        await asyncio.sleep(0)
        work.may_end.set()
        assert await asyncio.gather(*waiting) == [b"tile"] * 50
        assert work.begun == 1
        await flights.do("tile", work)
        assert work.begun == 2, "what is made is not kept here"

    loops.run(scene())


def test_one_who_goes_leaves_it_to_the_others() -> None:
    async def scene() -> None:
        flights, work = SingleFlight(), Work()
        stays, goes = (asyncio.ensure_future(flights.do("tile", work)) for _ in range(2))
        await asyncio.sleep(0)
        goes.cancel()
        await asyncio.sleep(0)
        work.may_end.set()
        assert await stays == b"tile"
        assert (work.begun, work.cancelled) == (1, 0)

    loops.run(scene())


def test_the_last_who_goes_ends_it() -> None:
    async def scene() -> None:
        flights, work = SingleFlight(), Work()
        waiting = [asyncio.ensure_future(flights.do("tile", work)) for _ in range(3)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.sleep(0)
        assert (work.begun, work.cancelled) == (1, 1)

    loops.run(scene())


def test_a_failure_is_everybodys_and_is_not_kept() -> None:
    async def scene() -> None:
        flights, failing, working = SingleFlight(), Work(failing=True), Work()
        waiting = [asyncio.ensure_future(flights.do("tile", failing)) for _ in range(2)]
        await asyncio.sleep(0)
        failing.may_end.set()
        assert all(isinstance(found, ValueError) for found in await asyncio.gather(*waiting, return_exceptions=True))
        working.may_end.set()
        assert await flights.do("tile", working) == b"tile"

    loops.run(scene())


def test_the_cache_stays_within_its_bytes() -> None:
    """The least recently used goes first, and nothing that would fill a quarter of it comes in."""
    cache = TileCache(10_000)
    for number in range(20):
        cache.put(number, bytes(700))
        assert cache.get(0) is not None, "in use"
        assert cache.size <= cache.capacity
    assert cache.get(1) is None
    cache.put("large", bytes(2_501))
    assert cache.get("large") is None


def test_an_abandoned_request_stops_its_query(asgi: Service, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser moved on: the database is told, and its connection is free again."""
    fetch = database.fetch_value

    async def slow(_sql: str, _parameters: object) -> bytes:
        return await fetch("SELECT 'x'::bytea FROM pg_sleep(30)", {})

    monkeypatch.setattr("tiles.mvt.fetch_value", slow)
    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/tiles/roads/13/6565/3730.mvt",
        "query_string": b"min_seq=99999999999",
        "headers": [(b"host", b"testserver")],
        "scheme": "http",
    }

    async def scene() -> None:
        gone = asyncio.Event()

        async def receive() -> dict[str, str]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        request = asyncio.ensure_future(asgi.application(scope, receive, send))
        await asyncio.to_thread(wait_until, lambda: sleeping() == 1, "the query to run")
        gone.set()
        await asyncio.wait_for(request, 5)

    asgi.run(scene())
    wait_until(lambda: sleeping() == 0, "the query to be cancelled")
    assert sent[0]["status"] == 499


def sleeping() -> int:
    """How many of the slow queries run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT ''x''::bytea FROM pg_sleep%'")
        (count,) = cursor.fetchone()
    return int(count)
