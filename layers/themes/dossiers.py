"""E-government: dossiers of one-stop offices by month: received, solved on time, solved late, still open."""

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
from layers.feed import Feed
from layers.ingestion.places import AtRow
from layers.layer import FeatureLayer
from layers.metric import Metric, Shown, total
from layers.palette import by_zoom
from layers.themes.facilities import Facility


class DossierCount(SpatialRow):
    """The dossiers of one office (a facility, by its code) in one period. It stands where the office stands."""

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.ANALYST}))

    office_code = models.CharField(_("office"), max_length=32)
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period until (exclusive)"))
    received = models.PositiveIntegerField(_("received"), default=0)
    on_time = models.PositiveIntegerField(_("solved on time"), default=0)
    late = models.PositiveIntegerField(_("solved late"), default=0)
    open_late = models.PositiveIntegerField(_("open and overdue"), default=0)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("dossiers of an office")
        verbose_name_plural = _("dossiers of offices")
        indexes = [GistIndex(fields=["geom_3857"], name="dossier_count_tile")]  # tiles
        constraints = [
            models.UniqueConstraint(fields=["office_code", "period_from", "period_to"], name="dossier_count_once"),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="dossier_period_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.office_code} {self.period_from}"


@register
class Dossiers(FeatureLayer):
    """How offices keep their time."""

    model = DossierCount
    name, title = "dossiers", _("Dossiers of one-stop offices")
    abstract = _("Dossiers by office and month: received, solved on time, solved late, open and overdue.")
    group = _("Public services")
    cadence = "monthly"
    fields = ("office_code", "period_from", "period_to", "received", "on_time", "late", "open_late", "admin_unit", "is_demo")
    tile_fields = ("received", "on_time", "late")
    time_fields = ("period_from", None)
    visible = False
    feed = Feed(("office_code", "period_from", "period_to"), ("received", "on_time", "late", "open_late"), AtRow(Facility, "office_code"))
    metrics = (
        total("received", _("Dossiers received"), "received"),
        total("late", _("Dossiers solved late"), "late"),
        Metric("on_time", _("Dossiers on time"), Sum("on_time"), "share", Sum(F("on_time") + F("late")), scale=100.0, unit="%", rises=True),
    )
    wall = (Shown("on_time", _("Dossiers on time"), period="month", place="both"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"circle": {"circle-stroke-color": "#081322"}}
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": by_zoom(9, 3, 15, 8),
                "circle-color": "#00806a",
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.4,
            },
        },
    )
