"""Clients misbehave: they send slowly, and go away without waiting."""

import contextlib
import socket
import time

import httpx
import pytest

from bench.deployed import nginx_in_front
from tests.faults.rig import TABLE, Rig
from tests.service import wait_until

_HEAD = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
_BODY = "POST /incidents/intake/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"


@pytest.mark.fault(15, "400 connections send headers and bodies a byte at a time", "another client is served in less than a second")
def test_slow_senders(rig: Rig, measured: dict[str, str]) -> None:
    upstream = [f"127.0.0.1:{rig.web.port}"]
    with nginx_in_front(upstream, upstream) as (address, _pid), contextlib.ExitStack() as stack:
        port = int(address.rpartition(":")[2])
        slow = []
        for number in range(400):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            start = _HEAD if number % 2 else _BODY
            sock.sendall(start.encode())
            slow.append(sock)
        waits = []
        for _round in range(10):
            for sock in slow:
                with contextlib.suppress(OSError):
                    sock.sendall(b"a")
            asked = time.monotonic()
            answer = httpx.get(f"{address}/ogc/collections/roads/items?limit=1", timeout=30)
            waits.append(time.monotonic() - asked)
            assert answer.status_code == 200
    measured["a good client waits"] = f"{sorted(waits)[5] * 1000:.0f} ms, {max(waits) * 1000:.0f} ms at most"
    assert sorted(waits)[5] < 1


@pytest.mark.fault(16, "200 clients go away before their answer", "their queries end; others are served")
def test_clients_go_away(rig: Rig, measured: dict[str, str]) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **rig.headers()}.items())
    with rig.hold(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE"):
        asked = []
        for number in range(200):
            sock = socket.create_connection(("127.0.0.1", rig.web.port), timeout=30)
            sock.sendall(f"GET /ogc/collections/facilities/items?limit={number + 1} HTTP/1.1\r\n{head}\r\n".encode())
            asked.append(sock)
        wait_until(lambda: _active(rig) >= 5, "queries at work", 60)
        for sock in asked:
            sock.close()
        left = time.monotonic()
        wait_until(lambda: _active(rig) < 5, "their end", 30)
        measured["fewer than 5 queries after"] = f"{time.monotonic() - left:.1f} s"
    wait_until(lambda: rig.web.status("/ogc/collections/facilities/items?limit=1") == 200, "service", 30)


def _active(rig: Rig) -> int:
    with rig.island.connect() as db:
        found = db.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return int(found[0]) if found else 0
