"""The worker's real processes: one that is killed leaves nothing, one that goes on leaves a layer."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, connections

from gis_core.models import Role
from layers.models import ImportedLayer, Upload
from layers.uploads import jobs, office
from layers.uploads.asked import Answers, Plan
from tests import factories
from tests.importing.conftest import collection, square
from tests.server import database_url
from tests.uploads.conftest import A
from tests.world import World

_SECONDS = 240


@pytest.fixture
def confirmed(scratch: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Upload:
    """An upload whose author has decided, for processes over the test database."""
    user = factories.user()
    factories.jurisdiction(user, Role.ANALYST, scratch.units["đà nẵng"])
    monkeypatch.setattr("layers.uploads.office.queue_upload", lambda uid: None)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    settings.LOADER_DATABASE_URL = database_url()
    content = collection([(square(A[0] + n / 500, A[1]), {"n": n}) for n in range(3)])
    job = office.bring(user, ContentFile(content.encode(), "a.geojson"), Answers())
    jobs.work(job.uid)
    return office.confirm(user, job.uid, Plan(title="Ba ô"))


def _until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + _SECONDS
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)
    return found


def _run(job: Upload) -> threading.Thread:
    def work() -> None:
        jobs.run(job.uid)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def _child(job: Upload) -> int | None:
    """The process id of the job's process."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if str(job.uid).encode() in words:
            return int(entry.parent.name)
    return None


def test_a_job_runs_in_a_process_of_its_own(confirmed: Upload) -> None:
    """And ends with the layer."""
    jobs.run(confirmed.uid)
    confirmed.refresh_from_db()
    assert (confirmed.state, ImportedLayer.objects.get(name="ba_o").row_count) == ("done", 3)


def test_a_killed_process_leaves_nothing(confirmed: Upload) -> None:
    """Killed from outside, it is told; there is no table."""
    thread = _run(confirmed)
    os.kill(_until(lambda: _child(confirmed)), signal.SIGKILL)
    thread.join(_SECONDS)
    confirmed.refresh_from_db()
    assert confirmed.state == "refused"
    assert not ImportedLayer.objects.filter(name="ba_o").exists()


def test_cancelling_kills(confirmed: Upload) -> None:
    """While its transaction waits for a lock, which no look at a mark could end."""
    with connections["default"].copy().cursor() as other:
        other.execute("SELECT pg_advisory_lock(hashtext('import ba_o'))")
        thread = _run(confirmed)
        _until(_waits)
        office.cancel(confirmed.author, confirmed.uid)
        thread.join(_SECONDS)
        assert _child(confirmed) is None
        other.execute("SELECT pg_advisory_unlock_all()")
        other.connection.close()
    confirmed.refresh_from_db()
    assert confirmed.state == "cancelled"
    assert not ImportedLayer.objects.filter(name="ba_o").exists()


def _waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def test_a_worker_that_dies_takes_its_process_along(confirmed: Upload) -> None:
    """A child must not go on when nobody watches it any more."""
    code = "import django; django.setup(); from layers.uploads import jobs; import sys, uuid; jobs.run(uuid.UUID(sys.argv[1]))"
    with connections["default"].copy().cursor() as other:
        other.execute("SELECT pg_advisory_lock(hashtext('import ba_o'))")
        environment = {**os.environ, "DATABASE_URL": database_url(), "LOADER_DATABASE_URL": database_url()}
        worker = subprocess.Popen([sys.executable, "-c", code, str(confirmed.uid)], env=environment)
        _until(_waits)
        worker.kill()
        worker.wait(_SECONDS)
        _until(lambda: _child(confirmed) is None)
        other.execute("SELECT pg_advisory_unlock_all()")
        other.connection.close()
    confirmed.refresh_from_db()
    assert confirmed.state == "writing"
    _until(lambda: _done(confirmed))


def _done(job: Upload) -> bool:
    """Another worker's look; the database notices a dead client within two seconds and lets go of its lock."""
    jobs.work(job.uid)
    job.refresh_from_db()
    return job.state == "done"
