"""An incident reported from the field (Open311: service request)."""

import uuid

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from incidents.models.category import IncidentCategory


class Incident(SpatialRow):
    """A report with its place, text and state. `uid` is made by the reporting client, so that nothing is taken in twice.

    `accuracy_m` is the radius that the device gave for its position. Only moderated reports are public.
    """

    class Status(models.TextChoices):
        """Steps of the work on an incident."""

        NEW = "new", _("new")
        RECEIVED = "received", _("received")
        ASSIGNED = "assigned", _("assigned")
        IN_PROGRESS = "in_progress", _("in progress")
        RESOLVED = "resolved", _("resolved")
        CONFIRMED = "confirmed", _("confirmed")
        REOPENED = "reopened", _("reopened")
        REJECTED = "rejected", _("rejected")
        DUPLICATE = "duplicate", _("duplicate")

    class Severity(models.TextChoices):
        """How urgent it is."""

        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")
        CRITICAL = "critical", _("critical")

    access = AccessRule(
        public="flagged",
        view=frozenset({Role.FIELD_STAFF, Role.ANALYST}),
        view_all=frozenset({Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR}),
        change=frozenset({Role.DISPATCHER}),
    )

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    category = models.ForeignKey(IncidentCategory, models.PROTECT, verbose_name=_("category"))
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.NEW)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices, default=Severity.LOW)
    reported_at = models.DateTimeField(_("reported"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True, blank=True)
    is_public = models.BooleanField(_("public"), default=False)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = [
            GistIndex(fields=["geom_3857"], name="incident_tile"),  # tiles
            models.Index(fields=["-reported_at"], name="incident_newest"),  # the wall's ticker, OGC datetime
        ]

    def __str__(self) -> str:
        return self.title
