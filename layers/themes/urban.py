"""Traffic and order in town: events and closures with start and end, black spots of accidents, cameras."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import URLValidator
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from layers.catalogue import register
from layers.feed import Feed
from layers.ingestion.cells import ends_later
from layers.ingestion.places import AtPoint
from layers.layer import FeatureLayer
from layers.metric import Metric, Shown, total
from layers.palette import HALO, TEXT_FONT, by_zoom, match

_WORKERS = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.ANALYST})
_KINDS = {"closure": "#6f56a0", "works": "#b0722e", "accident": "#e5484d", "event": "#2a8c9f"}
# Addresses of pictures and streams are those of the closed network; nothing else can be meant.
_ADDRESS = URLValidator(schemes=["http", "https", "rtsp"])


class RoadEvent(SpatialRow):
    """Something that happens on the roads between two moments. A closure that names a stretch (`road_code`) closes it meanwhile."""

    class Kind(models.TextChoices):
        """What happens."""

        CLOSURE = "closure", _("closure")
        WORKS = "works", _("road works")
        ACCIDENT = "accident", _("accident")
        EVENT = "event", _("gathering")

    access = AccessRule(public="all", change=_WORKERS)

    code = models.CharField(_("code"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    road_code = models.CharField(_("stretch of road"), max_length=32, blank=True)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("event on the roads")
        verbose_name_plural = _("events on the roads")
        indexes = [GistIndex(fields=["geom_3857"], name="road_event_tile")]  # tiles
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="road_event_in_order")
        ]

    def __str__(self) -> str:
        return self.title


class BlackSpot(SpatialRow):
    """A place where accidents happen again and again, with those of `year`."""

    access = AccessRule(public="all", change=_WORKERS)

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=160)
    year = models.PositiveSmallIntegerField(_("year"))
    accidents = models.PositiveIntegerField(_("accidents"), default=0)
    injured = models.PositiveIntegerField(_("injured"), default=0)
    deaths = models.PositiveIntegerField(_("dead"), default=0)
    treated = models.BooleanField(_("mended"), default=False)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("black spot")
        verbose_name_plural = _("black spots")
        indexes = [GistIndex(fields=["geom_3857"], name="black_spot_tile")]  # tiles

    def __str__(self) -> str:
        return self.name


class Camera(SpatialRow):
    """A camera, with the addresses of its picture and its stream. For those who watch, never for the public."""

    access = AccessRule(
        change=frozenset({Role.OPERATOR, Role.DISPATCHER}), view_all=frozenset({Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR})
    )

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=160)
    picture_url = models.CharField(_("address of the picture"), max_length=300, blank=True, validators=[_ADDRESS])
    stream_url = models.CharField(_("address of the stream"), max_length=300, blank=True, validators=[_ADDRESS])
    works = models.BooleanField(_("works"), default=True)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        indexes = [GistIndex(fields=["geom_3857"], name="camera_tile")]  # tiles

    def __str__(self) -> str:
        return self.name


def _label(field: str, zoom: float) -> Mapping[str, Any]:
    return {
        "id": "label",
        "type": "symbol",
        "minzoom": zoom,
        "layout": {
            "text-field": ["get", field],
            "text-font": TEXT_FONT,
            "text-size": 11.5,
            "text-anchor": "top",
            "text-offset": [0, 0.9],
            "text-max-width": 9,
        },
        "paint": {"text-color": "#33424d", **HALO},
    }


def _circle(colour: Any, low: float = 3.5, high: float = 8) -> Mapping[str, Any]:
    paint = {
        "circle-color": colour,
        "circle-radius": by_zoom(9, low, 15, high),
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 1.6,
    }
    return {"id": "circle", "type": "circle", "paint": paint}


_DARK: Mapping[str, Mapping[str, Any]] = {"circle": {"circle-stroke-color": "#081322"}, "label": {"text-color": "#e6f0fb"}}


@register
class RoadEvents(FeatureLayer):
    """What is going on today; another day by `datetime`."""

    model = RoadEvent
    name, title = "road_events", _("Events on the roads")
    abstract = _("Closures, road works, accidents and gatherings with their beginning and end.")
    group = _("Traffic")
    cadence = "live"
    fields = ("code", "kind", "title", "starts_at", "ends_at", "road_code", "is_demo")
    tile_fields = ("kind", "title")
    search_fields = ("title",)
    label_field = "title"
    time_fields = ("starts_at", "ends_at")
    shows_present = True
    feed = Feed(("code",), ("kind", "title", "starts_at", "ends_at", "road_code"), AtPoint(), complete=ends_later)
    metrics = (
        Metric("closures", _("Closures today"), Count("pk", filter=Q(kind="closure")), rises=False),
        Metric("accidents", _("Accidents today"), Count("pk", filter=Q(kind="accident")), rises=False),
    )
    wall = (Shown("closures", _("Closures today"), place="map"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = _DARK
    style = (_circle(match("kind", _KINDS, "#2a8c9f")), _label("title", 13.5))


@register
class BlackSpots(FeatureLayer):
    """Places of many accidents."""

    model = BlackSpot
    name, title = "black_spots", _("Black spots")
    abstract = _("Places where accidents happen again and again, with the accidents of a year.")
    group = _("Traffic")
    cadence = "yearly"
    fields = ("code", "name", "year", "accidents", "injured", "deaths", "treated", "is_demo")
    tile_fields = ("name", "deaths")
    search_fields = ("name",)
    label_field = "name"
    visible = False
    feed = Feed(("code",), ("name", "year", "accidents", "injured", "deaths", "treated"), AtPoint())
    metrics = (
        total("accidents", _("Accidents at black spots"), "accidents"),
        total("deaths", _("Dead at black spots"), "deaths"),
        Metric("open", _("Black spots not mended"), Count("pk", filter=Q(treated=False)), rises=False),
    )
    wall = (Shown("accidents", _("Accidents at black spots"), place="map"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = _DARK
    style = (_circle("#8c2f39", 4, 9), _label("name", 14))


@register
class Cameras(FeatureLayer):
    """Cameras for those who watch."""

    model = Camera
    name, title = "cameras", _("Cameras")
    abstract = _("Cameras with the addresses of their pictures and streams.")
    group = _("Traffic")
    cadence = "monthly"
    fields = ("code", "name", "picture_url", "stream_url", "works", "is_demo")
    tile_fields = ("name", "works")
    search_fields = ("name", "code")
    label_field = "name"
    visible = False
    feed = Feed(("code",), ("name", "picture_url", "stream_url", "works"), AtPoint())
    metrics = (
        Metric("broken", _("Cameras out of order"), Count("pk", filter=Q(works=False)), rises=False),
        Metric(
            "working", _("Cameras that work"), Count("pk", filter=Q(works=True)), "share", Count("pk"), scale=100.0, unit="%", rises=True
        ),
    )
    wall = (Shown("working", _("Cameras that work"), place="map"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = _DARK
    style = (_circle("#1d7f5f"), _label("name", 14))
