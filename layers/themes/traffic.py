"""Traffic: road segments with their state now."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from layers.catalogue import register
from layers.editing.rows import CodedEditor
from layers.layer import FeatureLayer
from layers.metric import Metric, Shown, share
from layers.palette import HALO, TEXT_FONT, TRAFFIC, by_zoom, match
from layers.themes.coded import Coded

# Shares of the speed limit from which traffic flows, and from which it is slow.
FREE_FROM, SLOW_FROM = 0.62, 0.36


class RoadSegment(Coded, SpatialRow):
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

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.DISPATCHER, Role.ANALYST}))

    name = models.CharField(_("name"), max_length=120, blank=True)
    ref = models.CharField(_("road number"), max_length=20, blank=True)
    road_class = models.CharField(_("class"), max_length=12, choices=RoadClass.choices)
    lanes = models.PositiveSmallIntegerField(_("lanes"), null=True, blank=True)
    speed_limit_kmh = models.PositiveSmallIntegerField(_("speed limit (km/h)"), null=True, blank=True)
    speed_kmh = models.FloatField(_("measured speed (km/h)"), null=True, blank=True)
    traffic_state = models.CharField(_("traffic"), max_length=8, choices=State.choices, default=State.FREE)
    observed_at = models.DateTimeField(_("observed"), null=True, blank=True)
    # The code of the event that closes it now, empty while none does; kept by the worker (layers/ingestion/traffic.py).
    closed_by = models.CharField(_("closed by"), max_length=32, blank=True, default="", editable=False)
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

    def state_of(self, speed_kmh: float | None) -> str:
        """The state that a measured speed means here: by its share of the speed limit, 50 km/h where none is known."""
        if speed_kmh is None:
            return self.State.FREE
        part = speed_kmh / (self.speed_limit_kmh or 50)
        if part >= FREE_FROM:
            return self.State.FREE
        return self.State.SLOW if part >= SLOW_FROM else self.State.JAMMED


class TrafficReading(models.Model):
    """A measured speed of a stretch of road. Reached through its road, whose access rule is the only door."""

    road = models.ForeignKey(RoadSegment, models.CASCADE, related_name="readings", verbose_name=_("road segment"))
    observed_at = models.DateTimeField(_("measured at"))
    speed_kmh = models.FloatField(_("measured speed (km/h)"))

    class Meta:
        verbose_name = _("traffic reading")
        verbose_name_plural = _("traffic readings")
        # The same reading arrives as often as a detector sends it; the course of a road is read by it too.
        constraints = [models.UniqueConstraint(fields=["road", "observed_at"], name="traffic_reading_once")]

    def __str__(self) -> str:
        return f"{self.road_id} {self.observed_at:%Y-%m-%d %H:%M} {self.speed_kmh}"


_ROUND = {"line-cap": "round", "line-join": "round"}
# Width in pixels by class at zooms 10, 14, 18.
_WIDTHS: dict[int, dict[str, float]] = {
    10: {"expressway": 2.2, "national": 1.9, "provincial": 1.5, "urban": 0.9, "street": 0.35},
    14: {"expressway": 4, "national": 3.6, "provincial": 3, "urban": 2.3, "street": 1.2},
    18: {"expressway": 12, "national": 11, "provincial": 9, "urban": 8, "street": 6},
}


def _width(*extra: float) -> list[Any]:
    """Width by class and zoom; `extra` pixels at each of the three zooms make the casing."""
    stops: list[object] = []
    for (zoom, widths), more in zip(_WIDTHS.items(), extra, strict=True):
        pairs = [part for name, width in widths.items() for part in (name, width + more)]
        stops += [zoom, ["match", ["get", "road_class"], *pairs, widths["street"] + more]]
    return by_zoom(*stops)


def _street(street: float, other: float) -> list[Any]:
    return ["match", ["get", "road_class"], "street", street, other]


@register
class Roads(FeatureLayer):
    """Roads coloured by their traffic."""

    model = RoadSegment
    name, title = "roads", _("Roads and traffic")
    abstract = _("The road network with the state of traffic now.")
    group = _("Traffic")
    fields = ("code", "name", "ref", "road_class", "lanes", "speed_limit_kmh", "speed_kmh", "traffic_state", "observed_at", "is_demo")
    tile_fields = ("name", "road_class", "traffic_state")
    search_fields = ("name", "ref")
    label_field = "name"
    editor = CodedEditor
    min_zoom = 9
    metrics = (
        Metric("jammed", _("Stretches jammed"), Count("pk", filter=Q(traffic_state="jammed")), rises=False),
        Metric("closed", _("Stretches closed"), Count("pk", filter=Q(traffic_state="closed")), rises=False),
        share("flowing", _("Traffic flows"), Q(traffic_state="free"), Q(traffic_state__in=("free", "slow", "jammed")), rises=True),
        Metric(
            "speed",
            _("Mean speed"),
            Sum("speed_kmh"),
            "mean",
            Count("speed_kmh"),
            unit="km/h",
            rises=True,
        ),
    )
    wall = (Shown("flowing", _("Traffic flows"), place="map"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "casing": {"line-color": "#081322"},
        "body": {
            "line-color": match("road_class", {"expressway": "#c9a66b", "national": "#a4906e", "provincial": "#7d92a8"}, "#3d5a78"),
            "line-opacity": by_zoom(11, 0.8, 15, 1),
        },
        "label": {"text-color": "#d9c9a8"},
    }
    style = (
        {
            "id": "casing",
            "type": "line",
            "minzoom": 12,
            "layout": _ROUND,
            "paint": {"line-color": "#bcb7aa", "line-width": _width(0.8, 1.6, 2.24)},
        },
        {
            "id": "body",
            "type": "line",
            "layout": _ROUND,
            "paint": {
                "line-color": match("road_class", {"expressway": "#f3bf73", "national": "#f8d48c", "provincial": "#fbe6b8"}, "#ffffff"),
                "line-width": _width(0, 0, 0),
            },
        },
        {
            "id": "traffic",
            "type": "line",
            # Where traffic flows nothing is drawn over the road, so that the eye finds the trouble.
            "filter": ["!=", ["get", "traffic_state"], "free"],
            "layout": _ROUND,
            "paint": {
                "line-color": match("traffic_state", TRAFFIC, "#9aa5ad"),
                "line-width": by_zoom(10, _street(0.7, 1.6), 14, _street(1.1, 2.6), 18, 5),
                "line-opacity": by_zoom(11, _street(0.55, 1), 14, 1),
            },
        },
        {
            "id": "label",
            "type": "symbol",
            "minzoom": 13,
            "layout": {
                "symbol-placement": "line",
                "text-field": ["get", "name"],
                "text-font": TEXT_FONT,
                "text-size": by_zoom(13, 10.5, 17, 13.5),
                "symbol-spacing": 320,
                "text-max-angle": 35,
            },
            "paint": {"text-color": "#5a5346", **HALO},
        },
    )
