"""Zonal statistics through the real worker's process, which is killed between two tiles: another worker ends what it began."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone
from rasterio.transform import from_origin

from gis_core.access import scope_of
from gis_core.models import Role, User
from gis_core.models.job import Job
from layers import tasks
from layers.analysis import office, results
from layers.analysis.contract import TiledAnalysis, kind_of
from layers.analysis.work import Work
from layers.imports.load import remove_layer
from layers.imports.watch import renew
from layers.models import AnalysisJob, AnalysisPart
from tests import factories
from tests.analysis.test_zonal import at_pixel
from tests.coverages.conftest import Shelf, corner, slope
from tests.faults.rig import children
from tests.server import Start, workers
from tests.world import World

PATIENCE = 180
GIVEN = {"layer": "parcels", "raster": "heights"}


@pytest.fixture
def analyst(scratch: World, tmp_path: Path) -> Iterator[User]:
    """Of the whole province, with heights below parcels that stand in tiles of their own."""
    wide = from_origin(*corner(), 200.0, 200.0)
    Shelf(tmp_path, scratch).put("heights", slope(), place=wide, public=True, unit="m", title="Độ cao thử")
    for number in range(5):
        at_pixel(scratch, 30 + 450 * number, 300 + 50 * number, 110, 70)
    user = factories.user()
    factories.jurisdiction(user, Role.ANALYST, scratch.units["đà nẵng"])
    yield user
    remove_layer("heights")
    renew()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Start]:
    """Starts the worker as bin/up does."""
    with workers(tmp_path / "worker.log", "uploads") as start:
        yield start


@contextmanager
def _held(job: AnalysisJob, key: str) -> Iterator[None]:
    """Whoever wants to keep this tile waits for the end of the block: nobody knows yet whether it is kept already."""
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            # The worker's process takes its time to start.
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
            cursor.execute("BEGIN")
            cursor.execute("INSERT INTO layers_analysispart (job_id, key, data) VALUES (%s, %s, '')", [job.pk, key])
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def _until(look: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def _taken_up(job: AnalysisJob) -> bool:
    """What the watch of every minute does, for an analysis that is silent for long."""
    AnalysisJob.objects.filter(pk=job.pk, state=Job.State.WORKING).update(updated_at=timezone.now() - timedelta(minutes=10))
    tasks.watch_analyses()
    job.refresh_from_db()
    return not job.is_busy


def test_another_worker_ends_what_a_killed_one_began(analyst: User, worker: Start) -> None:
    """The tiles that were done stay, nothing else does; the result is that of a run that nobody disturbed."""
    kind = kind_of("zonal")
    assert isinstance(kind, TiledAnalysis)
    run = Work(kind, GIVEN, scope_of(analyst))
    whole = kind.run(run)
    tiles = [cell.key for cell in run.cells(run.asked(), kind.size)]
    middle = len(tiles) // 2
    assert middle >= 2 and whole.frame["mean"].nunique() >= 5
    job = office.ask(analyst, "zonal", GIVEN)
    with _held(job, tiles[middle]):
        first = worker()
        _until(lambda: _done(job) == set(tiles[:middle]), "the first tiles were not computed")
        (child,) = children(first.pid)
        first.send_signal(signal.SIGKILL)
        first.wait(60)
        _until(lambda: not Path(f"/proc/{child}").exists(), "the job's process outlived its worker")
    job.refresh_from_db()
    assert (job.state, job.file.name or "", job.report) == (Job.State.WORKING, "", {})
    assert _done(job) == set(tiles[:middle])
    worker()
    _until(lambda: _taken_up(job), "nobody took it up")
    assert (job.state, job.failure) == (Job.State.EXAMINED, None)
    assert [value for _title, value in job.report["facts"]] == [value for _title, value in whole.facts]
    assert _kept(job).to_csv(index=False) == whole.frame.to_csv(index=False)
    assert _done(job) == set()
    office.cancel(analyst, job.uid)


def _done(job: AnalysisJob) -> set[str]:
    return set(AnalysisPart.objects.filter(job=job).values_list("key", flat=True))


def _kept(job: AnalysisJob) -> Any:
    with default_storage.open(str(job.file.name)) as file:
        return results.from_bytes(file.read())
