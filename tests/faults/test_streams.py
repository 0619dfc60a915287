"""Notifications are lost; a client of live updates stops reading."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.ledger import Ledger
from tests.faults.listeners import Listener
from tests.faults.rig import TABLE, Rig, go_on
from tests.service import wait_until

Intact = Callable[[Ledger], None]


@pytest.mark.fault(13, "notifications are lost: the listening connections are ended", "every edit reaches every stream by its number")
def test_notifications_are_lost(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    with Listener(rig.web.address, rig.headers()) as one, Listener(rig.web.address, rig.headers()) as other, rig.clients() as ledger:
        go_on(ledger)
        since = time.monotonic()
        with rig.island.connect() as db:
            db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ioc-follower'")
        go_on(ledger)
        wanted = [(edit.seq, edit.row) for edit in ledger.acknowledged(since)]
        for stream in (one, other):
            wait_until(lambda stream=stream: all(stream.has(*pair) for pair in wanted), "every edit in the stream", 60)
        measured["the first of them came after"] = f"{min(at for at in one.heard.values() if at > since) - since:.1f} s"
    assert one.everything_anew == other.everything_anew == 0
    assert list(one.heard) == sorted(one.heard)
    intact(ledger)


@pytest.mark.fault(14, "a client of live updates never reads", "the process's memory stays bounded, other clients hear in time")
def test_a_client_that_never_reads(rig: Rig, measured: dict[str, str]) -> None:
    frozen = [_never_reads(rig) for _number in range(20)]
    try:
        with Listener(rig.web.address, rig.headers()) as good, rig.island.connect() as db:
            before = max(map(_memory_mb, rig.web.workers_now()))
            for round_ in range(40):
                db.execute(f"UPDATE {TABLE} SET address = %s", [f"{round_}"])
            (seq,) = db.execute("SELECT max(seq) FROM change_log").fetchone() or (0,)
            done = time.monotonic()
            wait_until(lambda: good.last >= seq, "the good client to hear of all", 60)
            late = max(0.0, good.heard[good.last] - done)
            grown = max(map(_memory_mb, rig.web.workers_now())) - before
        assert grown < 60, f"{grown} MB more"
        measured["memory"] = f"{grown:+.0f} MB after {40 * len(rig.world.rows['facilities'])} changes past 20 frozen clients"
        measured["the good client"] = f"{late * 1000:.0f} ms behind"
    finally:
        for sock in frozen:
            sock.close()


def _never_reads(rig: Rig) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", rig.web.port))
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **rig.headers()}.items())
    sock.sendall(f"GET /live/?layers=facilities HTTP/1.1\r\n{head}\r\n".encode())
    return sock


def _memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
