"""Uploads, alerts, analyses and reports in the background worker (Procrastinate)."""

import logging
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gis_core.work.jobs import left_behind
from layers.alerts.evaluate import clear_orphans, escalate, evaluate_all
from layers.analysis import jobs as analyses
from layers.briefings import jobs as briefings
from layers.ingestion.traffic import apply_closures
from layers.models import AnalysisJob, BriefingJob, Upload
from layers.reporting.duties import ask, settle
from layers.uploads import jobs

log = logging.getLogger(__name__)


@app.task(queue="uploads", pass_context=False)
def work_on_upload(uid: str) -> None:
    """The next step of an upload."""
    jobs.run(UUID(uid))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_uploads", pass_context=False)
def watch_uploads(timestamp: int | None = None) -> None:
    """Take up what a worker left when it died, and give up what nobody decided."""
    for uid in left_behind(Upload.objects.all()):
        queue_upload(uid)
    jobs.clear_old()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_alerts", lock="watch_alerts", pass_context=False)
def watch_alerts(timestamp: int | None = None) -> int:
    """What time alone brings about: data that do not come, deadlines, alerts that nobody acknowledged."""
    evaluated = evaluate_all()
    clear_orphans()
    escalate()
    return evaluated


def queue_upload(uid: UUID) -> None:
    """Queue the next step of an upload unless it is waiting already."""
    try:
        work_on_upload.configure(queueing_lock=f"upload:{uid}").defer(uid=str(uid))
    except AlreadyEnqueued:
        log.debug("The upload %s is queued already.", uid)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="watch_deadlines", lock="watch_deadlines", pass_context=False)
def watch_deadlines(timestamp: int | None = None) -> int:
    """Ask for reports of periods that ended, and mark what became overdue; every five minutes, so that a day begins on time."""
    today = timezone.localdate()
    return ask(today) + settle(today)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_closures", lock="watch_closures", pass_context=False)
def watch_closures(timestamp: int | None = None) -> int:
    """Close and open stretches of road as their closures begin and end."""
    return apply_closures()


@app.task(queue="uploads", pass_context=False)
def work_on_analysis(uid: str) -> None:
    """The next step of an analysis."""
    analyses.run(UUID(uid))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_analyses", lock="watch_analyses", pass_context=False)
def watch_analyses(timestamp: int | None = None) -> None:
    """Take up what a worker left when it died, and give up what nobody kept."""
    for uid in left_behind(AnalysisJob.objects.all()):
        queue_analysis(uid)
    analyses.clear_old()


def queue_analysis(uid: UUID) -> None:
    """Queue the next step of an analysis unless it is waiting already."""
    try:
        work_on_analysis.configure(queueing_lock=f"analysis:{uid}").defer(uid=str(uid))
    except AlreadyEnqueued:
        log.debug("The analysis %s is queued already.", uid)


@app.task(queue="uploads", pass_context=False)
def work_on_briefing(uid: str) -> None:
    """A report."""
    briefings.run(UUID(uid))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_briefings", lock="watch_briefings", pass_context=False)
def watch_briefings(timestamp: int | None = None) -> None:
    """Queue the reports that are due, take up what a worker left when it died, and forget old ones."""
    # The office queues through this module.
    import layers.briefings.office

    layers.briefings.office.due()
    for uid in left_behind(BriefingJob.objects.all()):
        queue_briefing(uid)
    briefings.clear_old()


def queue_briefing(uid: UUID) -> None:
    """Queue a report unless it is waiting already."""
    try:
        work_on_briefing.configure(queueing_lock=f"briefing:{uid}").defer(uid=str(uid))
    except AlreadyEnqueued:
        log.debug("The report %s is queued already.", uid)
