"""The work on an analysis, in a process of its own: computed, looked at by its author, written as a layer."""

import contextlib
import logging
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import ServiceError
from gis_core.importing.faults import FileFault
from gis_core.models.job import Job
from gis_core.work.jobs import Cancelled, Progress, alone, store, supervise
from layers.analysis import provenance, results
from layers.analysis.contract import kind_of
from layers.analysis.remote import cluster
from layers.analysis.work import Work
from layers.imports.load import Counter, import_layer
from layers.imports.naming import free_name
from layers.imports.request import ImportRefused, ImportRequest, Outcome
from layers.models import AnalysisJob, AnalysisPart
from layers.uploads.rules import units_of

log = logging.getLogger(__name__)
State = Job.State
SECONDS = 7_200
KEPT = timedelta(days=14)


class _Watcher:
    """Tells the import's progress to the job."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def reading(self, total: int | None) -> contextlib.AbstractContextManager[Counter]:
        """See layers.imports.load.Watcher."""
        return contextlib.nullcontext(self)

    def advance(self, rows: int) -> None:
        """See layers.imports.load.Counter."""
        self.progress(_("Writing the layer"), 0, 0)

    def step(self, text: str) -> None:
        """See layers.imports.load.Watcher."""
        self.progress(text)


class _Parts:
    """What tiles found, in the database: a job that is taken up again goes on from here."""

    def __init__(self, job: AnalysisJob) -> None:
        self.job = job

    def known(self) -> set[str]:
        """See layers.analysis.work.Parts."""
        return set(self.job.parts.values_list("key", flat=True))

    def keep(self, key: str, frame: Any) -> None:
        """See layers.analysis.work.Parts."""
        AnalysisPart.objects.update_or_create(job=self.job, key=key, defaults={"data": results.to_bytes(frame)})

    def frames(self) -> Sequence[Any]:
        """See layers.analysis.work.Parts."""
        return [results.from_bytes(bytes(data)) for data in self.job.parts.order_by("key").values_list("data", flat=True)]


def run(uid: UUID) -> None:
    """What the worker does: the next step of an analysis in a process of its own, which ends when the author cancels it."""
    job = AnalysisJob.objects.filter(uid=uid).first()
    if job is None or not job.is_busy:
        return
    try:
        code = supervise(job, "work_on_analysis", SECONDS)
    except TimeoutError:
        end(job, _("It took longer than %(hours)d hours. Take a smaller unit or a filter.") % {"hours": SECONDS // 3600})
        return
    job.refresh_from_db()
    if code is None and not job.is_over:
        give_up(job)
    elif code and job.is_busy:
        end(job, _("The process that computed it died; the operators' log says why."))


def work(uid: UUID) -> None:
    """The next step of an analysis, here and now. Nothing where another process is at it."""
    job = AnalysisJob.objects.select_related("author").filter(uid=uid).first()
    if job is None or not job.is_busy:
        return
    with alone(job) as mine:
        if not mine:
            return
        job.refresh_from_db()
        progress = Progress(job)
        try:
            progress("")
            _compute(job, progress) if job.state in (State.QUEUED, State.WORKING) else _write(job, progress)
        except Cancelled:
            give_up(job)
        except (FileFault, ImportRefused, ServiceError) as error:
            end(job, getattr(error, "detail", "") or str(error))
        except DatabaseError as error:
            # The first line alone: the others may carry values of rows.
            log.warning("Analysis %s: %s", job.uid, str(error).partition("\n")[0])
            end(job, _("The database gave up on it. Take a smaller unit or a filter."))
        finally:
            progress.close()


def _compute(job: AnalysisJob, progress: Progress) -> None:
    store(job, state=State.WORKING)
    kind = kind_of(job.kind)
    with cluster(job.scheduler, job.author_id) as elsewhere:
        run = Work(kind, job.given, scope_of(job.author), tell=progress, parts=_Parts(job), elsewhere=elsewhere)
        # A job that is taken up keeps what it said when it began.
        began = job.provenance or provenance.begun(run, job.scheduler)
        store(job, provenance=began)
        result = kind.run(run)
    progress(_("Keeping the result"))
    report = results.keep(job, result)
    store(job, state=State.EXAMINED, report=report, provenance=provenance.ended(began, run), failure=None, file=job.file)
    job.parts.all().delete()


def _write(job: AnalysisJob, progress: Progress) -> None:
    """The result as a layer, by the importer that writes every layer which comes from a file."""
    store(job, state=State.WRITING)
    name = free_name(job.plan["title"])

    def finish(outcome: Outcome) -> None:
        describe(outcome, job.report)
        store(job, state=State.DONE, layer=name, done=outcome.written, total=outcome.written)

    with tempfile.TemporaryDirectory(prefix="analysis-") as folder:
        path = Path(folder) / f"{job.kind}.parquet"
        with default_storage.open(str(job.file.name)) as source:
            path.write_bytes(source.read())
        request = ImportRequest(
            path=path,
            name=name,
            title=job.plan["title"],
            units=units_of(job.author),
            owner=job.author,
            author=job.author,
            family=job.report["geometry"] or None,
            repair=True,
            skip_bad=True,
            look=finish,
        )
        import_layer(request, _Watcher(progress))


def describe(outcome: Outcome, report: dict[str, Any]) -> None:
    """Give a layer the words and the look of the result that it came from."""
    layer = outcome.layer
    words = {column["name"]: column["alias"] for column in report["columns"]}
    layer.columns = [{**column, "alias": words.get(column["alias"], column["alias"])} for column in layer.columns]
    layer.look = report["look"]
    layer.label_field = report["label"]
    field = (report["look"] or {}).get("field")
    layer.tile_fields = list(dict.fromkeys(name for name in (field, report["label"], *layer.tile_fields) if name))[:3]
    layer.min_zoom = min(layer.min_zoom, 8)
    layer.save()


def give_up(job: AnalysisJob) -> None:
    """End a job; nothing of it stays."""
    store(job, state=State.CANCELLED)
    forget(job)


def end(job: AnalysisJob, why: str) -> None:
    """It cannot be done. What was computed before it could not be written stays, to be kept under better conditions."""
    failure = {"kind": "service", "detail": why}
    if job.state in (State.CONFIRMED, State.WRITING) and job.file:
        store(job, state=State.EXAMINED, failure=failure, step="", done=0, total=0)
        return
    store(job, state=State.REFUSED, failure=failure)
    forget(job)


def forget(job: AnalysisJob) -> None:
    """The result's file and its parts go."""
    job.parts.all().delete()
    if job.file:
        job.file.delete(save=True)


def clear_old() -> None:
    """Give up results that nobody kept for two weeks."""
    for job in AnalysisJob.objects.filter(state=State.EXAMINED, updated_at__lt=timezone.now() - KEPT):
        give_up(job)
