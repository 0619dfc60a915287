"""A replica lags and dies; the primary dies and a standby takes over; the whole of it with nginx in front."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest

from tests.faults.ledger import Clients, Ledger
from tests.faults.pair import Pair, replication
from tests.faults.rig import ITEMS, TABLE, Web, go_on, postmaster_family
from tests.service import wait_until
from tests.world import World


def clients(pair: Pair, world: World, address: str) -> Clients:
    """Writers and readers over one address."""
    rows = [row.pk for row in world.rows["facilities"] if row.home in ("A", "B", "C")][:4]
    with pair.island.connect() as db:
        for row in rows:
            db.execute(f"UPDATE {TABLE} SET name = %s WHERE id = %s", [f"{row}-start-{time.monotonic_ns()}", row])
        (seq,) = db.execute("SELECT max(seq) FROM change_log").fetchone() or (0,)
    wait_until(lambda: httpx.get(f"{address}/readyz", timeout=30).json().get("change_seq", 0) >= seq, "the changes to be known")
    return Clients(address, ITEMS, rows, world.cast["analyst"].headers("bearer"))


def fail_over(pair: Pair) -> tuple[float, float]:
    """Kill the primary, fence it, promote the standby: when it was killed, and how long the promotion took (seconds)."""
    killed = time.monotonic()
    for pid in postmaster_family(pair.island):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not pair.old.runs, "the old primary to be gone")
    replication.fence(pair.old)
    return killed, replication.promote(pair.standbys["standby"], "", ["primary", "replica"], pair.conninfo)


def _final(db: psycopg.Connection[Any], rows: list[int]) -> dict[int, str]:
    return dict(db.execute(f"SELECT id, name FROM {TABLE} WHERE id = ANY(%s)", [rows]).fetchall())


def _intact(ledger: Ledger, db: "psycopg.Connection[object]", measured: dict[str, str]) -> None:
    rows = sorted({edit.row for edit in ledger.edits})
    measured["edits"] = f"{len(ledger.acknowledged())} acknowledged"
    assert ledger.violations(_final(db, rows))[:5] == []


def _from_replica(web: Web) -> bool:
    answer = httpx.get(f"{web.address}/ogc/collections/roads/items?limit=1", timeout=30)
    return bool(answer.headers.get("X-Read-From") == "replica")


@pytest.mark.fault(
    17, "the replica stops replaying", "own edits are always seen; what may not be old is read from the primary; no 304 for old content"
)
def test_the_replica_lags(pair: Pair, world: World, webs: Callable[..., Web], measured: dict[str, str]) -> None:
    web = webs(pair.island.url, REPLICA_DATABASE_URL=pair.url("replica", attributes="any"))
    with clients(pair, world, web.address) as ledger:
        go_on(ledger)
        wait_until(lambda: _from_replica(web), "a read from the replica", 30)
        with pair.connect("replica") as db:
            db.execute("SELECT pg_wal_replay_pause()")
            go_on(ledger, 30)
            assert not _from_replica(web)
            db.execute("SELECT pg_wal_replay_resume()")
        wait_until(lambda: _from_replica(web), "reads from the replica again", 30)
        go_on(ledger)
    assert ledger.failures == []
    # A reader of an old row would have written with an old validator.
    refused = sum(edit.outcome == "refused" for edit in ledger.edits)
    measured["writes refused as stale"] = f"{refused} of {len(ledger.edits)} (two writers a row)"
    with pair.island.connect() as db:
        _intact(ledger, db, measured)


@pytest.mark.fault(
    18, "the replica and the synchronous standby die", "reads go to the primary; writes wait, and go on when the operator lets them"
)
def test_the_standbys_die(pair: Pair, world: World, webs: Callable[..., Web], measured: dict[str, str]) -> None:
    """Beyond the statement's time too, when PostgreSQL ends the wait and says that all is well."""
    web = webs(pair.island.url, REPLICA_DATABASE_URL=pair.url("replica", attributes="any"), STATEMENT_TIMEOUT_MS="2000")
    with clients(pair, world, web.address) as ledger:
        go_on(ledger)
        pair.standbys["replica"].stop("immediate")
        go_on(ledger)
        pair.standbys["standby"].stop("immediate")
        stopped = time.monotonic()
        # Each writer has had its time twice.
        wait_until(lambda: sum(at > stopped and status == 503 for at, status, _after in list(ledger.failures)) >= 8, "refusals", 60)
        during = len(ledger.acknowledged(stopped + 0.5))
        with pair.island.connect() as db:
            replication.synchronous(db)
        measured["writes again after"] = f"{go_on(ledger):.1f} s"
    assert during == 0, "a write was acknowledged that no standby had"
    assert {status for _at, status, _after in ledger.failures} <= {503}
    with pair.island.connect() as db:
        _intact(ledger, db, measured)


@pytest.mark.fault(
    19, "kill -9 of the primary, promotion of the synchronous standby", "no acknowledged edit is lost; the old primary takes no writes"
)
def test_failover(pair: Pair, world: World, webs: Callable[..., Web], measured: dict[str, str]) -> None:
    web = webs(pair.url("primary", "standby"))
    with clients(pair, world, web.address) as ledger:
        go_on(ledger, 30)
        killed, took = fail_over(pair)
        measured["promotion"] = f"{took:.2f} s"
        go_on(ledger, 30)
        first = min(edit.ended for edit in ledger.acknowledged(killed + 0.1))
        measured["kill to first acknowledged edit"] = f"{first - killed:.1f} s"
    assert {status for _at, status, _after in ledger.failures} <= {0, 503}
    with pair.connect("standby") as db:
        _intact(ledger, db, measured)
    _the_old_primary_is_fenced(pair)
    _everybody_follows(pair, measured)


def _the_old_primary_is_fenced(pair: Pair) -> None:
    pair.old.start()
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), pair.island.connect() as db:
        db.execute(f"UPDATE {TABLE} SET name = name")
    pair.old.stop("immediate")


def _everybody_follows(pair: Pair, measured: dict[str, str]) -> None:
    """The old primary is rewound, the replica turned; both show what the new primary has."""
    new = f"host=127.0.0.1 port={pair.standbys['standby'].port} user=postgres"
    started = time.monotonic()
    replication.rejoin(pair.old, new, "primary")
    measured["the old primary follows after"] = f"{time.monotonic() - started:.1f} s"
    # An asynchronous replica may have had more than the standby: it is rewound like the old primary.
    replica = pair.standbys["replica"]
    replica.stop()
    replication.rejoin(replica, new, "replica")
    with pair.connect("standby") as db:
        db.execute(f"UPDATE {TABLE} SET address = 'sau sự cố'")
        sums = _sums(db)
    for name in ("old", "replica"):
        connect = pair.island.connect if name == "old" else lambda: pair.connect("replica")
        wait_until(lambda connect=connect: _sums_of(connect) == sums, f"{name} to show the same", 60)


def _sums(db: "psycopg.Connection[object]") -> object:
    return db.execute(f"SELECT count(*), md5(string_agg(concat(t.id, t.name, t.address), ',' ORDER BY t.id)) FROM {TABLE} t").fetchone()


def _sums_of(connect: "Callable[[], psycopg.Connection[object]]") -> object:
    try:
        with connect() as db:
            return _sums(db)
    except psycopg.Error:
        return None
