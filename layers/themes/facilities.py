"""Facilities of the public services: health, education, one-stop offices, government."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.palette import HALO, TEXT_FONT, match

COLOURS = {"health": "#2f6fdf", "education": "#7a4fc4", "one_stop": "#00806a", "government": "#5d6b7a"}


class Facility(SpatialRow):
    """A building where the public is served; `capacity` in beds, pupils or counters, by kind."""

    class Theme(models.TextChoices):
        """Which service."""

        HEALTH = "health", _("health")
        EDUCATION = "education", _("education")
        ONE_STOP = "one_stop", _("one-stop office")
        GOVERNMENT = "government", _("government")

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR}))

    name = models.CharField(_("name"), max_length=160)
    theme = models.CharField(_("theme"), max_length=12, choices=Theme.choices)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        indexes = [GistIndex(fields=["geom_3857"], name="facility_tile")]  # tiles

    def __str__(self) -> str:
        return self.name


@register
class Facilities(FeatureLayer):
    """Hospitals, schools, one-stop offices."""

    model = Facility
    name, title = "facilities", _("Public facilities")
    abstract = _("Hospitals and clinics, schools, one-stop offices and seats of government.")
    group = _("Public services")
    fields = ("name", "theme", "kind", "address", "capacity", "is_demo")
    tile_fields = ("name", "theme", "kind")
    search_fields = ("name", "address")
    label_field = "name"
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": 5.5,
                "circle-color": match("theme", COLOURS, "#5d6b7a"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.6,
            },
        },
        {
            "id": "label",
            "type": "symbol",
            "minzoom": 14,
            "layout": {
                "text-field": ["get", "name"],
                "text-font": TEXT_FONT,
                "text-size": 11,
                "text-anchor": "top",
                "text-offset": [0, 0.8],
            },
            "paint": {"text-color": match("theme", COLOURS, "#5d6b7a"), **HALO},
        },
    )
