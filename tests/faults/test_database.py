"""The database stops, crashes, freezes, is full, is locked, has no connection left."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.faults.ledger import Ledger
from tests.faults.rig import TABLE, Rig, go_on, postmaster_family
from tests.freshness.island import programs
from tests.service import wait_until

Intact = Callable[[Ledger], None]
STOPPED = "acknowledged edits are there; readiness falls, liveness does not; the service comes back by itself"


def _tile(rig: Rig) -> str:
    from tests.contract.services import tile_of

    z, x, y = tile_of(*rig.world.row("roads", "A").at, 12)
    return f"/tiles/roads/{z}/{x}/{y}.mvt"


def _through_an_outage(rig: Rig, measured: dict[str, str], break_it: Callable[[], None], mend_it: Callable[[], None]) -> Ledger:
    with rig.clients() as ledger:
        go_on(ledger)
        broken = time.monotonic()
        break_it()
        wait_until(lambda: rig.web.status("/readyz", 20) == 503, "readiness to fall", 60)
        measured["unready after"] = f"{time.monotonic() - broken:.1f} s"
        assert rig.web.status("/healthz") == 200
        assert rig.web.status(_tile(rig)) in (200, 204, 503), "a tile from memory while it is vouched for, or the truth"
        mend_it()
        mended = time.monotonic()
        wait_until(lambda: rig.web.status("/readyz") == 200, "readiness", 60)
        go_on(ledger)
        measured["writes again after"] = f"{min(edit.ended for edit in ledger.acknowledged(mended)) - mended:.1f} s"
    told = [(status, after) for _at, status, after in ledger.failures if status]
    assert {status for status, _after in told} <= {503}, told
    assert all(after for _status, after in told), "503 without Retry-After"
    return ledger


@pytest.mark.fault(4, "PostgreSQL stops at once and starts again", STOPPED)
def test_the_database_stops(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    intact(_through_an_outage(rig, measured, lambda: rig.island.stop("immediate"), rig.island.start))


@pytest.mark.fault(
    5, "kill -9 of one backend: the whole cluster restarts", "acknowledged edits are there; the service comes back by itself"
)
def test_a_backend_is_killed(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    with rig.clients() as ledger:
        go_on(ledger)
        with contextlib.suppress(psycopg.Error), rig.island.connect() as db:
            os.kill(db.info.backend_pid, signal.SIGKILL)
        measured["writes again after"] = f"{go_on(ledger):.1f} s"
    assert {status for _at, status, _after in ledger.failures} <= {0, 503}
    intact(ledger)


@pytest.mark.fault(
    6, "PostgreSQL frozen for 10 s (SIGSTOP)", "requests end within 8 s by 503 with Retry-After; it goes on within 3 s", quick=True
)
def test_the_database_freezes(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    with rig.clients() as ledger:
        go_on(ledger)
        family = postmaster_family(rig.island)
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        try:
            asked = time.monotonic()
            answer = httpx.get(f"{rig.web.address}/ogc/collections/roads/items?limit=3&min_seq=0", headers=rig.headers(), timeout=40)
            waited = time.monotonic() - asked
            time.sleep(max(0.0, 9 - waited))
            quick = time.monotonic()
            again = httpx.get(f"{rig.web.address}/ogc/collections/roads/items?limit=4", headers=rig.headers(), timeout=40)
            quick = time.monotonic() - quick
            assert rig.web.status("/healthz") == 200
        finally:
            for pid in reversed(family):
                os.kill(pid, signal.SIGCONT)
        measured["first writes after"] = f"{go_on(ledger):.1f} s"
    assert (answer.status_code, again.status_code) == (503, 503)
    assert answer.headers["Retry-After"]
    measured["503 after"] = f"{waited:.1f} s, later ones {quick * 1000:.0f} ms"
    intact(ledger)


@pytest.mark.fault(7, "all connections of the database taken", "some requests get 503, liveness holds, afterwards all is well")
def test_no_connection_is_left(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    with rig.clients() as ledger:
        go_on(ledger)
        idle: list[psycopg.Connection[Any]] = []
        with rig.island.connect() as db:
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            with contextlib.suppress(psycopg.OperationalError):
                while len(idle) < 60:
                    idle.append(rig.island.connect())
            time.sleep(3)
            assert rig.web.status("/healthz") == 200
            for taken in idle:
                taken.close()
        measured["idle connections"] = str(len(idle))
        measured["writes again after"] = f"{go_on(ledger):.1f} s"
    assert {status for _at, status, _after in ledger.failures} <= {0, 503}
    intact(ledger)


@pytest.mark.fault(9, "a table locked against writing", "writes get 503 within the lock's timeout, reads go on", quick=True)
def test_a_lock_storm(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    with rig.clients() as ledger:
        go_on(ledger)
        with rig.hold(f"LOCK TABLE {TABLE} IN EXCLUSIVE MODE"):
            locked, reads = time.monotonic(), len(ledger.sights)
            wait_until(lambda: any(at > locked and status == 503 for at, status, _after in list(ledger.failures)), "a refusal", 60)
            measured["refused after"] = f"{next(at for at, status, _ in ledger.failures if at > locked and status == 503) - locked:.1f} s"
            wait_until(lambda: len(ledger.sights) > reads + 20, "reads beside the lock", 60)
        go_on(ledger)
    assert {status for _at, status, _after in ledger.failures} <= {503}
    intact(ledger)


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system in memory with so much room."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "tmpfs", folder], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"needs the right to mount: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path) -> Path:
    """Take all room that is left."""
    block = folder / "fill"
    with contextlib.suppress(OSError), block.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65_536)
    with contextlib.suppress(OSError), block.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 512)
    return block


@pytest.mark.fault(10, "the database's disk is full", "writes get 503 or 507, reads go on; with room again nothing is lost or damaged")
def test_the_databases_disk_is_full(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    with small_disk(Path(rig.island.folder) / "small", "24m") as disk:
        place = disk / "space"
        place.mkdir()
        if os.geteuid() == 0:
            shutil.chown(place, "postgres", "postgres")
        with rig.island.connect() as db:
            db.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            db.execute(f"ALTER TABLE {TABLE} SET TABLESPACE small")
        try:
            with rig.clients(pace=0.02) as ledger:
                go_on(ledger)
                block, full = fill(disk), time.monotonic()
                wait_until(lambda: any(at > full and status for at, status, _ in list(ledger.failures)), "the disk to be full", 120)
                reads = len(ledger.sights)
                wait_until(lambda: len(ledger.sights) > reads + 20, "reads", 60)
                block.unlink()
                measured["writes again after"] = f"{go_on(ledger):.1f} s"
            assert {status for _at, status, _after in ledger.failures} <= {503, 507}
            intact(ledger)
            with rig.island.connect() as db:
                db.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
            port, tables = str(rig.island.port), ("-t", TABLE, "-t", "change_log")
            check: list[str | Path] = [programs() / "pg_amcheck", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-d", "world", *tables]
            done = subprocess.run(check, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
            measured["pg_amcheck"] = "no damage"
        finally:
            with rig.island.connect() as db:
                db.execute(f"ALTER TABLE {TABLE} SET TABLESPACE pg_default")
                db.execute("DROP TABLESPACE small")
