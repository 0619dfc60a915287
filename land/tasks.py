"""Imports in the background worker (Procrastinate)."""

import logging
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gis_core.work.jobs import left_behind
from land.crops import derive
from land.importing import jobs
from land.models import ParcelImport

log = logging.getLogger(__name__)


@app.task(queue="imports", pass_context=False)
def work_on_import(uid: str) -> None:
    """The next step of an import."""
    jobs.work(UUID(uid))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_imports", pass_context=False)
def watch_imports(timestamp: int | None = None) -> None:
    """Take up what a worker left when it died, and give up what nobody confirmed."""
    for uid in left_behind(ParcelImport.objects.all()):
        queue_import(uid)
    jobs.clear_old()


def queue_import(uid: UUID) -> None:
    """Queue the next step of an import unless it is waiting already."""
    try:
        work_on_import.configure(queueing_lock=f"import:{uid}").defer(uid=str(uid))
    except AlreadyEnqueued:
        log.debug("The import %s is queued already.", uid)


@app.periodic(cron="7 3 * * *")
@app.task(queueing_lock="renew_crop_areas", lock="renew_crop_areas", pass_context=False)
def renew_crop_areas(timestamp: int | None = None) -> int:
    """The crop areas of the register, once a night."""
    outcome = derive(timezone.localdate())
    return outcome.created + outcome.corrected
