"""The work on an upload: examined in a dry run of the import, written by the import itself. Run in a process of its own."""

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import ServiceError
from gis_core.importing.faults import FileFault
from gis_core.importing.formats import GEOTIFF, recognise
from gis_core.importing.reader import BYTES
from gis_core.importing.sandbox import Limits
from gis_core.models.job import Job
from gis_core.work.jobs import Cancelled, Progress, alone, store, supervise
from layers.imports.coverage_files import sweep
from layers.imports.load import Counter, import_layer, remove_layer, roll_back
from layers.imports.naming import free_name
from layers.imports.request import ImportRefused, ImportRequest, KindsMixed, RowsRefused
from layers.models import Upload
from layers.uploads import rasters
from layers.uploads.asked import Answers, Plan
from layers.uploads.examining import examined
from layers.uploads.outlines import TABLES, outlines
from layers.uploads.rules import units_of

log = logging.getLogger(__name__)
State = Job.State
LIMITS = Limits(memory=3 << 30, cpu_seconds=900, seconds=1_800)
SECONDS = 7_200
KEPT, _FORGOTTEN = timedelta(days=14), timedelta(hours=1)
# What a person can answer: the question that takes the place of a refusal.
QUESTIONS = frozenset({"no-crs", "no-datum", "turned-rotations", "which-layer", "no-places", "not-utf8", "not-utf8-row", "unknown-layer"})


class _Watcher:
    """Tells the import's progress to the job."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def reading(self, total: int | None) -> AbstractContextManager[Counter]:
        """See layers.imports.load.Watcher."""
        return contextlib.nullcontext(_Count(self.progress, total or 0))

    def step(self, text: str) -> None:
        """See layers.imports.load.Watcher."""
        self.progress(text)


class _Count:
    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def advance(self, rows: int) -> None:
        """So many rows more."""
        self.done += rows
        self.progress(_("Reading the file"), self.done, self.total)


def run(uid: UUID) -> None:
    """What the worker does: the next step of an upload in a process of its own, which ends when the author cancels it."""
    job = Upload.objects.filter(uid=uid).first()
    if job is None or not job.is_busy:
        return
    try:
        code = supervise(job, "work_on_upload", SECONDS)
    except TimeoutError:
        _end(job, {"kind": "file", "code": "time", "params": {"limit": SECONDS}})
        return
    job.refresh_from_db()
    if code is None and not job.is_over:
        give_up(job)
    elif code and job.is_busy:
        _end(job, {"kind": "file", "code": "died", "params": {"signal": abs(code)}})


def work(uid: UUID) -> None:
    """The next step of an upload, here and now. Nothing where another process is at it."""
    job = Upload.objects.select_related("author").filter(uid=uid).first()
    if job is None or not job.is_busy:
        return
    with alone(job) as mine:
        if not mine:
            return
        job.refresh_from_db()
        progress = Progress(job)
        try:
            progress("")
            _examine(job, progress) if job.state in (State.QUEUED, State.WORKING) else _write(job, progress)
        except Cancelled:
            give_up(job)
        except (FileFault, ImportRefused, ServiceError, DatabaseError) as error:
            _fail(job, error)
        finally:
            progress.close()


def _examine(job: Upload, progress: Progress) -> None:
    store(job, state=State.WORKING)
    found: dict[str, Any] = {}
    answers = Answers.from_dict(job.asked)
    request = ImportRequest(
        path=Path(),
        name=f"upload_{job.uid.hex[:12]}",
        options=answers.options(settings.TIME_ZONE),
        units=units_of(job.author),
        family=answers.family,
        skip_bad=True,
        repair=True,
        dry_run=True,
        limits=LIMITS,
        look=lambda outcome: found.update(examined(outcome)),
    )
    try:
        with local_copy(job) as path:
            if recognise(path) is GEOTIFF:
                store(job, kind=Upload.Kind.COVERAGE)
                found.update(rasters.examine(job, path, progress))
            else:
                _import(replace(request, path=path), progress)
    except FileFault as fault:
        if fault.fault.code not in QUESTIONS:
            raise
        _ask(job, {"code": fault.fault.code, "params": dict(fault.fault.params)})
    except KindsMixed as mixed:
        _ask(job, {"code": "kinds", "params": {"counts": mixed.counts}})
    else:
        store(job, state=State.EXAMINED, report=found, failure=None)


def _import(request: ImportRequest, progress: Progress) -> Any:
    """The import; a file whose bytes are no UTF-8 is read once more byte by byte, and its script is guessed."""
    _notice_lost_client()
    if recognise(request.path) in TABLES:
        request = replace(request, options=replace(request.options, units=outlines(request.units)))
    try:
        return import_layer(request, _Watcher(progress))
    except FileFault as fault:
        if fault.fault.code not in ("not-utf8", "not-utf8-row") or request.options.encoding is not None:
            raise
        return import_layer(replace(request, options=replace(request.options, encoding=BYTES)), _Watcher(progress))


def _notice_lost_client() -> None:
    """A killed process must not leave its statement running."""
    with connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '2s'")


def _ask(job: Upload, question: dict[str, Any]) -> None:
    store(job, state=State.ASKING, report={"question": question})


def _write(job: Upload, progress: Progress) -> None:
    store(job, state=State.WRITING)
    plan, answers = Plan.from_dict(job.plan), Answers.from_dict(job.asked)
    if plan.mode in ("rollback", "remove"):
        _change(job, plan)
        return
    name = plan.target or job.layer or free_name(plan.title or job.name.partition(".")[0])
    if job.kind == Upload.Kind.COVERAGE:
        rasters.write(job, plan, name, local_copy)
        forget(job)
        return
    assert plan.mode in ("create", "replace", "append", "upsert")
    request = ImportRequest(
        path=Path(),
        name=name,
        title=plan.title,
        options=answers.options(settings.TIME_ZONE),
        mode=plan.mode,
        public=plan.public,
        units=units_of(job.author),
        owner=job.author if plan.mode == "create" else None,
        author=job.author,
        key=plan.key,
        family=answers.family,
        skip_bad=plan.leave_out,
        repair=plan.repair,
        limits=LIMITS,
        # In the transaction of the import: a worker that dies in between must not find its own layer there.
        look=lambda outcome: store(job, state=State.DONE, layer=name, done=outcome.written + outcome.renewed, total=outcome.written),
    )
    with local_copy(job) as path:
        _import(replace(request, path=path), progress)
    forget(job)


def _change(job: Upload, plan: Plan) -> None:
    with transaction.atomic():
        if plan.mode == "remove":
            remove_layer(plan.target)
        else:
            roll_back(plan.target, plan.number, job.author)
        store(job, state=State.DONE, layer="" if plan.mode == "remove" else plan.target)


@contextlib.contextmanager
def local_copy(job: Upload) -> Iterator[Path]:
    """The file under its own name's ending: tables are told by it."""
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / Path(job.name).name
        with default_storage.open(str(job.file.name)) as source, path.open("wb") as target:
            for block in source.chunks():
                target.write(block)
        yield path


def give_up(job: Upload) -> None:
    """End a job; its file goes."""
    store(job, state=State.CANCELLED)
    forget(job)


def _fail(job: Upload, error: Exception) -> None:
    if isinstance(error, FileFault):
        _end(job, {"kind": "file", "code": error.fault.code, "params": dict(error.fault.params)})
    elif isinstance(error, RowsRefused):
        _end(job, {"kind": "rows", "count": error.report.count, "total": error.total})
    elif isinstance(error, DatabaseError):
        # The first line alone: the others may carry values of rows.
        log.warning("Upload %s: %s", job.uid, str(error).partition("\n")[0])
        _end(job, {"kind": "service", "detail": _("The database refused the rows, so nothing was written.")})
    else:
        _end(job, {"kind": "service", "detail": str(error)})


def _end(job: Upload, failure: dict[str, Any]) -> None:
    store(job, state=State.REFUSED, failure=failure)
    forget(job)


def forget(job: Upload) -> None:
    """The file has done its work."""
    if job.kind == Upload.Kind.COVERAGE:
        rasters.forget(job)
    if job.file:
        job.file.delete(save=True)


def clear_old() -> None:
    """Give up uploads that nobody decided for two weeks."""
    before = timezone.now() - KEPT
    for job in Upload.objects.filter(state__in=(State.EXAMINED, State.ASKING), updated_at__lt=before):
        give_up(job)
    over = (State.DONE, State.REFUSED, State.CANCELLED, State.FAILED)
    for job in Upload.objects.filter(state__in=over, updated_at__lt=timezone.now() - _FORGOTTEN).exclude(file=""):
        forget(job)  # its process died between the end and this
    sweep()
