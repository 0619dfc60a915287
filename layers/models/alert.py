"""Alert rules and the alerts that they raise."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit


class AlertSeverity(models.TextChoices):
    """The words of field reports' severity, so that the wall has one scale."""

    CRITICAL = "critical", _("critical")
    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")


class AlertRule(models.Model):
    """What is worth an alert. Evaluated when the layer's rows change, and each minute for what time alone brings about.

    `measure` is a published field of the layer (subject: each feature) or one of its metrics (subject: each unit, or the
    whole). What the members mean for each kind is in docs/alerts.md; `layers/alerts/wanted.py` refuses what has no meaning.
    """

    class Kind(models.TextChoices):
        """What is looked for."""

        THRESHOLD = "threshold", _("a value at or beyond a limit")
        RATE = "rate", _("a value that changes too fast")
        GEOFENCE = "geofence", _("something inside an area")
        ABSENCE = "absence", _("data that do not arrive")
        OVERDUE = "overdue", _("a deadline that has passed")

    class Subject(models.TextChoices):
        """Of what each alert is."""

        FEATURE = "feature", _("each feature")
        UNIT = "unit", _("each commune")
        WHOLE = "whole", _("the layer as a whole")

    class Direction(models.TextChoices):
        """On which side of the limit the trouble lies."""

        ABOVE = "above", _("at or above")
        BELOW = "below", _("at or below")

    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("active"), default=True)
    severity = models.CharField(_("severity"), max_length=8, choices=AlertSeverity.choices, default=AlertSeverity.HIGH)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    layer = models.CharField(_("layer"), max_length=63)
    subject = models.CharField(_("one alert for"), max_length=8, choices=Subject.choices, default=Subject.FEATURE)
    measure = models.CharField(_("field or metric"), max_length=63, blank=True)
    direction = models.CharField(_("side of the limit"), max_length=5, choices=Direction.choices, default=Direction.ABOVE)
    limit = models.FloatField(_("limit"), null=True, blank=True)
    in_percent = models.BooleanField(_("the limit is in percent"), default=False, help_text=_("Of a change."))
    minutes = models.PositiveIntegerField(
        _("minutes"), null=True, blank=True, help_text=_("The period of a change; the patience with data.")
    )
    filter = models.TextField(_("only where"), blank=True, help_text=_("A filter in CQL2, for example: severity='critical'"))
    unit = models.ForeignKey(AdminUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("inside the unit"))
    fence = models.MultiPolygonField(_("inside the area"), srid=4326, null=True, blank=True)
    quiet_minutes = models.PositiveIntegerField(_("quiet minutes"), default=30, help_text=_("Coming back sooner, it is the same alert."))
    escalate_minutes = models.PositiveIntegerField(
        _("escalate after (minutes)"), null=True, blank=True, help_text=_("Unless somebody acknowledged it.")
    )
    recipients = models.TextField(_("e-mail to"), blank=True, help_text=_("One address a line."))
    escalate_to = models.TextField(_("escalate to"), blank=True, help_text=_("One address a line."))
    sounds = models.BooleanField(_("with a sound on the wall"), default=False)
    fault = models.CharField(_("what is wrong with it"), max_length=300, blank=True, editable=False)
    is_demo = models.BooleanField(_("demo data"), default=False, editable=False)

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """Something that a rule found: open until it is no longer so, whether or not somebody acknowledged it.

    `admin_unit` and `is_public` are those of the feature, so that the layer's own reach decides who hears of it
    (layers/alerts/reading.py). An alert of a number over several people's rows has neither.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule = models.ForeignKey(AlertRule, models.CASCADE, related_name="alerts", verbose_name=_("alert rule"))
    layer = models.CharField(_("layer"), max_length=63)
    subject = models.CharField(_("of what"), max_length=40)
    feature = models.BigIntegerField(_("feature"), null=True, blank=True)
    admin_unit = models.ForeignKey(
        AdminUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("administrative unit")
    )
    is_public = models.BooleanField(default=False)
    title = models.CharField(_("title"), max_length=200)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    value = models.FloatField(_("value"), null=True, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=AlertSeverity.choices)
    geom = models.PointField(srid=4326, null=True, blank=True)
    raised_at = models.DateTimeField(_("raised"), default=timezone.now)
    cleared_at = models.DateTimeField(_("over since"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("acknowledged by")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-raised_at", "-pk")
        constraints = [
            # One open alert for one thing, however many processes evaluate the rule.
            models.UniqueConstraint(fields=["rule", "subject"], condition=Q(cleared_at__isnull=True), name="alert_open_once"),
        ]
        indexes = [models.Index(fields=["-raised_at"], name="alert_newest")]  # the list, and playback

    def __str__(self) -> str:
        return self.title
