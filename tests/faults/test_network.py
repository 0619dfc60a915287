"""The network between service and database is slow, and is cut; the clock jumps; the pooler dies."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.faults.ledger import Ledger
from tests.faults.proxy import Proxy
from tests.faults.rig import Rig, Web, go_on
from tests.server import free_port
from tests.service import wait_until

Intact = Callable[[Ledger], None]
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@pytest.mark.fault(
    21, "300 ms of delay to the database, then a cut cable", "slow answers without an error; after the cut it comes back by itself"
)
def test_the_network_is_slow_and_cut(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    with Proxy(rig.island.port) as proxy:
        web = Web(rig.island.url.replace(str(rig.island.port), str(proxy.port)), rig.folder, workers=1)
        web.start()
        try:
            with rig.clients(web.address, timeout=40.0) as ledger:
                go_on(ledger)
                at_rest = _median_wait(ledger, 0.0)
                proxy.delay, slow = 0.15, time.monotonic()  # 150 ms each way
                go_on(ledger, 8)
                measured["a write"] = f"{at_rest * 1000:.0f} ms, with the delay {_median_wait(ledger, slow) * 1000:.0f} ms"
                assert {status for _at, status, _ in ledger.failures} <= {503}
                proxy.delay = 0.0
                proxy.cut()
                wait_until(lambda: web.status("/readyz") == 503, "readiness to fall", 30)
                assert web.status("/healthz") == 200
                proxy.mend()
                measured["writes again after"] = f"{go_on(ledger):.1f} s"
            assert {status for _at, status, _after in ledger.failures} <= {0, 503}
            intact(ledger)
        finally:
            web.end()


def _median_wait(ledger: Ledger, since: float) -> float:
    waits = sorted(edit.ended - edit.began for edit in ledger.acknowledged(since))
    return waits[len(waits) // 2]


@pytest.mark.fault(20, "the clock jumps an hour ahead and back", "no 304 for what has changed, no edit lost, the log keeps its order")
def test_the_clock_jumps(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    assert FAKETIME, "libfaketime is not installed; bin/faults installs it"
    shift = rig.folder / "clock"
    shift.write_text("+0\n")
    clock = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(shift), "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1"}
    web = Web(rig.island.url, rig.folder, {**clock, "TZ": "Asia/Ho_Chi_Minh"}, workers=1)
    web.start()
    try:
        row = rig.rows[0]
        path = f"/ogc/collections/facilities/items/{row}"
        with rig.clients(web.address) as ledger:
            for offset in ("+1h", "-1h", "+0"):
                first = httpx.get(web.address + path, headers=rig.headers(), timeout=30)
                assert first.status_code == 200, f"{offset}: {first.text}"
                held = first.headers["ETag"]
                shift.write_text(f"{offset}\n")
                since = time.monotonic()
                wait_until(lambda since=since: any(edit.row == row for edit in ledger.acknowledged(since)), "an edit of the row", 60)
                answer = httpx.get(web.address + path, headers={**rig.headers(), "If-None-Match": held}, timeout=30)
                assert answer.status_code == 200, f"{offset}: a 304 for a state that is gone"
            go_on(ledger)
        assert ledger.failures == []
        intact(ledger)
        numbers = [edit.seq for edit in ledger.acknowledged() if edit.row == row]
        assert len(numbers) == len(set(numbers))
        measured["jumps"] = "+1 h, −1 h, back; none noticed"
    finally:
        web.end()


@pytest.mark.fault(
    8, "pgbouncer is killed and started again", "acknowledged edits are there; the service comes back by itself; live updates pass it by"
)
def test_the_pooler_dies(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    assert PGBOUNCER, "pgbouncer is not installed; bin/faults installs it"
    port = free_port()
    process = _pooler(rig, port)
    pooled = rig.island.url.replace(str(rig.island.port), str(port))
    web = Web(pooled, rig.folder, {"DIRECT_DATABASE_URL": rig.island.url}, workers=1)
    try:
        web.start()
        with rig.clients(web.address) as ledger:
            go_on(ledger)
            process.send_signal(signal.SIGKILL)
            process.wait(20)
            wait_until(lambda: any(status == 503 for _at, status, _after in list(ledger.failures)), "a failure", 60)
            assert web.status("/healthz") == 200
            process = _pooler(rig, port)
            measured["writes again after"] = f"{go_on(ledger):.1f} s"
        assert {status for _at, status, _after in ledger.failures} <= {0, 503}
        intact(ledger)
    finally:
        web.end()
        process.kill()
        process.wait(20)


def _pooler(rig: Rig, port: int) -> "subprocess.Popen[bytes]":
    """Transactions of many clients over a few connections (docs/deploy/pgbouncer.ini, with the test's places)."""
    place = Path(rig.island.folder) / f"pgbouncer-{port}"
    place.mkdir(exist_ok=True)
    text = (Path(__file__).parents[2] / "docs" / "deploy" / "pgbouncer.ini").read_text()
    text = text.replace("host=db port=5432 dbname=ioc", f"host=127.0.0.1 port={rig.island.port} dbname=world user=postgres")
    text = text.replace("ioc =", "world =").replace("listen_port = 6432", f"listen_port = {port}").replace("scram-sha-256", "any")
    text = text.replace("auth_file = /etc/pgbouncer/userlist.txt", "").replace(
        "listen_addr = *", "listen_addr = 127.0.0.1\nunix_socket_dir ="
    )
    (place / "pgbouncer.ini").write_text(text)
    other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] if os.geteuid() == 0 else []
    log = (place / "log").open("ab")
    assert PGBOUNCER
    process = subprocess.Popen([*other, PGBOUNCER, place / "pgbouncer.ini"], stdout=log, stderr=log, cwd="/")
    log.close()

    def listens() -> bool:
        import socket

        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, "pgbouncer", 30)
    return process
