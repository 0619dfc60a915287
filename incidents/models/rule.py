"""Rules that people edit: which unit handles a report, and until when."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit
from incidents.models.category import IncidentCategory
from incidents.models.incident import Asset, Incident
from incidents.models.unit import HandlingUnit


class Rule(models.Model):
    """Conditions of a rule; an empty one holds for everything. Of the rules that hold, the one with the lowest position counts."""

    position = models.PositiveSmallIntegerField(_("position"), default=100)
    area = models.ForeignKey(
        AdminUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
        help_text=_("The unit and all below it."),
    )
    group = models.CharField(_("group"), max_length=80, blank=True)
    category = models.ForeignKey(IncidentCategory, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category"))
    is_active = models.BooleanField(_("active"), default=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ("position", "pk")


class RoutingRule(Rule):
    """Reports of an area, a category and an asset go to a unit."""

    asset = models.CharField(_("asset"), max_length=16, choices=Asset.choices, blank=True)
    unit = models.ForeignKey(HandlingUnit, models.PROTECT, related_name="rules", verbose_name=_("handling unit"))

    class Meta(Rule.Meta):
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")

    def __str__(self) -> str:
        return f"{self.position} → {self.unit}"


class DeadlineRule(Rule):
    """Reports of an area, a category and a severity are due `hours` after they were taken in; waiting does not count."""

    severity = models.CharField(_("severity"), max_length=8, choices=Incident.Severity.choices, blank=True)
    hours = models.FloatField(_("hours"))

    class Meta(Rule.Meta):
        verbose_name = _("deadline rule")
        verbose_name_plural = _("deadline rules")

    def __str__(self) -> str:
        return f"{self.position}: {self.hours:g} h"
