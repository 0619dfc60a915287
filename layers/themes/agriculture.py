"""Agriculture: the area of each crop by unit and year, planned and found, the latter from the land register where there is one."""

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
from layers.ingestion.places import AtUnit
from layers.layer import FeatureLayer
from layers.metric import Metric, Shown, total
from layers.palette import by_zoom, match

_COLOURS = {"rice": "#c8b400", "annual": "#8db600", "perennial": "#3f8f4f", "forest": "#2f6b3a", "aquaculture": "#3e7bd6"}


class CropArea(SpatialRow):
    """Hectares of one crop in one unit and period. `area_ha` is what stands there, `plan_ha` what was meant to."""

    class Crop(models.TextChoices):
        """What grows."""

        RICE = "rice", _("rice")
        ANNUAL = "annual", _("other annual crops")
        PERENNIAL = "perennial", _("perennial crops")
        FOREST = "forest", _("forest")
        AQUACULTURE = "aquaculture", _("aquaculture")

    class Source(models.TextChoices):
        """Where the area comes from."""

        REGISTER = "register", _("land register")
        REPORT = "report", _("report of the unit")

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.ANALYST}))

    crop = models.CharField(_("crop"), max_length=12, choices=Crop.choices)
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period until (exclusive)"))
    area_ha = models.FloatField(_("area (ha)"), null=True, blank=True)
    plan_ha = models.FloatField(_("planned (ha)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.REPORT)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("area of a crop")
        verbose_name_plural = _("areas of crops")
        indexes = [GistIndex(fields=["geom_3857"], name="crop_area_tile")]  # tiles
        constraints = [
            models.UniqueConstraint(fields=["crop", "admin_unit", "period_from", "period_to"], name="crop_area_once"),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="crop_period_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.crop} {self.period_from}"


@register
class Crops(FeatureLayer):
    """Crops by unit and year."""

    model = CropArea
    name, title = "crop_areas", _("Crop areas")
    abstract = _("Hectares of each crop by unit and year, planned and found.")
    group = _("Agriculture and trade")
    cadence = "yearly"
    fields = ("crop", "period_from", "period_to", "area_ha", "plan_ha", "source", "admin_unit", "is_demo")
    tile_fields = ("crop", "area_ha")
    time_fields = ("period_from", None)
    visible = False
    feed = Feed(("crop", "admin_unit", "period_from", "period_to"), ("area_ha", "plan_ha", "source"), AtUnit("period_to", before=True))
    metrics = (
        Metric("area", _("Crop area"), Sum("area_ha"), "plan", plan=Sum("plan_ha"), unit="ha"),
        Metric("rice", _("Rice"), Sum("area_ha", filter=Q(crop="rice")), "sum", unit="ha"),
        total("planned", _("Planned area"), "plan_ha", "ha"),
    )
    wall = (Shown("rice", _("Rice"), place="map"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"circle": {"circle-stroke-color": "#081322"}}
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": by_zoom(8, 3, 14, 8),
                "circle-color": match("crop", _COLOURS, "#8db600"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.4,
            },
        },
    )
