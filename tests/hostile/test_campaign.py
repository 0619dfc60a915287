"""The campaign: no 5xx, no crash, no leak, no outbound request, bounded time and memory. `bin/hostile` runs all of it.

HOSTILE_SEED, HOSTILE_REQUESTS (default 140: every family ten times) and HOSTILE_FILES (default 12) say how much.
"""

import os
import resource
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from gis_core.importing.faults import FileFault
from gis_core.importing.sandbox import Limits
from incidents.photos.darkroom import Darkroom, Unreadable
from tests.cast import Person
from tests.hostile import files, requests, wire
from tests.hostile.judge import GROWTH, Processes, hidden_marks, wrong_with
from tests.importing.conftest import read
from tests.world import World

SEED = int(os.environ.get("HOSTILE_SEED", "1"))
REQUESTS = int(os.environ.get("HOSTILE_REQUESTS", "0")) or 10 * len(requests.FAMILIES)
FILES = int(os.environ.get("HOSTILE_FILES", "12"))
_LIMITS = Limits(memory=1 << 30, cpu_seconds=60, seconds=300)
_PROTOCOL = (
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: caf\u00e9\r\n\r\n",
    "GET /tiles/roads/14/1/1.mvt HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n",
    "GET http://evil/ HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n",
    "POST /wfs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /wfs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: -1\r\n\r\n",
    "POST /incidents/intake/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: " + "a" * 200_000 + "\r\n\r\n",
    "GET /" + "a" * 100_000 + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET /\x00\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n",
)


@pytest.fixture(scope="module")
def canary() -> Iterator[wire.Canary]:
    """Nobody may call it."""
    listener = wire.Canary()
    yield listener
    listener.close()


def _headers(hostile: requests.Hostile, stranger: Person) -> dict[str, str]:
    given = dict(hostile.headers)
    if given.get("Authorization") == "BASIC":
        given |= stranger.headers("basic")
    elif hostile.signed_in and "Authorization" not in given:
        given |= stranger.headers("bearer")
    return given


def test_hostile_requests(server: str, world: World, canary: wire.Canary) -> None:
    """Each family in turn; afterwards the same processes serve, no larger than they may be, and nobody was called."""
    stranger, marks = world.cast["stranger"], hidden_marks(world, world.cast)
    before = Processes.of(server)
    assert before.pids, "the server's processes were not found"
    statuses: Counter[int] = Counter()

    def sent(hostile: requests.Hostile) -> str:
        body, path = (text.replace("CANARY", canary.address) for text in (hostile.body.decode("latin-1"), hostile.path))
        headers = {name: value.replace("CANARY", canary.address) for name, value in _headers(hostile, stranger).items()}
        raw = wire.request(server, hostile.method, path, headers, body.encode("latin-1"))
        try:
            heard = wire.send(server, raw)
        except TimeoutError:
            return f"{hostile.family}: {hostile.method} {path[:300]}: no answer"
        statuses[heard.status] += 1
        wrong = wrong_with(hostile, heard, marks)
        return f"{hostile.family}: {hostile.method} {path[:300]} {hostile.body[:200]!r}: {wrong}" if wrong else ""

    with ThreadPoolExecutor(4) as pool:
        found = [wrong for wrong in pool.map(sent, requests.campaign(SEED, REQUESTS)) if wrong]
    after = Processes.of(server)
    print(f"{REQUESTS} requests, seed {SEED}: {dict(sorted(statuses.items()))}, memory {(after.memory - before.memory) >> 20:+d} MB")
    assert found == []
    assert after.pids == before.pids, "a process of the server ended"
    assert after.memory - before.memory < GROWTH
    assert canary.calls == 0


@pytest.mark.parametrize("raw", _PROTOCOL, ids=range(len(_PROTOCOL)))
def test_broken_protocol(server: str, world: World, raw: str) -> None:
    """Bytes that are no request: refused or cut off, and the next caller is served."""
    pids = Processes.of(server).pids
    try:
        heard = wire.send(server, raw.encode("latin-1"), patience=5)
    except TimeoutError:
        heard = wire.Heard(0, "", b"", 5)  # the server waits for the rest of a request, as it may
    assert heard.status < 500
    assert httpx.get(f"{server}/healthz", timeout=60).text == "ok\n"
    assert Processes.of(server).pids == pids


def test_hostile_files(canary: wire.Canary) -> None:
    """Read or refused with a reason, each in a child with bounds; no child takes its caller along, calls anybody, or stays."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        own, every = files.campaign(SEED, Path(folder), FILES, FILES), []
        every = own if FILES > 20 else own[:FILES] + own[-2 * FILES :]
        reading = [one for one in every if not one.is_photo]
        with ThreadPoolExecutor(3) as pool:
            told = Counter(pool.map(_read, [Path(folder)] * len(reading), range(len(reading)), reading))
        told += _photos([one.content for one in every if one.is_photo])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    print(f"{len(every)} files, seed {SEED}: {dict(told)}, largest child {peak >> 20} MB")
    assert set(told) <= {"read", "refused"}, told
    assert peak < 2 << 30
    assert canary.calls == 0


def _read(folder: Path, number: int, one: files.HostileFile) -> str:
    place = folder / f"read{number}"
    place.mkdir()
    path = place / one.name
    path.write_bytes(one.content)
    try:
        read(path, _LIMITS)
    except FileFault:
        return "refused"
    return "read"


def _photos(contents: list[bytes]) -> "Counter[str]":
    told: Counter[str] = Counter()
    room = Darkroom()
    try:
        for content in contents:
            try:
                room.look(content)
                room.draw(content)
                told["read"] += 1
            except Unreadable:
                told["refused"] += 1
    finally:
        room.close()
    return told
