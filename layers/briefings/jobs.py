"""The work on a report: built once, written in every format, in a process of its own."""

import logging
from datetime import timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis_core.errors import ServiceError
from gis_core.models.job import Job
from gis_core.work.jobs import Cancelled, Progress, alone, store, supervise
from layers.analysis.rules import checked
from layers.briefings.content import Content
from layers.briefings.contract import kind_of
from layers.briefings.data import geopackage, workbook
from layers.briefings.html import html
from layers.briefings.pdf import pdf
from layers.models import BriefingJob

log = logging.getLogger(__name__)
State = Job.State
SECONDS = 3_600
KEPT = timedelta(days=400)
FORMATS = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}


def run(uid: UUID) -> None:
    """What the worker does, in a process that ends when the author cancels the report."""
    job = BriefingJob.objects.filter(uid=uid).first()
    if job is None or not job.is_busy:
        return
    try:
        code = supervise(job, "work_on_briefing", SECONDS)
    except TimeoutError:
        end(job, _("It took longer than %(hours)d hours. Take a smaller unit or a filter.") % {"hours": SECONDS // 3600})
        return
    job.refresh_from_db()
    if code is None and not job.is_over:
        store(job, state=State.CANCELLED)
    elif code and job.is_busy:
        end(job, _("The process that computed it died; the operators' log says why."))


def work(uid: UUID) -> None:
    """A report, here and now. Nothing where another process is at it."""
    job = BriefingJob.objects.select_related("author").filter(uid=uid).first()
    if job is None or not job.is_busy:
        return
    with alone(job) as mine:
        if not mine:
            return
        progress = Progress(job)
        try:
            progress("")
            _make(job, progress)
        except Cancelled:
            store(job, state=State.CANCELLED)
        except ServiceError as error:
            end(job, error.detail)
        except DatabaseError as error:
            # The first line alone: the others may carry values of rows.
            log.warning("Report %s: %s", job.uid, str(error).partition("\n")[0])
            end(job, _("The database gave up on it. Take a smaller unit or a filter."))
        finally:
            progress.close()


def _make(job: BriefingJob, progress: Progress) -> None:
    store(job, state=State.WORKING)
    # Reports are papers: they are written in the language of the office, whoever works on them.
    with override("vi"):
        kind = kind_of(job.kind)
        reader = job.author.get_full_name() or job.author.get_username()
        content = kind.build(kind.desk(job.given, checked(job.author), reader, progress))
        progress(_("Writing the files"))
        files = written(job, content)
    store(job, state=State.DONE, title=content.title[:200], files=files, failure=None)


def written(job: BriefingJob, content: Content) -> dict[str, str]:
    """Every format into storage; names by format."""
    made = {"html": html(content), "pdf": pdf(content), "xlsx": workbook(content), "gpkg": geopackage(content)}
    return {form: default_storage.save(f"briefings/{job.uid}.{form}", ContentFile(data)) for form, data in made.items() if data}


def end(job: BriefingJob, why: str) -> None:
    """It cannot be made."""
    store(job, state=State.REFUSED, failure={"kind": "service", "detail": why})


def forget(job: BriefingJob) -> None:
    """A report with its files and links goes."""
    for name in job.files.values():
        default_storage.delete(name)
    job.delete()


def clear_old() -> None:
    """Reports are kept for a year and a month."""
    for job in BriefingJob.objects.filter(updated_at__lt=timezone.now() - KEPT):
        forget(job)
