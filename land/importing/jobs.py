"""Imports as work in the background: examined, shown, handed in, approved, written. A job that its worker left goes on where it stood."""

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import ServiceError
from gis_core.importing.faults import FileFault
from gis_core.work.jobs import Cancelled, Progress, alone, store
from land.importing.pipeline import RegisterMoved, examine, read_file, write
from land.importing.problems import Problem, Unusable
from land.importing.report import report_of
from land.importing.request import Asked, Reading, Understood
from land.importing.table import SCHEMA
from land.models import ParcelImport
from land.mutations.bulk import Hands

State = ParcelImport.State
KEPT = timedelta(days=30)


def work(uid: UUID) -> None:
    """The next step of a job: examine what waits to be examined, write what was approved. Nothing where another worker is at it."""
    job = ParcelImport.objects.select_related("unit", "author", "approver").filter(uid=uid).first()
    if job is None or not job.is_busy:
        return
    with alone(job) as mine:
        if not mine:
            return
        job.refresh_from_db()
        progress = Progress(job)
        try:
            _examine(job, progress) if job.state in (State.QUEUED, State.CHECKING) else _write(job, progress)
        except Cancelled:
            give_up(job)
        except (FileFault, Unusable, ServiceError) as error:
            _fail(job, error)
        finally:
            progress.close()


def _examine(job: ParcelImport, progress: Progress) -> None:
    store(job, state=State.CHECKING)
    with _copy(str(job.file.name), job.name) as path:
        reading = _kept(job) or _keep(job, read_file(path, Asked.from_dict(job.asked), job.unit, progress))
    examined = examine(reading, job.unit, job.effective_on, progress)
    report = report_of(examined)
    state = State.CHECKED
    store(job, state=state, understood=examined.about.as_dict(), report=report, register=examined.register, parcels=examined.rows.num_rows)


def _write(job: ParcelImport, progress: Progress) -> None:
    store(job, state=State.WRITING)
    rows = load_rows(job)
    if job.leave_out:
        bad = set(job.report["bad"])
        rows = rows.filter(pa.array([row not in bad for row in rows.column("row").to_pylist()], pa.bool_()))
    try:
        # In one transaction: a worker that dies in between must not find its own parcels in the register.
        with transaction.atomic():
            change = write(rows, job.register, job.unit, _hands(job), job.effective_on, job.name, progress)
            progress.last_look()
            store(job, state=State.DONE, change=change, parcels=rows.num_rows)
    except RegisterMoved:
        # Somebody was faster: what is there now is examined. What was approved is another state of the register: both are asked once more.
        note = _("Parcels changed where the file lies after it was handed in. Look at the report and hand it in again.")
        store(job, state=State.QUEUED, approver=None, approved_at=None, submitted_at=None, note=note)
        _examine(job, progress)
        return
    _forget(job)


def _hands(job: ParcelImport) -> Hands:
    return Hands(job.author, job.submitted_at, job.approver, job.approved_at)


def give_up(job: ParcelImport) -> None:
    """End a job; its file goes."""
    store(job, state=State.CANCELLED)
    _forget(job)


def _fail(job: ParcelImport, error: Exception) -> None:
    if isinstance(error, FileFault):
        failure = {"kind": "file", "code": error.fault.code, "params": dict(error.fault.params)}
    elif isinstance(error, Unusable):
        failure = {"kind": "import", "code": error.code, "params": error.params}
    else:
        failure = {"kind": "service", "detail": str(error)}
    store(job, state=State.REFUSED, failure=failure)
    _forget(job)


def _staged(job: ParcelImport) -> str:
    return f"land/imports/{job.uid}.parquet"


def _keep(job: ParcelImport, reading: Reading) -> Reading:
    """What was read, for the writing after the confirmation and for a worker that begins again."""
    sink = pa.BufferOutputStream()
    pq.write_table(reading.rows, sink, compression="zstd")
    _remove(_staged(job))
    default_storage.save(_staged(job), ContentFile(sink.getvalue().to_pybytes()))
    reading_problems = [problem.as_dict() for problem in reading.problems]
    store(job, understood=reading.about.as_dict(), report={"reading": reading_problems}, parcels=reading.rows.num_rows)
    return reading


def _kept(job: ParcelImport) -> Reading | None:
    if "reading" not in job.report or not default_storage.exists(_staged(job)):
        return None
    problems = [Problem.from_dict(found) for found in job.report["reading"]]
    return Reading(load_rows(job), problems, Understood(**job.understood))


def load_rows(job: ParcelImport) -> Any:
    """The examined rows of a job. Raises FileNotFoundError when they are gone."""
    with default_storage.open(_staged(job)) as file:
        return pq.read_table(file, schema=SCHEMA)


def _forget(job: ParcelImport) -> None:
    """The file may hold names of holders, the rows are in the register."""
    if job.file:
        job.file.delete(save=True)
    _remove(_staged(job))


def _remove(name: str) -> None:
    if default_storage.exists(name):
        default_storage.delete(name)


@contextlib.contextmanager
def _copy(stored: str, name: str) -> Iterator[Path]:
    """The file under its own name's ending: tables are told by it, drawings carry their sheet in it."""
    with tempfile.TemporaryDirectory(prefix="parcels-") as folder:
        path = Path(folder) / Path(name).name
        with default_storage.open(stored) as source, path.open("wb") as target:
            for block in source.chunks():
                target.write(block)
        yield path


def clear_old() -> None:
    """Give up imports that nobody touched for a month."""
    for job in ParcelImport.objects.filter(state__in=ParcelImport.with_people, updated_at__lt=timezone.now() - KEPT):
        give_up(job)
