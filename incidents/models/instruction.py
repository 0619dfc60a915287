"""Instructions of leaders: what is to be done about a place or an incident, by whom, until when, and what came of it."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from incidents.models.incident import Incident
from incidents.models.unit import HandlingUnit


class Instruction(SpatialRow):
    """An instruction stands on the map: at its incident, or at a place of its own. It is a layer of the office alone.

    The assignee is a handling unit, or where there is none whoever dispatches in the administrative unit.
    """

    class State(models.TextChoices):
        """How far it is."""

        GIVEN = "given", _("given")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    access = AccessRule(
        view=frozenset({Role.DISPATCHER, Role.FIELD_STAFF}),
        view_all=frozenset({Role.LEADER, Role.OPERATOR, Role.ADMINISTRATOR}),
        change=frozenset({Role.LEADER}),
    )

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, null=True, blank=True, related_name="instructions", verbose_name=_("incident"))
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("instruction"), max_length=4_000, blank=True)
    assignee = models.ForeignKey(
        HandlingUnit, models.PROTECT, null=True, blank=True, related_name="instructions", verbose_name=_("assignee")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.GIVEN)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    given_at = models.DateTimeField(_("given"), auto_now_add=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("given by"))
    answer = models.TextField(_("answer"), max_length=4_000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    idempotency_key = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("instruction")
        verbose_name_plural = _("instructions")
        indexes = [
            GistIndex(fields=["geom_3857"], name="instruction_tile"),  # tiles
            models.Index(fields=["due_at"], name="instruction_open", condition=Q(state="given")),  # the board's list
        ]
        constraints = [
            models.UniqueConstraint(fields=["given_by", "idempotency_key"], condition=~Q(idempotency_key=""), name="instruction_asked_once")
        ]

    def __str__(self) -> str:
        return self.title
