"""What a person does with analyses: ask, look, keep as a layer, cancel, run again. Everybody sees the own ones alone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, Conflict, NotFound
from gis_core.models import User
from gis_core.models.job import Job
from gis_core.work.jobs import store
from layers.analysis import jobs
from layers.analysis.contract import TiledAnalysis, kind_of
from layers.analysis.parameters import read_all
from layers.analysis.rules import checked, visible
from layers.models import AnalysisJob
from layers.tasks import queue_analysis
from layers.uploads.rules import checked as may_keep

MAX_OPEN = 10
State = Job.State


def one(user: User, uid: UUID) -> AnalysisJob:
    """Raises NotFound."""
    job = visible(user).filter(uid=uid).first()
    if job is None:
        raise NotFound(_("There is no such analysis, or it is not yours."))
    return job


def ask(user: User, kind: str, given: Mapping[str, Any], scheduler: str = "") -> AnalysisJob:
    """Check an analysis and queue it. Raises NotFound, BadParameter, Conflict."""
    scope = checked(user)
    found = kind_of(kind)
    read_all(found.parameters, given, scope)
    if visible(user).filter(state__in=Job.busy).count() >= MAX_OPEN:
        raise Conflict(_("%(limit)d of your analyses wait or run already.") % {"limit": MAX_OPEN})
    if isinstance(found, TiledAnalysis):
        scheduler = scheduler or settings.DASK_SCHEDULER
    elif scheduler:
        raise BadParameter(_("This analysis does not go tile by tile: a cluster does not help it."), field="scheduler")
    wanted = {name: value for name, value in given.items() if value not in (None, "")}
    job = AnalysisJob.objects.create(author=user, kind=kind, given=wanted, scheduler=scheduler)
    queue(job)
    return job


def again(user: User, uid: UUID) -> AnalysisJob:
    """The same with the rows of today. Raises NotFound, BadParameter, Conflict."""
    job = one(user, uid)
    return ask(user, job.kind, job.given)


def keep(user: User, uid: UUID, title: str) -> AnalysisJob:
    """Have the result written as a layer of one's own. Raises NotFound, Conflict, BadParameter."""
    one(user, uid)
    may_keep(user)
    if not title.strip():
        raise BadParameter(_("Give the layer a title."), field="title")
    with transaction.atomic():
        job = AnalysisJob.objects.select_for_update(of=("self",)).select_related("author").get(uid=uid)
        if job.state != State.EXAMINED:
            raise Conflict(_("The analysis has no result that waits to be kept."))
        if not job.report["rows"]:
            raise Conflict(_("The result is empty: there is nothing to keep."))
        store(job, state=State.CONFIRMED, plan={"title": title.strip()[:200]}, failure=None, step="", done=0, total=0)
        queue(job)
    return job


def cancel(user: User, uid: UUID) -> AnalysisJob:
    """Give an analysis up; one at work is killed within a second, and nothing of it stays. Raises NotFound, Conflict."""
    one(user, uid)
    with transaction.atomic():
        job = AnalysisJob.objects.select_for_update(of=("self",)).select_related("author").get(uid=uid)
        if job.is_over:
            raise Conflict(_("The analysis is over already."))
        if job.state in (State.WORKING, State.WRITING):
            AnalysisJob.objects.filter(pk=job.pk).update(cancel_asked=True)
            job.cancel_asked = True
        else:
            jobs.give_up(job)
    return job


def queue(job: AnalysisJob) -> None:
    """Have the worker take the next step, once the transaction is through."""
    transaction.on_commit(lambda: queue_analysis(job.uid))
