"""A report that the form sends: from its first byte to the event that makes the wall and the dispatch board show it."""

import asyncio
import os
import statistics
import time
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import orjson

from bench.data import ensure_pilot
from bench.harness import Ratio, benchmark_of_pilot
from bench.intake import CATEGORY, PATH, UNLIMITED, Load, asked, own_reports
from bench.processes import Server, ours
from bench.settings import SEEN_REPORTS

# A wall listens to several layers, a board to its own.
_LISTENERS = {"wall": "incidents,roads,facilities,parcels", "board": "incidents"}
_OF_EACH = 10
_PATIENCE = 10.0


@benchmark_of_pilot
def report_to_event() -> Iterator[Ratio]:
    """p99 in seconds over all reports and listeners, one report after the other on an otherwise idle server."""
    data = ensure_pilot()
    os.environ.update(UNLIMITED)
    with own_reports(), ours(data.headers) as server:
        waits, missing = asyncio.run(_measure(server))
    for kind, of_kind in waits.items():
        of_kind.sort()
        p50, p99 = statistics.median(of_kind), of_kind[int(len(of_kind) * 0.99) - 1]
        detail = f"{SEEN_REPORTS} reports, {_OF_EACH} listeners, {missing[kind]} missing; p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"
        yield Ratio(f"report sent -> event at the {kind} (s)", p99 if not missing[kind] else float("inf"), "<= 1", detail)


async def _measure(server: Server) -> tuple[dict[str, list[float]], dict[str, int]]:
    heard: dict[str, list[asyncio.Queue[float]]] = {kind: [asyncio.Queue() for _ in range(_OF_EACH)] for kind in _LISTENERS}
    opened = [asyncio.Event() for _ in range(_OF_EACH * len(_LISTENERS))]
    pairs = [(kind, queue) for kind, queues in heard.items() for queue in queues]
    tasks = [
        asyncio.create_task(_listen(server, _LISTENERS[kind], queue, event)) for (kind, queue), event in zip(pairs, opened, strict=True)
    ]
    await asyncio.wait_for(asyncio.gather(*(event.wait() for event in opened)), 60)
    waits: dict[str, list[float]] = {kind: [] for kind in _LISTENERS}
    missing = dict.fromkeys(_LISTENERS, 0)
    for number in range(SEEN_REPORTS):
        sent = await _report(server, number)
        for kind, queue in pairs:
            try:
                waits[kind].append(await asyncio.wait_for(queue.get(), _PATIENCE) - sent)
            except TimeoutError:
                missing[kind] += 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return waits, missing


async def _report(server: Server, number: int) -> float:
    """Send one over a connection of its own, as a phone does; when it began."""
    address = urlsplit(server.url)
    pin = {"lon": 108.45 + number % 100 * 5e-4, "lat": 15.55 + number % 97 * 4e-4}
    body = {"uid": str(uuid.uuid4()), "category": CATEGORY, "pin": pin, "description": "Ổ gà sâu trước chợ"}
    sent = time.perf_counter()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    assert await asked(reader, writer, address.netloc, f"POST {PATH}", orjson.dumps(body), "application/json", Load())
    writer.close()
    return sent


async def _listen(server: Server, layers: str, heard: "asyncio.Queue[float]", opened: asyncio.Event) -> None:
    """Somebody who works with reports; each event about a report counts."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 20)
    who = server.headers["Authorization"]
    writer.write(f"GET /live/?layers={layers} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: {who}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    try:
        while line := await reader.readline():
            if line.startswith(b"data: ") and b'"incidents"' in line:
                heard.put_nowait(time.perf_counter())
            opened.set()
    finally:
        writer.close()
