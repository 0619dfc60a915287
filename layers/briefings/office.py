"""What a person does with reports: ask, read, hand on by a link, have it made again and again, remove."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import BadParameter, Conflict, NotFound
from gis_core.models import User
from gis_core.models.job import Job
from layers.analysis.parameters import read_all
from layers.analysis.rules import checked, may_analyse
from layers.briefings.contract import kind_of
from layers.models import BriefingJob, BriefingLink, BriefingSchedule
from layers.tasks import queue_briefing

State = Job.State
MAX_OPEN, MAX_SCHEDULES, MAX_DAYS = 10, 20, 90
_SALT = "report-link"
_HOUR = 6


def visible(user: User) -> "QuerySet[BriefingJob]":
    """A person's own reports, newest first. Raises NotFound."""
    checked(user)
    return BriefingJob.objects.filter(author=user).order_by("-created_at")


def one(user: User, uid: UUID) -> BriefingJob:
    """Raises NotFound."""
    job = visible(user).filter(uid=uid).first()
    if job is None:
        raise NotFound(_("There is no such report, or it is not yours."))
    return job


def ask(user: User, kind: str, given: Mapping[str, Any], schedule: BriefingSchedule | None = None) -> BriefingJob:
    """Check a report and queue it. Raises NotFound, BadParameter, Conflict."""
    read_all(kind_of(kind).parameters, given, checked(user))
    if visible(user).filter(state__in=Job.busy).count() >= MAX_OPEN:
        raise Conflict(_("%(limit)d of your reports wait or are being made already.") % {"limit": MAX_OPEN})
    wanted = {name: value for name, value in given.items() if value not in (None, "")}
    job = BriefingJob.objects.create(author=user, kind=kind, given=wanted, schedule=schedule)
    transaction.on_commit(lambda: queue_briefing(job.uid))
    return job


def content_of(job: BriefingJob, form: str) -> bytes:
    """A file of a report. Raises NotFound."""
    if form not in job.files:
        raise NotFound(_("This report has no file of this kind."), field="f")
    with default_storage.open(job.files[form]) as file:
        return bytes(file.read())


def cancel(user: User, uid: UUID) -> BriefingJob:
    """Stop the making of a report. Raises NotFound, Conflict."""
    job = one(user, uid)
    if job.is_over:
        raise Conflict(_("The report is over already."))
    if job.state == State.QUEUED:
        job.state = State.CANCELLED
        job.save(update_fields=["state", "updated_at"])
    else:
        BriefingJob.objects.filter(pk=job.pk).update(cancel_asked=True)
    return job


def share(user: User, uid: UUID, days: int) -> BriefingLink:
    """A link that opens the report for whoever has it, for some days. Raises NotFound, BadParameter, Conflict."""
    job = one(user, uid)
    if not 1 <= days <= MAX_DAYS:
        raise BadParameter(_("A link is valid for 1 to %(limit)d days.") % {"limit": MAX_DAYS}, field="days")
    if job.state != State.DONE:
        raise Conflict(_("The report is not finished."))
    return BriefingLink.objects.create(report=job, expires_at=timezone.now() + timedelta(days=days))


def links(user: User, uid: UUID) -> "QuerySet[BriefingLink]":
    """All links of a report, newest first. Raises NotFound."""
    return BriefingLink.objects.filter(report=one(user, uid)).order_by("-created_at")


def revoke(user: User, uid: UUID) -> BriefingLink:
    """End a link at once. Raises NotFound."""
    checked(user)
    link = BriefingLink.objects.filter(uid=uid, report__author=user).first()
    if link is None:
        raise NotFound(_("There is no such link, or it is not yours."))
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
    return link


def address(link: BriefingLink) -> str:
    """The path of a link; its token is signed, so that nobody finds one by trying."""
    return reverse("briefings:shared", args=[signing.Signer(salt=_SALT).sign(link.uid.hex)])


def opened(token: str) -> BriefingJob:
    """The report behind a link. Unknown, changed, expired and revoked links are the same NotFound; so is an author without the work."""
    missing = NotFound(_("This link does not exist, or it is not valid any more."))
    try:
        uid = UUID(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise missing from error
    link = BriefingLink.objects.select_related("report__author").filter(uid=uid, revoked_at=None, expires_at__gt=timezone.now()).first()
    if link is None or not may_analyse(scope_of(link.report.author)):
        raise missing
    BriefingLink.objects.filter(pk=link.pk).update(opened=F("opened") + 1)
    return link.report


def schedules(user: User) -> "QuerySet[BriefingSchedule]":
    """A person's own schedules. Raises NotFound."""
    checked(user)
    return BriefingSchedule.objects.filter(author=user).order_by("next_at")


def plan(user: User, kind: str, given: Mapping[str, Any], every: str) -> BriefingSchedule:
    """Have a report made every day, week or month, at six in the morning. Raises NotFound, BadParameter, Conflict."""
    read_all(kind_of(kind).parameters, given, checked(user))
    if every not in BriefingSchedule.Every.values:
        raise BadParameter(_("every is one of: %(accepted)s.") % {"accepted": ", ".join(BriefingSchedule.Every.values)}, field="every")
    if schedules(user).count() >= MAX_SCHEDULES:
        raise Conflict(_("You have %(limit)d schedules already.") % {"limit": MAX_SCHEDULES})
    wanted = {name: value for name, value in given.items() if value not in (None, "")}
    return BriefingSchedule.objects.create(
        author=user, kind=kind, given=wanted, every=every, next_at=following(timezone.localtime(), every)
    )


def unplan(user: User, uid: UUID) -> None:
    """End a schedule; its reports stay. Raises NotFound."""
    gone, _models = schedules(user).filter(uid=uid).delete()
    if not gone:
        raise NotFound(_("There is no such schedule, or it is not yours."))


def following(after: datetime, every: str) -> datetime:
    """The next morning, Monday or first of a month after a moment, at six, in Vietnamese time."""
    morning = after.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    step = timedelta(days=1)
    while morning <= after or not _falls(morning, every):
        morning += step
    return morning


def _falls(morning: datetime, every: str) -> bool:
    return every == "day" or (every == "week" and morning.weekday() == 0) or (every == "month" and morning.day == 1)


def due() -> list[BriefingJob]:
    """Queue what is due, in each author's name; a schedule whose author has lost the work or the layer waits for its next turn."""
    made = []
    now = timezone.localtime()
    for schedule in BriefingSchedule.objects.select_related("author").filter(next_at__lte=now):
        BriefingSchedule.objects.filter(pk=schedule.pk).update(next_at=following(now, schedule.every))
        try:
            made.append(ask(schedule.author, schedule.kind, schedule.given, schedule))
        except (NotFound, BadParameter, Conflict):
            continue
    return made
