"""What happened to an incident, step by step."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from incidents.models.photo import Photo
from incidents.models.unit import HandlingUnit


class IncidentStep(models.Model):
    """One step: who, when, from which state to which, with what to say. Rows are only ever added.

    `actor` is empty for the reporter and for the service itself; `hand` says which of them it was. `note` is for the office,
    `public_note` for everybody once `is_moderated`: what staff write is, what a reporter writes is not. `unit` is the unit that was
    assigned. `late` says of a step that ends the work whether the deadline was past.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="steps", verbose_name=_("incident"))
    verb = models.CharField(_("step"), max_length=12)
    at = models.DateTimeField(_("at"), default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("user"))
    hand = models.CharField(_("in the role of"), max_length=10)
    before = models.CharField(_("before"), max_length=12, choices=Incident.Status.choices)
    after = models.CharField(_("after"), max_length=12, choices=Incident.Status.choices)
    note = models.CharField(_("internal note"), max_length=2_000, blank=True)
    public_note = models.CharField(_("public note"), max_length=2_000, blank=True)
    is_moderated = models.BooleanField(_("moderated"), default=True)
    unit = models.ForeignKey(HandlingUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handling unit"))
    late = models.BooleanField(_("after the deadline"), null=True, blank=True)
    photos = models.ManyToManyField(Photo, blank=True, related_name="steps", verbose_name=_("photos"))
    idempotency_key = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("step of an incident")
        verbose_name_plural = _("steps of incidents")
        ordering = ("pk",)
        indexes = [
            # statistics of a period
            models.Index(fields=["at", "verb"], name="step_period"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["incident", "version"], name="step_one_a_version"),
            models.UniqueConstraint(fields=["incident", "idempotency_key"], condition=~Q(idempotency_key=""), name="step_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
