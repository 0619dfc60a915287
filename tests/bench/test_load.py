"""The open loop: a stall counts against every request that was due in it, and the verdicts say what was asked for."""

import asyncio
import math
import time

import pytest

from bench.load.client import Client, Done, Load, Reply, Stream
from bench.load.measure import normal, overload, quantile, recovery
from tests import loops


async def _answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Two requests a connection: one with chunks, one with a length and without a body to read."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
    await writer.drain()
    writer.close()


def test_answers_are_read_over_kept_connections() -> None:
    """Chunked or counted, and anew where the server closes."""

    async def talk() -> list[Reply]:
        server = await asyncio.start_server(_answering, "127.0.0.1", 0)
        client = Client("127.0.0.1", server.sockets[0].getsockname()[1], 1)
        replies = [await client.ask("GET", "/", {}) for _number in range(4)]
        client.close()
        server.close()
        return replies

    first, second, third, fourth = loops.run(talk())
    assert (first.status, first.body) == (third.status, third.body) == (200, b"abcde")
    assert (second.status, second.headers["retry-after"], fourth.status) == (503, "5", 503)


def test_time_counts_from_the_moment_at_which_a_request_was_due() -> None:
    """The loop stands still for longer than ten requests' pace: all of them are late, none is left out."""

    async def ask(number: int) -> Reply:
        if number == 0:
            time.sleep(0.2)
        return Reply(200)

    load = Load()
    loops.run(load.run([Stream("tile hit", 100, ask)], 0.1))
    assert len(load.done) == 10
    assert sorted(one.took for one in load.done)[5] > 0.1


def _done(kind: str, took: float, status: int = 200, due: float = 0.0, *, told: bool = False) -> Done:
    return Done(kind, due, took, status, told)


def test_a_profile_holds_where_every_limit_is_kept() -> None:
    """At the 95th percentile; one failure in a thousand is too many, an edit that a wall never hears too."""
    quick = [_done(kind, 0.01) for kind in ("tile hit", "tile miss", "items", "edit") for _number in range(500)]
    assert all(verdict.held for verdict in normal(quick, [0.1] * 20))
    assert [verdict.what for verdict in normal([*quick, *[_done("edit", 0.1, 500)] * 3], [0.1]) if not verdict.held] == ["failed requests"]
    assert [verdict.what for verdict in normal(quick, [0.1, math.inf]) if not verdict.held] == ["edit to wall, p95"]
    assert [verdict.what for verdict in normal([*quick, *[_done("items", 0.4)] * 40], [0.1]) if not verdict.held] == ["items, p95"]


def test_overload_may_refuse_but_not_silently_and_not_most() -> None:
    """Goodput, Retry-After on every refusal, nothing else that fails."""
    before = [_done("items", 0.1)] * 100
    shed = [*before, *[_done("items", 0.1, 503, told=True)] * 200]
    assert all(verdict.held for verdict in overload(before, shed, (10, 10)))
    wrong = [*before[:70], _done("items", 0.1, 503), _done("items", 0.1, 500)]
    assert [verdict.what for verdict in overload(before, wrong, (10, 10)) if not verdict.held] == [
        "goodput",
        "refused with Retry-After",
        "other failures",
    ]


@pytest.mark.parametrize(("late", "held"), [(5.0, True), (20.0, False)])
def test_recovery_is_the_end_of_the_last_request_that_was_not_normal(late: float, held: bool) -> None:
    """Slow or refused."""
    assert recovery([_done("edit", 0.01, due=30), _done("edit", 1, due=late), _done("items", 0, 503, due=1)], 0).held is held


def test_quantiles() -> None:
    """Of nothing: 0."""
    assert (quantile([], 0.5), quantile([3, 1, 2], 0.5), quantile([1, 2], 0.95)) == (0.0, 2, 2)


def test_the_number_of_connections_stays_the_same() -> None:
    """What a burst opens is closed again; what the server closes is opened anew."""
    counts: list[int] = []
    open_now: set[asyncio.StreamWriter] = set()

    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(writer)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(0.01)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        except asyncio.IncompleteReadError:
            pass
        finally:
            open_now.discard(writer)
            writer.close()

    async def talk() -> None:
        server = await asyncio.start_server(answering, "127.0.0.1", 0)
        client = Client("127.0.0.1", server.sockets[0].getsockname()[1], 4)
        for together in (4, 20, 1, 1):
            await asyncio.gather(*(client.ask("GET", "/", {}) for _number in range(together)))
            await asyncio.sleep(0.05)
            counts.append(len(open_now))
        next(iter(open_now)).close()
        await asyncio.sleep(0.05)
        for _number in range(6):
            await client.ask("GET", "/", {})
        counts.append(len(open_now))
        client.close()
        await asyncio.sleep(0.05)
        server.close()

    loops.run(talk())
    assert counts == [4, 4, 4, 4, 4]
    assert not open_now
