"""The whole of it on one machine: two clusters, two web processes, two tile nodes that follow the replica, nginx in front."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from bench.deployed import nginx_in_front
from bench.load.client import Client
from tests import loops
from tests.contract.services import decode, tile_of
from tests.faults.pair import Pair
from tests.faults.rig import Web, end_group, go_on
from tests.faults.test_replicas import _intact, clients, fail_over
from tests.server import await_ready, free_port
from tests.service import wait_until
from tests.world import World

_CLIENTS, _SECONDS, _ROUNDS = 16, 4.0, 3
# What programs and people read of a web process: lists, features, what there is, as JSON, as pages and by WFS.
_READS = (
    "/ogc/collections",
    "/ogc/collections/roads?f=html",
    "/ogc/collections/roads/queryables",
    "/ogc/collections/roads/items?limit=10",
    "/ogc/collections/roads/items?limit=10&f=html",
    "/ogc/collections/roads/items/{road}",
    "/ogc/collections/roads/items/{road}?f=html",
    "/wfs?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=roads&COUNT=10",
)


@pytest.fixture
def nodes(pair: Pair, tmp_path: Path) -> Iterator[list[str]]:
    """Two tile nodes over the standby, which they find as a primary after its promotion too."""
    started, addresses = [], []
    for number in range(2):
        port, log = free_port(), tmp_path / f"node-{number}"
        known = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": pair.url("standby", attributes="any")}
        with log.open("wb") as output:
            command = [sys.executable, "manage.py", "serve_tiles", "--port", str(port)]
            process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=known, stdout=output, stderr=output, start_new_session=True)
        started.append(process)
        await_ready(f"http://127.0.0.1:{port}/readyz", process, log)
        addresses.append(f"127.0.0.1:{port}")
    yield addresses
    for process in started:
        end_group(process)


@pytest.mark.fault(
    25,
    "two clusters, two web processes, two tile nodes, nginx: edits and reads while the primary is killed",
    "no acknowledged edit is lost, promotion takes less than a second, every node gives the same answers",
)
def test_more_than_one_of_everything(
    pair: Pair,
    webs: Callable[..., Web],
    nodes: list[str],
    world: World,
    measured: dict[str, str],
) -> None:
    urls = {"REPLICA_DATABASE_URL": pair.url("standby", attributes="any")}
    two = [webs(pair.url("primary", "standby"), **urls) for _number in range(2)]
    addresses = [f"127.0.0.1:{web.port}" for web in two]
    with ExitStack() as stack:
        front, _pid = stack.enter_context(nginx_in_front(addresses, nodes))
        alone, _pid = stack.enter_context(nginx_in_front(addresses[:1], nodes[:1]))
        measured["reads"] = _reads(alone, front, [path.format(road=world.rows["roads"][0].pk) for path in _READS])
        with clients(pair, world, front) as ledger:
            go_on(ledger, 20)
            killed, took = fail_over(pair)
            go_on(ledger, 20)
        first = min(edit.ended for edit in ledger.acknowledged(killed + 0.1))
        measured["promotion"] = f"{took:.2f} s; first acknowledged edit {first - killed:.1f} s after the kill"
        assert {status for _at, status, _after in ledger.failures} <= {0, 502, 503}
        with pair.connect("standby") as db:
            _intact(ledger, db, measured)
            (seq,) = db.execute("SELECT max(seq) FROM change_log").fetchone() or (0,)
        measured["the same answers"] = _same(addresses, nodes, front, world, int(str(seq)))


def _reads(alone: str, front: str, paths: Sequence[str]) -> str:
    """Answers a second through one process and through two, in turn."""
    rates: dict[str, list[float]] = {alone: [], front: []}
    for _round in range(_ROUNDS):
        for address in rates:
            rates[address].append(loops.run(_rate(address, paths)))
    one, two = (sorted(found)[_ROUNDS // 2] for found in rates.values())
    return f"{one:.0f} a second by one web process, {two:.0f} by two ({two / one:.2f} ×; {os.cpu_count()} cores for all of it and the load)"


async def _rate(address: str, paths: Sequence[str]) -> float:
    client, numbers = Client("127.0.0.1", int(address.rpartition(":")[2]), _CLIENTS), count()
    ends = time.perf_counter() + _SECONDS

    async def ask() -> None:
        while time.perf_counter() < ends:
            path = paths[next(numbers) % len(paths)]
            reply = await client.ask("GET", path, {"Accept-Encoding": "gzip"})
            assert reply.status == 200, (path, reply.body[:300])

    await asyncio.gather(*(ask() for _ in range(_CLIENTS)))
    client.close()
    return next(numbers) / _SECONDS


def _same(webs: list[str], nodes: list[str], front: str, world: World, seq: int) -> str:
    """Lists of both web processes, tiles of every process, at the same change or later."""
    lists, tiles = [], []
    z, x, y = tile_of(*world.row("facilities", "A").at, 12)
    for address in (*(f"http://{web}" for web in webs), front):
        answer = _at_least(f"{address}/ogc/collections/facilities/items?limit=100", seq)
        lists.append(sorted((one["id"], one["properties"]["name"]) for one in answer.json()["features"]))
    for address in (*(f"http://{one}" for one in (*webs, *nodes)), front):
        content = _at_least(f"{address}/tiles/facilities/{z}/{x}/{y}.mvt", seq).content
        tiles.append(sorted((one["id"], one["properties"]["name"]) for one in decode(content)["facilities"]))
    assert all(found == lists[0] for found in lists)
    assert all(found == tiles[0] for found in tiles)
    return f"{len(lists)} lists, {len(tiles)} tiles"


def _at_least(url: str, seq: int) -> httpx.Response:
    """The answer that holds a change; a node that has not heard of it says 503 and is asked again."""
    found: list[httpx.Response] = []

    def knows() -> bool:
        found.append(httpx.get(url, params={"min_seq": seq} if "?" not in url else None, timeout=30))
        return found[-1].status_code == 200 and int(found[-1].headers["X-Change-Seq"]) >= seq

    wait_until(knows, f"change {seq} at {url}", 60)
    return found[-1]
