"""Dated rules that officers keep themselves: least sizes of new lots, and days for each kind of change."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit


class LotRuleQuerySet(models.QuerySet["LotRule"]):
    """Questions about rules; each needs a date."""

    def in_force(self, day: date) -> Self:
        """Rules that hold on `day`."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


class LotRule(models.Model):
    """The least a new lot of some land use must measure in a unit and everything below it (no unit: everywhere).

    The rule of the longest path wins. `width_m` is the shorter side of the lot's smallest enclosing rectangle.
    `is_sample` marks values that no decision has set: they show how the table works.
    """

    unit = models.ForeignKey(AdminUnit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("administrative unit"))
    land_use = models.CharField(_("land uses"), max_length=60, help_text=_("codes with commas, such as ODT,ONT"))
    area_m2 = models.FloatField(_("least area (m²)"))
    width_m = models.FloatField(_("least width (m)"), default=0)
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    is_sample = models.BooleanField(_("sample value"), default=False)
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until (exclusive)"), null=True, blank=True)

    objects = LotRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("least size of new lots")
        verbose_name_plural = _("least sizes of new lots")
        ordering = ("land_use", "valid_from")

    def __str__(self) -> str:
        return f"{self.land_use} ≥ {self.area_m2:g} m²"

    def covers(self, code: str, path: str) -> bool:
        """Whether the rule speaks about this land use in the unit with this path."""
        codes = {part.strip() for part in self.land_use.split(",")}
        return code in codes and (self.unit is None or path.startswith(self.unit.path))


class DeadlineRule(models.Model):
    """Working days from submission to decision for a kind of change, with the legal basis."""

    kind = models.CharField(_("kind of change"), max_length=24, primary_key=True)
    working_days = models.PositiveSmallIntegerField(_("working days"))
    legal_basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    is_sample = models.BooleanField(_("sample value"), default=False)

    class Meta:
        verbose_name = _("deadline of a kind of change")
        verbose_name_plural = _("deadlines of kinds of changes")
        ordering = ("kind",)

    def __str__(self) -> str:
        return f"{self.kind}: {self.working_days}"
