"""Traffic: road segments with their state now."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.palette import HALO, TEXT_FONT, TRAFFIC, match


class RoadSegment(SpatialRow):
    """A stretch of road between junctions. Speeds in km/h; `speed_kmh` is the measured one at `observed_at`."""

    class State(models.TextChoices):
        """How traffic flows."""

        FREE = "free", _("free")
        SLOW = "slow", _("slow")
        JAMMED = "jammed", _("jammed")
        CLOSED = "closed", _("closed")

    class RoadClass(models.TextChoices):
        """From expressway to alley."""

        EXPRESSWAY = "expressway", _("expressway")
        NATIONAL = "national", _("national road")
        PROVINCIAL = "provincial", _("provincial road")
        URBAN = "urban", _("main street")
        STREET = "street", _("street")

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.DISPATCHER}))

    name = models.CharField(_("name"), max_length=120, blank=True)
    ref = models.CharField(_("road number"), max_length=20, blank=True)
    road_class = models.CharField(_("class"), max_length=12, choices=RoadClass.choices)
    lanes = models.PositiveSmallIntegerField(_("lanes"), null=True, blank=True)
    speed_limit_kmh = models.PositiveSmallIntegerField(_("speed limit (km/h)"), null=True, blank=True)
    speed_kmh = models.FloatField(_("measured speed (km/h)"), null=True, blank=True)
    traffic_state = models.CharField(_("traffic"), max_length=8, choices=State.choices, default=State.FREE)
    observed_at = models.DateTimeField(_("observed"), null=True, blank=True)
    geom = models.MultiLineStringField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.MultiLineStringField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("road segment")
        verbose_name_plural = _("road segments")
        indexes = [GistIndex(fields=["geom_3857"], name="road_tile")]  # tiles

    def __str__(self) -> str:
        return self.name or self.ref or f"#{self.pk}"


@register
class Roads(FeatureLayer):
    """Roads coloured by their traffic."""

    model = RoadSegment
    name, title = "roads", _("Roads and traffic")
    abstract = _("The road network with the state of traffic now.")
    group = _("Traffic")
    fields = ("name", "ref", "road_class", "lanes", "speed_limit_kmh", "speed_kmh", "traffic_state", "observed_at", "is_demo")
    tile_fields = ("name", "road_class", "traffic_state")
    search_fields = ("name", "ref")
    label_field = "name"
    min_zoom = 9
    _width = ["match", ["get", "road_class"], "expressway", 5, "national", 4, "provincial", 3.2, "urban", 2.6, 1.6]
    # Streets where traffic flows stay quiet, so that the eye finds the trouble.
    _quiet: ClassVar[list[Any]] = ["all", ["==", ["get", "traffic_state"], "free"], ["==", ["get", "road_class"], "street"]]
    _colour: ClassVar[list[Any]] = ["case", _quiet, "#c3ccd2", match("traffic_state", TRAFFIC, "#9aa5ad")]
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "casing": {"line-color": "#0b1626"},
        "line": {"line-color": ["case", _quiet, "#2d4560", match("traffic_state", TRAFFIC, "#9aa5ad")]},
    }
    style = (
        {
            "id": "casing",
            "type": "line",
            "layout": {"line-cap": "round"},
            "paint": {"line-color": "#ffffff", "line-width": ["+", 2, _width]},
        },
        {
            "id": "line",
            "type": "line",
            "layout": {"line-cap": "round"},
            "paint": {"line-color": _colour, "line-width": _width},
        },
        {
            "id": "label",
            "type": "symbol",
            "minzoom": 13,
            "layout": {"symbol-placement": "line", "text-field": ["get", "name"], "text-font": TEXT_FONT, "text-size": 11},
            "paint": {"text-color": "#3b4248", **HALO},
        },
    )
