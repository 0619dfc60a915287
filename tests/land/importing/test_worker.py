"""Imports through the real worker's process: uploaded, examined, approved, written; cancelled while it writes; killed while it writes."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone

from land import tasks
from land.models import ParcelImport
from land.rows import EVERYBODY, heads
from tests.land.api.caller import caller
from tests.land.desk import Desk
from tests.land.importing import files
from tests.land.importing.files import Lot, lots
from tests.server import Start, workers
from tests.world import World

PATIENCE = 240
State = ParcelImport.State


@pytest.fixture
def desk(scratch: World, settings: Any, tmp_path: Path) -> Desk:
    """An office whose files lie where the worker looks."""
    settings.MEDIA_ROOT = tmp_path / "main" / "media"
    return Desk.open(scratch.units["A"])


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Start]:
    """Starts the worker as bin/up does."""
    with workers(tmp_path / "worker.log", "imports", TESTS_DATA_DIR=str(tmp_path), PYTEST_XDIST_WORKER="main") as start:
        yield start


def _until(look: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def _brought(desk: Desk, folder: Path, *parcels: Lot) -> ParcelImport:
    """Uploaded by the officer; the worker has examined it."""
    content = files.gpkg(folder / "tờ.gpkg", parcels).read_bytes()
    (folder / "tờ.gpkg").unlink()
    sent = {"unit": desk.unit.code, "file": SimpleUploadedFile("tờ.gpkg", content)}
    answer = caller(desk.officer).client.post("/api/land/imports", sent)
    assert answer.status_code == 201, answer.content
    job = ParcelImport.objects.get(uid=answer.json()["uid"])
    _is(job, State.CHECKED)
    return job


def _is(job: ParcelImport, state: State) -> None:
    def look() -> bool:
        job.refresh_from_db()
        return job.state == state

    _until(look, f"{job.state}, not {state}")


def _agreed(desk: Desk, job: ParcelImport) -> None:
    assert caller(desk.officer).post(f"/imports/{job.uid}/submit", {}).body["state"] == State.SUBMITTED
    assert caller(desk.approver).post(f"/imports/{job.uid}/approve", {}).body["state"] == State.CONFIRMED


@contextmanager
def _nobody_writes() -> Iterator[None]:
    """Whoever wants to write a parcel waits for the end of the block; readers go on."""
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE land_parcel IN EXCLUSIVE MODE")
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def _count() -> int:
    return heads(EVERYBODY).filter(sheet_no__in=[77, 78], valid_to__isnull=True).count()


def test_through_the_workers_process(desk: Desk, worker: Start, tmp_path: Path) -> None:
    """An import stops when it is cancelled and leaves nothing; one whose worker is killed leaves nothing and is written by the next one."""
    first = worker()
    given_up = _brought(desk, tmp_path, *[lot.with_(sheet=78) for lot in lots()])
    assert (given_up.step, given_up.parcels, given_up.report["counts"]) == ("checking", 6, {})
    with _nobody_writes():
        _agreed(desk, given_up)
        _is(given_up, State.WRITING)
        assert caller(desk.officer).post(f"/imports/{given_up.uid}/cancel", {}).status_code == 200
    _is(given_up, State.CANCELLED)
    assert _count() == 0
    job = _brought(desk, tmp_path, *lots())
    with _nobody_writes():
        _agreed(desk, job)
        _is(job, State.WRITING)
        _until(lambda: caller(desk.officer).get(f"/imports/{job.uid}").body["step"] == "writing", "no progress")
        first.send_signal(signal.SIGKILL)
        first.wait(60)
    assert _count() == 0
    worker()
    _until(lambda: _taken_up(job), "nobody took it up")
    assert (job.parcels, _count()) == (6, 6)
    assert job.change is not None and (job.change.author, job.change.approver) == (desk.officer, desk.approver)
    assert not [path for path in (tmp_path / "main" / "media").rglob("*") if path.is_file()]


def _taken_up(job: ParcelImport) -> bool:
    """What the watch of every minute does, for an import that is silent for long."""
    ParcelImport.objects.filter(pk=job.pk, state=State.WRITING).update(updated_at=timezone.now() - timedelta(minutes=10))
    tasks.watch_imports()
    job.refresh_from_db()
    return job.state == State.DONE
