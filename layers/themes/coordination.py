"""Focal contacts and milestones of the plan: one contact a unit and matter, by a day; steps of the plan, by a day."""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from layers.catalogue import register
from layers.feed import Feed
from layers.ingestion.places import AtUnit
from layers.layer import FeatureLayer
from layers.metric import Shown
from layers.themes.due import DARK_DUE, DueRow, due_metrics, due_style


class FocalContact(DueRow):
    """Whom a unit names as its contact in a matter (`topic`); nobody yet while `contact_name` is empty.

    These are officials in their office: name, position and office phone are for the offices, never in tiles, search or numbers.
    """

    topic = models.CharField(_("matter"), max_length=40)
    contact_name = models.CharField(_("focal contact"), max_length=120, blank=True)
    position = models.CharField(_("position"), max_length=120, blank=True)
    office_phone = models.CharField(_("office phone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("focal contact")
        verbose_name_plural = _("focal contacts")
        indexes = [GistIndex(fields=["geom_3857"], name="focal_contact_tile")]  # tiles
        constraints = [models.UniqueConstraint(fields=["topic", "admin_unit"], name="focal_contact_once")]

    def __str__(self) -> str:
        return self.topic


class Milestone(DueRow):
    """A step of the plan that a unit is to reach; `progress` in per cent."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0, validators=[MaxValueValidator(100)])

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        indexes = [GistIndex(fields=["geom_3857"], name="milestone_tile")]  # tiles
        constraints = [models.CheckConstraint(condition=models.Q(progress__lte=100), name="milestone_progress")]

    def __str__(self) -> str:
        return self.title


def _named(row: Any) -> None:
    """The day on which somebody was named first counts; taking the name away makes the matter open again."""
    today = timezone.localdate()
    row.done_on = (row.done_on or today) if row.contact_name else None
    row.state = row.state_on(today)


def _reached(row: Any) -> None:
    today = timezone.localdate()
    if row.progress >= 100 and row.done_on is None:
        row.done_on = today
    row.state = row.state_on(today)


@register
class FocalContacts(FeatureLayer):
    """Who has named a contact, and who has not."""

    model = FocalContact
    name, title = "focal_contacts", _("Focal contacts")
    abstract = _("One contact a unit and matter, by a day; who has not named one.")
    group = _("Coordination")
    cadence = "quarterly"
    fields = ("topic", "contact_name", "position", "office_phone", "due_on", "done_on", "state", "admin_unit", "is_demo")
    tile_fields = ("topic", "state")
    search_fields = ("topic",)
    visible = False
    feed = Feed(("topic", "admin_unit"), ("due_on", "done_on", "contact_name", "position", "office_phone"), AtUnit(), complete=_named)
    metrics = due_metrics(_("Contacts missing"), _("Contacts overdue"), _("Contacts named in time"))
    wall = (Shown("missing", _("Contacts missing"), place="map"),)
    dark_paint = DARK_DUE
    style = due_style()


@register
class Milestones(FeatureLayer):
    """Steps of the plan, and those that are overdue."""

    model = Milestone
    name, title = "milestones", _("Milestones of the plan")
    abstract = _("Steps of the plan by unit, with the day by which each is to be reached.")
    group = _("Coordination")
    cadence = "weekly"
    fields = ("code", "title", "progress", "due_on", "done_on", "state", "admin_unit", "is_demo")
    tile_fields = ("title", "state", "progress")
    search_fields = ("title", "code")
    label_field = "title"
    visible = False
    feed = Feed(("code",), ("title", "due_on", "done_on", "progress"), AtUnit(), complete=_reached)
    metrics = due_metrics(_("Milestones open"), _("Milestones overdue"), _("Milestones in time"))
    wall = (Shown("overdue", _("Milestones overdue"), place="map"),)
    dark_paint = DARK_DUE
    style = due_style()
