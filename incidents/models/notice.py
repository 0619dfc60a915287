"""What is to be told to whom: the outbox, written in the same transaction as what it tells."""

import uuid

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from incidents.models.instruction import Instruction
from incidents.models.reporter import Follow
from incidents.models.step import IncidentStep
from incidents.models.unit import HandlingUnit
from layers.models.alert import Alert


class Webhook(models.Model):
    """An address of another system that hears of incidents, and of alerts where it wants to.

    Its secret is derived (incidents/notify/signing.py), never stored.

    `generation` changes the secret. A hook that hears of public incidents alone never gets a word about others.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    public_only = models.BooleanField(_("public incidents only"), default=True)
    hears_alerts = models.BooleanField(_("hears of alerts too"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    generation = models.PositiveIntegerField(_("generation of the secret"), default=1)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """One event for one recipient: a row exists once, so it is told once. Addresses are looked up when it is sent.

    `event` names what happened ("step:<uid>", "opened:<uid>", "follow:<uid>", "alert:<uid>:raised").
    SENDING stands before the attempt: a process that dies in
    the middle leaves it there, and what follows depends on the channel (docs/adr/0024).
    """

    class Channel(models.TextChoices):
        """How it goes out."""

        WEBHOOK = "webhook", _("webhook")
        FOLLOWER = "follower", _("e-mail to a follower")
        REPORTER = "reporter", _("e-mail to the reporter")
        UNIT = "unit", _("e-mail to the handling unit")
        INSTRUCTED = "instruct", _("e-mail about an instruction")
        CONFIRM = "confirm", _("e-mail that asks to confirm an address")
        ALERT = "alert", _("e-mail of an alert")

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        UNCERTAIN = "uncertain", _("perhaps sent")
        DROPPED = "dropped", _("no longer wanted")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.CharField(_("event"), max_length=60)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    recipient = models.CharField(_("recipient"), max_length=40)
    incident = models.ForeignKey(Incident, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("incident"))
    instruction = models.ForeignKey(
        Instruction, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("instruction")
    )
    step = models.ForeignKey(IncidentStep, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("step"))
    follow = models.ForeignKey(Follow, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("follower"))
    unit = models.ForeignKey(HandlingUnit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("handling unit"))
    alert = models.ForeignKey(Alert, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("alert"))
    webhook = models.ForeignKey(Webhook, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("webhook"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    claimed_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    error = models.CharField(_("last failure"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            # the sweep: what waits, and what a process left in the middle
            models.Index(fields=["next_at"], name="notice_waiting", condition=Q(state__in=["waiting", "sending"])),
        ]
        constraints = [models.UniqueConstraint(fields=["event", "channel", "recipient"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.event} → {self.channel}"
