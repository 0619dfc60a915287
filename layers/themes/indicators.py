"""Socio-economic indicators: indicator × unit × period, plan against actual."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.metric import Metric


class Indicator(models.Model):
    """What is counted, in which unit of measure. Shares are given as numerator and `base`, so that they add up."""

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=160)
    unit_of_measure = models.CharField(_("unit of measure"), max_length=24, blank=True)
    more_is_better = models.BooleanField(_("more is better"), default=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class IndicatorValue(SpatialRow):
    """An indicator of one unit in one period: `plan` and `actual` in the indicator's unit; shares have a `base`.

    It stands at a point inside its unit, so that figures of a unit that a reform abolished count in the one that took its
    place (layers/queries/homes.py). Give figures for the lowest units: those above are their sums.
    """

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.ANALYST}))

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="values", verbose_name=_("indicator"))
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period until (exclusive)"))
    plan = models.FloatField(_("plan"), null=True, blank=True)
    actual = models.FloatField(_("actual"), null=True, blank=True)
    base = models.FloatField(_("base of a share"), null=True, blank=True)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")
        indexes = [GistIndex(fields=["geom_3857"], name="indicator_value_tile")]  # tiles
        constraints = [
            # Also how an ingestion finds the row that it replaces.
            models.UniqueConstraint(fields=["indicator", "admin_unit", "period_from", "period_to"], name="indicator_value_once"),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="indicator_period_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_from}"


def _percent(name: str, title: Any, of: str) -> Metric:
    """Actual as a percentage of another column, over the rows that have both."""
    both = Q(**{f"{of}__isnull": False, "actual__isnull": False})
    return Metric(name, title, Sum("actual", filter=both), "share", Sum(of, filter=both), scale=100.0, unit="%", rises=True)


@register
class Indicators(FeatureLayer):
    """Figures by unit and period."""

    model = IndicatorValue
    name, title = "indicators", _("Socio-economic indicators")
    abstract = _("Plan and actual of each indicator by administrative unit and period.")
    group = _("Indicators")
    fields = ("indicator", "period_from", "period_to", "plan", "actual", "base", "admin_unit", "is_demo")
    tile_fields = ("plan", "actual")
    time_fields = ("period_from", None)
    visible = False
    metrics = (
        Metric("actual", _("Actual"), Sum("actual"), "plan", plan=Sum("plan"), rises=True),
        _percent("fulfilled", _("Of the plan"), "plan"),
        _percent("share", _("Share"), "base"),
    )
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"circle": {"circle-stroke-color": "#081322"}}
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {"circle-radius": 5, "circle-color": "#2a8c9f", "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.4},
        },
    )
