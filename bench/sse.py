"""Live updates: from the commit of an edit to its arrival at each client of one server process: 200 readers, 100 screens of the wall."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.db import connection

from bench.data import ensure, ensure_pilot, somebody
from bench.harness import Ratio, benchmark, benchmark_of_pilot
from bench.processes import Server, ours
from bench.settings import SSE_CLIENTS, SSE_EDITS, WALL_SCREENS
from gis_core.access import scope_of
from layers.catalogue import catalogue
from layers.layer import FeatureLayer

_EDITS_A_SECOND = 20
_LAYER = "facilities"


@benchmark
def edit_to_event() -> Iterator[Ratio]:
    """p99 in milliseconds over all clients and edits; 20 edits a second, names put back afterwards."""
    data = ensure()
    with ours(data.headers) as server:  # whose layers are all loaded
        waits, missing = asyncio.run(_measure(server, SSE_CLIENTS, _LAYER, ""))
    yield _ratio("edit_to_event p99 (ms)", SSE_CLIENTS, waits, missing)


@benchmark_of_pilot
def wall_screens() -> Iterator[Ratio]:
    """The same for 100 screens, each with a person's permissions and on every layer of the wall, while alert rules are evaluated."""
    data = ensure_pilot()
    layers = ",".join(layer.name for layer in catalogue.visible_to(scope_of(somebody()), "wall") if isinstance(layer, FeatureLayer))
    with ours(data.headers) as server:
        waits, missing = asyncio.run(_measure(server, WALL_SCREENS, layers, server.headers["Authorization"]))
    yield _ratio("wall: edit -> event at 100 screens, p99 (ms)", WALL_SCREENS, waits, missing)


def _ratio(name: str, clients: int, waits: list[float], missing: int) -> Ratio:
    waits.sort()
    p50, p99 = statistics.median(waits) * 1000, waits[int(len(waits) * 0.99) - 1] * 1000
    detail = f"{clients} clients, {SSE_EDITS} edits, {len(waits)} arrivals, {missing} missing; p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    return Ratio(name, p99 if not missing else float("inf"), "<= 100", detail)


async def _measure(server: Server, clients: int, layers: str, who: str) -> tuple[list[float], int]:
    """The waits of all clients, and how many arrivals never came."""
    arrivals: list[dict[int, float]] = [{} for _ in range(clients)]
    opened = [asyncio.Event() for _ in range(clients)]
    listeners = [asyncio.create_task(_listen(server, layers, who, *pair)) for pair in zip(arrivals, opened, strict=True)]
    await asyncio.wait_for(asyncio.gather(*(event.wait() for event in opened)), 60)
    commits = [await _edit_in_time(number) for number in range(SSE_EDITS)]
    await asyncio.sleep(1.5)
    for listener in listeners:
        listener.cancel()
    await asyncio.gather(*listeners, return_exceptions=True)
    await sync_to_async(put_back)()
    return _waits(commits, arrivals)


def _waits(commits: list[tuple[int, float]], arrivals: list[dict[int, float]]) -> tuple[list[float], int]:
    """A batch brings a client to its number: an edit has arrived with the first batch of its number or a higher one."""
    waits, missing = [], 0
    for heard in arrivals:
        numbers = sorted(heard)
        for seq, committed in commits:
            reached = next((heard[number] for number in numbers if number >= seq), None)
            if reached is None:
                missing += 1
            else:
                waits.append(max(0.0, reached - committed))
    return waits, missing


async def _listen(server: Server, layers: str, who: str, heard: dict[int, float], opened: asyncio.Event) -> None:
    """One client, as lean as can be: 200 of them share the machine with the server."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    signed_in = f"Authorization: {who}\r\n" if who else ""
    writer.write(f"GET /live/?layers={layers} HTTP/1.1\r\nHost: {address.netloc}\r\n{signed_in}\r\n".encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"id: "):
                heard.setdefault(int(line[4:]), time.perf_counter())
                opened.set()
    finally:
        writer.close()


async def _edit_in_time(number: int) -> tuple[int, float]:
    await asyncio.sleep(1 / _EDITS_A_SECOND)
    return await sync_to_async(edit)(number)


def edit(number: int) -> tuple[int, float]:
    """One committed edit: its number in the log, and when it was committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH chosen AS (SELECT id FROM layers_facility ORDER BY id LIMIT 1 OFFSET %s)"
            " UPDATE layers_facility f SET name = name || '\u200b' FROM chosen WHERE f.id = chosen.id",
            [number % 50],
        )
        committed = time.perf_counter()
        cursor.execute("SELECT max(seq) FROM change_log")
        return int(cursor.fetchone()[0]), committed


def put_back() -> None:
    """The names as they were."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE layers_facility SET name = replace(name, '\u200b', '') WHERE name LIKE '%%\u200b%%'")
