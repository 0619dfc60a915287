"""Reports of units (LRIS): what is asked of whom by when, what came, and who has not reported."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.metric import Shown
from layers.themes.due import DARK_DUE, DueRow, due_metrics, due_style
from layers.themes.indicators import Indicator


class ReportTemplate(models.Model):
    """A report that every unit of a level gives each period: which indicators, and so many days after the period's end."""

    class Period(models.TextChoices):
        """How often."""

        MONTH = "month", _("monthly")
        QUARTER = "quarter", _("quarterly")
        YEAR = "year", _("yearly")

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    name = models.CharField(_("name"), max_length=160)
    period = models.CharField(_("period"), max_length=8, choices=Period.choices, default=Period.MONTH)
    level = models.CharField(_("level"), max_length=10, choices=AdminUnit.Level.choices, default=AdminUnit.Level.COMMUNE)
    due_days = models.PositiveSmallIntegerField(_("days after the period"), default=5, validators=[MaxValueValidator(180)])
    indicators = models.ManyToManyField(Indicator, related_name="templates", verbose_name=_("indicators"))
    active = models.BooleanField(_("asked for"), default=True)
    is_demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        verbose_name = _("report template")
        verbose_name_plural = _("report templates")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class ReportDuty(DueRow):
    """One report of one unit for one period (`period_to` is the first day after it). Its figures are indicators' values."""

    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="duties", verbose_name=_("report template"))
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period until (exclusive)"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)

    class Meta:
        verbose_name = _("report of a unit")
        verbose_name_plural = _("reports of units")
        indexes = [GistIndex(fields=["geom_3857"], name="report_duty_tile")]  # tiles
        constraints = [models.UniqueConstraint(fields=["template", "admin_unit", "period_from"], name="report_duty_once")]

    def __str__(self) -> str:
        return f"{self.template_id} {self.period_from}"


@register
class Reports(FeatureLayer):
    """Who has reported, and who has not."""

    model = ReportDuty
    name, title = "reports", _("Reports of units")
    abstract = _("What every unit has to report by when, and who has not reported.")
    group = _("Indicators")
    cadence = "daily"
    fields = ("template", "period_from", "period_to", "due_on", "done_on", "state", "submitted_at", "admin_unit", "is_demo")
    tile_fields = ("state",)
    time_fields = ("period_from", None)
    visible = False
    metrics = due_metrics(_("Reports missing"), _("Reports overdue"), _("Reports in time"))
    wall = (Shown("overdue", _("Reports overdue"), place="both"),)
    dark_paint = DARK_DUE
    style = due_style()
