"""An incident reported from the field (Open311: service request)."""

import secrets
import uuid

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from incidents.models.category import IncidentCategory
from incidents.models.unit import HandlingUnit

# Without letters and digits that people confuse when they read a code to each other.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_tracking_code() -> str:
    """Twelve characters nobody can guess (58 random bits) and everybody can dictate."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


class Moderation(models.TextChoices):
    """Whether something may be shown to everybody."""

    PENDING = "pending", _("to be moderated")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")


class Channel(models.TextChoices):
    """How a report came."""

    FORM = "form", _("report form")
    OPEN311 = "open311", _("Open311")
    ODK = "odk", _("ODK Collect")
    STAFF = "staff", _("staff")


class Asset(models.TextChoices):
    """On whose ground an incident lies, as far as the road tells."""

    NATIONAL_ROAD = "national_road", _("national road or expressway")
    PROVINCIAL_ROAD = "provincial_road", _("provincial road")
    STREET = "street", _("street")
    OFF_ROAD = "off_road", _("away from roads")


class Incident(SpatialRow):
    """A report with its place, text and state. `uid` is made by the reporting client, so that nothing is taken in twice.

    `accuracy_m` is the radius that the device gave for its position. Only moderated reports are public: `is_public` is what
    services ask, `moderation` is what a person decided. `reported_at` is the moment of the report by the service's clock,
    whatever the device's said. `all_units` are the ids of the communes of every generation at its place.

    The clock of the deadline stops while `paused_at` is set; `paused_s` are the seconds that it stood before.
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
    tracking_code = models.CharField(_("tracking code"), max_length=20, unique=True, default=new_tracking_code, editable=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.FORM)
    moderation = models.CharField(_("moderation"), max_length=8, choices=Moderation.choices, default=Moderation.PENDING)
    handling_unit = models.ForeignKey(
        HandlingUnit, models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name=_("handling unit")
    )
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("duplicate of")
    )
    paused_at = models.DateTimeField(_("clock stopped at"), null=True, blank=True)
    paused_s = models.PositiveIntegerField(_("seconds not counted"), default=0)
    photos_expected = models.PositiveSmallIntegerField(_("photos announced"), default=0)
    photos_received = models.PositiveSmallIntegerField(_("photos received"), default=0)
    all_units = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("units of every generation"))
    road = models.CharField(_("road"), max_length=120, blank=True)
    asset = models.CharField(_("asset"), max_length=16, choices=Asset.choices, blank=True)
    parcel_id = models.BigIntegerField(_("parcel"), null=True, blank=True)
    pin_distance_m = models.FloatField(_("from the device to the pin (m)"), null=True, blank=True)
    flags = ArrayField(models.CharField(max_length=24), default=list, blank=True, verbose_name=_("flags"))
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    is_overdue = models.BooleanField(_("overdue"), default=False, editable=False)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = [
            GistIndex(fields=["geom_3857"], name="incident_tile"),  # tiles
            models.Index(fields=["-reported_at", "-id"], name="incident_by_age"),  # the wall's ticker, OGC datetime, the board's list
            # the board's list by deadline, the sweep that marks what is overdue
            models.Index(fields=["due_at", "id"], name="incident_by_deadline"),
            models.Index(fields=["resolved_at"], name="incident_unconfirmed", condition=Q(status="resolved")),  # the hourly confirmation
            # the sweep of reports whose photos do not come
            models.Index(fields=["reported_at"], name="incident_waiting", condition=Q(photos_received__lt=F("photos_expected"))),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def waits_for_photos(self) -> bool:
        """Whether the reporter announced photos that have not come yet."""
        return self.photos_received < self.photos_expected
