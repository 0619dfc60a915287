"""Reports, their schedules, and the links by which they are handed on."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models.job import Job


class BriefingSchedule(models.Model):
    """A report that is made again and again, in its author's name: with what the author may see on that day."""

    class Every(models.TextChoices):
        """How often."""

        DAY = "day", _("every day")
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("author"))
    kind = models.CharField(_("kind"), max_length=40)
    given = models.JSONField(default=dict)
    every = models.CharField(_("how often"), max_length=6, choices=Every.choices)
    next_at = models.DateTimeField(_("next at"), db_index=True)  # what the worker looks for
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("schedule of a report")
        verbose_name_plural = _("schedules of reports")

    def __str__(self) -> str:
        return f"{self.kind} {self.every}"


class BriefingJob(Job):
    """One report: its question, and its files in storage by format (`files`: html, pdf, xlsx, gpkg)."""

    kind = models.CharField(_("kind"), max_length=40)
    given = models.JSONField(default=dict)
    title = models.CharField(_("title"), max_length=200, blank=True)
    files = models.JSONField(default=dict)
    schedule = models.ForeignKey(BriefingSchedule, models.SET_NULL, null=True, blank=True, related_name="reports", db_index=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        # the list of a person, newest first
        indexes = [models.Index(fields=["author", "-created_at"], name="report_of_author")]


class BriefingLink(models.Model):
    """A link to one report for somebody without an account: signed, until a moment, and revocable at any time."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(BriefingJob, models.CASCADE, related_name="links", verbose_name=_("report"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    opened = models.PositiveIntegerField(_("opened"), default=0)

    class Meta:
        verbose_name = _("link to a report")
        verbose_name_plural = _("links to reports")

    def __str__(self) -> str:
        return str(self.uid)
