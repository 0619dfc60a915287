"""Environment: stations with measurements in time and thresholds (rain, water level, air)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Count, F, Max, Q
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.metric import History, Metric, Shown
from layers.palette import BOLD_FONT, HALO, by_zoom, match

STATES = {"alarm": "#e5484d", "watch": "#f5822e", "normal": "#3e7bd6"}
_DARK_STATES = {"alarm": "#ff6b6b", "watch": "#ff9a4d", "normal": "#7cb8ff"}


class Station(SpatialRow):
    """A place where one property is measured (a Datastream of SensorThings with its Location).

    Results are in `unit_of_measure`. From `watch_at` on a result is to be watched, from `alarm_at` on it is an alarm.
    `latest_result`, `latest_at` and `state` follow from the observations (layers/ingestion/observations.py).
    """

    class Property(models.TextChoices):
        """What is measured."""

        RAIN = "rain", _("rain in one hour")
        WATER_LEVEL = "water_level", _("water level")
        AIR = "air", _("air quality index")

    class State(models.TextChoices):
        """The latest result beside the thresholds."""

        NORMAL = "normal", _("normal")
        WATCH = "watch", _("to be watched")
        ALARM = "alarm", _("alarm")

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.ANALYST}))

    code = models.CharField(_("station code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    observed_property = models.CharField(_("measured"), max_length=12, choices=Property.choices)
    unit_of_measure = models.CharField(_("unit of measure"), max_length=16)
    watch_at = models.FloatField(_("to be watched from"), null=True, blank=True)
    alarm_at = models.FloatField(_("alarm from"), null=True, blank=True)
    every_minutes = models.PositiveSmallIntegerField(_("measures every (minutes)"), default=60)
    latest_result = models.FloatField(_("latest result"), null=True, blank=True)
    latest_at = models.DateTimeField(_("latest measurement"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.NORMAL)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("monitoring station")
        verbose_name_plural = _("monitoring stations")
        indexes = [GistIndex(fields=["geom_3857"], name="station_tile")]  # tiles

    def __str__(self) -> str:
        return self.name

    def state_of(self, result: float | None) -> str:
        """The state that a result means for this station."""
        if result is None:
            return self.State.NORMAL
        if self.alarm_at is not None and result >= self.alarm_at:
            return self.State.ALARM
        return self.State.WATCH if self.watch_at is not None and result >= self.watch_at else self.State.NORMAL


class Observation(models.Model):
    """One measurement. Reached through its station, whose access rule is the only door."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="observations", verbose_name=_("monitoring station"))
    phenomenon_time = models.DateTimeField(_("measured at"))
    result = models.FloatField(_("result"))

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        # The same measurement arrives as often as a logger sends it; series of a station are read by it too.
        constraints = [models.UniqueConstraint(fields=["station", "phenomenon_time"], name="observation_once")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.phenomenon_time:%Y-%m-%d %H:%M} {self.result}"


def _greatest(name: str, title: Any, unit: Any) -> Metric:
    """The greatest latest result of a property; its past from the measurements."""
    kind = Q(observed_property=name)
    past = History("observations__phenomenon_time", Max("observations__result", filter=kind))
    return Metric(name, title, Max("latest_result", filter=kind), "max", unit=unit, rises=False, history=past)


@register
class Stations(FeatureLayer):
    """Stations by state."""

    model = Station
    name, title = "stations", _("Monitoring stations")
    abstract = _("Rain, water level and air: the latest measurement of each station beside its thresholds.")
    group = _("Environment")
    fields = (
        *("code", "name", "observed_property", "unit_of_measure", "latest_result", "latest_at", "state"),
        *("watch_at", "alarm_at", "every_minutes", "is_demo"),
    )
    tile_fields = ("name", "latest_result", "state")
    search_fields = ("name", "code")
    label_field = "name"
    metrics = (
        _greatest("rain", _("Most rain in one hour"), "mm"),
        _greatest("water_level", _("Highest water level"), "m"),
        _greatest("air", _("Worst air (AQI)"), "AQI"),
        Metric("alarms", _("Stations in alarm"), Count("pk", filter=Q(state="alarm")), rises=False),
    )
    wall = (
        Shown("rain", _("Most rain in one hour"), course=True, place="both"),
        Shown("water_level", _("Highest water level"), course=True),
        Shown("air", _("Worst air (AQI)"), course=True),
    )
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "circle": {"circle-color": match("state", _DARK_STATES, "#7cb8ff"), "circle-stroke-color": "#081322"},
    }
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": by_zoom(9, 4, 15, 8),
                "circle-color": match("state", STATES, "#3e7bd6"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.6,
            },
        },
        {
            "id": "label",
            "type": "symbol",
            "minzoom": 11,
            "layout": {
                "text-field": ["to-string", ["get", "latest_result"]],
                "text-font": BOLD_FONT,
                "text-size": 11.5,
                "text-anchor": "left",
                "text-offset": [0.8, 0],
            },
            "paint": {"text-color": "#274060", **HALO},
        },
    )
