"""Tourism: places to visit and to stay."""

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
from layers.editing.rows import CodedEditor
from layers.feed import Feed
from layers.ingestion.places import AtPoint, AtRow
from layers.layer import FeatureLayer
from layers.metric import Metric, Shown, total
from layers.palette import HALO, TEXT_FONT, by_zoom, match
from layers.themes.coded import Coded


class TourismPlace(Coded, SpatialRow):
    """A sight, a beach, a hotel; `capacity` in persons at a time."""

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.ANALYST}))

    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("tourism place")
        verbose_name_plural = _("tourism places")
        indexes = [GistIndex(fields=["geom_3857"], name="tourism_tile")]  # tiles

    def __str__(self) -> str:
        return self.name


class TourismVisits(SpatialRow):
    """Visitors of one place (by its code) in one month, those from abroad among them. It stands where the place stands."""

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.ANALYST}))

    place_code = models.CharField(_("place"), max_length=32)
    period_from = models.DateField(_("period from"))
    period_to = models.DateField(_("period until (exclusive)"))
    visitors = models.PositiveIntegerField(_("visitors"), default=0)
    from_abroad = models.PositiveIntegerField(_("visitors from abroad"), default=0)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("visitors of a place")
        verbose_name_plural = _("visitors of places")
        indexes = [GistIndex(fields=["geom_3857"], name="tourism_visits_tile")]  # tiles
        constraints = [
            models.UniqueConstraint(fields=["place_code", "period_from", "period_to"], name="tourism_visits_once"),
            models.CheckConstraint(condition=Q(period_to__gte=F("period_from")), name="tourism_period_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.place_code} {self.period_from}"


# Kind -> icon of the Maki set.
_ICONS = {
    "beach": "beach",
    "museum": "museum",
    "temple": "place-of-worship",
    "monument": "monument",
    "market": "shop",
    "hotel": "lodging",
}


@register
class TourismPlaces(FeatureLayer):
    """Sights, beaches, places to stay."""

    model = TourismPlace
    name, title = "tourism_places", _("Tourism places")
    abstract = _("Sights, beaches and places to stay.")
    group = _("Tourism")
    fields = ("code", "name", "kind", "address", "capacity", "is_demo")
    tile_fields = ("name", "kind")
    search_fields = ("name", "address")
    label_field = "name"
    editor = CodedEditor
    feed = Feed(("code",), ("name", "kind", "address", "capacity"), AtPoint())
    metrics = (total("capacity", _("Guests at a time"), "capacity"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"icon": {"text-color": "#8ff0e6"}}
    style = (
        {
            "id": "circle",
            "type": "circle",
            "maxzoom": 10,
            "paint": {"circle-radius": 4, "circle-color": "#0f8b8d", "circle-stroke-color": "#ffffff", "circle-stroke-width": 1},
        },
        {
            "id": "icon",
            "type": "symbol",
            "minzoom": 10,
            "layout": {
                "icon-image": ["concat", match("kind", _ICONS, "viewpoint"), "/0f8b8d"],
                "icon-size": by_zoom(10, 0.55, 16, 1),
                "icon-allow-overlap": True,
                "text-optional": True,
                "text-field": ["step", ["zoom"], "", 13.5, ["get", "name"]],
                "text-font": TEXT_FONT,
                "text-size": 12,
                "text-anchor": "top",
                "text-offset": [0, 1.1],
                "text-max-width": 9,
            },
            "paint": {"text-color": "#0b5f61", **HALO},
        },
    )


@register
class Visits(FeatureLayer):
    """Visitors by place and month."""

    model = TourismVisits
    name, title = "tourism_visits", _("Visitors by place and month")
    abstract = _("Visitors of each tourism place by month, those from abroad among them.")
    group = _("Tourism")
    cadence = "monthly"
    fields = ("place_code", "period_from", "period_to", "visitors", "from_abroad", "admin_unit", "is_demo")
    tile_fields = ("visitors",)
    time_fields = ("period_from", None)
    visible = False
    feed = Feed(("place_code", "period_from", "period_to"), ("visitors", "from_abroad"), AtRow(TourismPlace, "place_code"))
    metrics = (
        total("visitors", _("Visitors"), "visitors"),
        Metric("abroad", _("From abroad"), Sum("from_abroad"), "share", Sum("visitors"), scale=100.0, unit="%"),
    )
    wall = (Shown("visitors", _("Visitors of the month"), period="month", place="map"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"circle": {"circle-stroke-color": "#081322"}}
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": by_zoom(9, 3, 15, 9),
                "circle-color": "#0f8b8d",
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.4,
            },
        },
    )
