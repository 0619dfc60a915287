"""Processes of the service are killed, and one of a wrong version is started."""

import os
import signal
import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from incidents.models import IncidentCategory
from tests.faults.ledger import Ledger
from tests.faults.rig import Rig, Web, end_group, go_on
from tests.importing.conftest import collection, square
from tests.incidents.reports import jpeg
from tests.service import wait_until

Intact = Callable[[Ledger], None]
INTAKE = "/incidents/intake/reports"


@pytest.mark.fault(
    1, "kill -9 of one web worker under load", "requests in flight fail at most; it is back by itself; no edit is lost", quick=True
)
def test_a_worker_is_killed(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    before = rig.web.workers_now()
    with rig.clients() as ledger:
        go_on(ledger)
        killed = time.monotonic()
        os.kill(before[0], signal.SIGKILL)
        go_on(ledger)
        wait_until(lambda: len(set(rig.web.workers_now()) - set(before)) == 1, "a new worker", 60)
        measured["a new process after"] = f"{time.monotonic() - killed:.1f} s"
        go_on(ledger)
    failures = [status for _at, status, _after in ledger.failures]
    measured["failed requests"] = f"{len(failures)}"
    # Ten clients with one request each; those of the other worker notice nothing.
    assert len(failures) <= 20, failures
    assert set(failures) <= {0}
    intact(ledger)


@pytest.mark.fault(
    2, "kill -9 of all web workers amid 20 uploads", "the same upload again gives one report with one photo; no half file is left"
)
def test_all_workers_are_killed_amid_uploads(rig: Rig, measured: dict[str, str]) -> None:
    photos = [jpeg(240, 180 + number) for number in range(20)]
    reports = [(str(uuid.uuid4()), str(uuid.uuid4())) for _photo in photos]
    for report, photo in reports:
        _report(rig, report, photo)
    halves = [
        _half_sent(rig.web.port, f"{INTAKE}/{report}/photos/{photo}", body) for (report, photo), body in zip(reports, photos, strict=True)
    ]
    rig.web.kill_workers()
    wait_until(lambda: rig.web.status("/readyz") == 200, "new workers", 120)
    for sock in halves:
        sock.close()
    for (report, photo), body in zip(reports, photos, strict=True):
        for _again in range(2):
            _report(rig, report, photo)
            answer = httpx.put(
                f"{rig.web.address}{INTAKE}/{report}/photos/{photo}", content=body, headers={"Content-Type": "image/jpeg"}, timeout=60
            )
            assert answer.status_code in (200, 201), answer.text
    with rig.island.connect() as db:
        rows = db.execute(
            "SELECT count(*), count(DISTINCT uid), sum(photos_received) FROM incidents_incident WHERE uid = ANY(%s::uuid[])",
            [[report for report, _photo in reports]],
        ).fetchone()
    assert rows == (20, 20, 20)
    media = rig.folder / "main" / "media"
    assert not list(media.rglob("*.part"))
    measured["after two repetitions"] = "20 reports, 20 photos"


@pytest.mark.fault(3, "kill -9 of an import's process", "its job says why, nothing of it is left, the queue goes on")
def test_an_importer_is_killed(rig: Rig, measured: dict[str, str]) -> None:
    worker = rig.web.work()
    try:
        job = _bring(rig, "bi_dung.geojson")
        wait_until(lambda: _child_of(job) is not None, "the import's process", 120)
        started = time.monotonic()
        while (child := _child_of(job)) is not None:
            os.kill(child, signal.SIGKILL)
            time.sleep(0.05)
        wait_until(lambda: _job(rig, job)["over"], "the job to end", 120)
        told = _job(rig, job)
        measured["told after"] = f"{time.monotonic() - started:.1f} s"
        assert told["state"] == "refused"
        assert told["failure"]
        second = _bring(rig, "tiep_theo.geojson")
        wait_until(lambda: not _job(rig, second)["busy"], "the next job", 120)
        assert _job(rig, second)["state"] not in ("refused", "queued")
    finally:
        end_group(worker)
    with rig.island.connect() as db:
        assert db.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE '%%bi_dung%%'").fetchone() == (0,)


@pytest.mark.fault(22, "a deploy whose migration was not run", "the new process stays unready and says why; the old one serves")
def test_a_deploy_without_its_migration(rig: Rig, measured: dict[str, str], intact: Intact) -> None:
    newer = Web(rig.island.url, rig.folder, {"DJANGO_SETTINGS_MODULE": "tests.faults.newer_settings"}, workers=1)
    with rig.clients() as ledger:
        newer.start(ready=False)
        try:
            wait_until(lambda: newer.status("/healthz") == 200, "the new process", 120)
            told = httpx.get(f"{newer.address}/readyz", timeout=30)
            assert told.status_code == 503
            assert told.json()["failed"] == ["migrations"]
            go_on(ledger)
        finally:
            newer.end()
    assert ledger.failures == []
    intact(ledger)
    measured["the new process"] = "503, failed: migrations"


def _report(rig: Rig, uid: str, photo: str) -> None:
    at = rig.world.row("facilities", "A").at
    body = {"uid": uid, "category": _category(rig), "pin": {"lon": at[0], "lat": at[1]}, "description": "Ổ gà", "photos": [photo]}
    answer = httpx.post(f"{rig.web.address}{INTAKE}", content=orjson.dumps(body), headers={"Content-Type": "application/json"}, timeout=60)
    assert answer.status_code in (200, 201), answer.text


def _category(rig: Rig) -> str:
    """Any that the form offers."""
    with rig.island.connect() as db:
        found = db.execute(f"SELECT code FROM {IncidentCategory._meta.db_table} WHERE is_active LIMIT 1").fetchone()
    assert found is not None
    return str(found[0])


def _half_sent(port: int, path: str, body: bytes) -> socket.socket:
    """A PUT of which half of the body has gone out."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=60)
    head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
    sock.sendall(head.encode() + body[: len(body) // 2])
    return sock


def _bring(rig: Rig, name: str) -> str:
    at = rig.world.row("facilities", "A").at
    content = collection([(square(at[0] + n / 5000, at[1]), {"n": n}) for n in range(200)])
    answer = httpx.post(f"{rig.web.address}/api/uploads", files={"file": (name, content)}, headers=rig.headers(), timeout=60)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["uid"])


def _job(rig: Rig, uid: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{rig.web.address}/api/uploads/{uid}", headers=rig.headers(), timeout=60).json()
    return found


def _child_of(uid: str) -> int | None:
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if uid.encode() in words:
            return int(entry.parent.name)
    return None
