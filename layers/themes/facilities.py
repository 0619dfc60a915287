"""Facilities of the public services: health, education, one-stop offices, government."""

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
from layers.ingestion.places import AtPoint, OnSurface
from layers.layer import FeatureLayer
from layers.metric import Metric, Shown, total
from layers.palette import HALO, TEXT_FONT, by_zoom, match
from layers.themes.coded import Coded

COLOURS = {"health": "#d1495b", "education": "#7a4fc4", "one_stop": "#00806a", "government": "#4a6fa5"}
# Of whole areas, under everything else.
_PALE = {"health": "#f6dfe3", "education": "#e6dff4", "one_stop": "#d9ede8", "government": "#dfe6f0"}
_DARK_PALE = {"health": "#3a1f2a", "education": "#291f42", "one_stop": "#0f322d", "government": "#1b2a42"}
# Theme -> icon of the Maki set, and its colour as the front end's icons want it ("name/rrggbb").
_ICONS = {"health": "hospital", "education": "school", "one_stop": "information", "government": "town-hall"}
_PLAIN = {theme: colour.removeprefix("#") for theme, colour in COLOURS.items()}


class Facility(Coded, SpatialRow):
    """A building where the public is served; `capacity` in beds, pupils or counters, by kind."""

    class Theme(models.TextChoices):
        """Which service."""

        HEALTH = "health", _("health")
        EDUCATION = "education", _("education")
        ONE_STOP = "one_stop", _("one-stop office")
        GOVERNMENT = "government", _("government")

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.ANALYST}))

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


class ServiceArea(SpatialRow):
    """The surface that a facility (by its code) serves, with the people who live in it; `capacity` as of facilities."""

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.ANALYST}))

    facility_code = models.CharField(_("facility"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=160)
    theme = models.CharField(_("theme"), max_length=12, choices=Facility.Theme.choices)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    geom = models.MultiPolygonField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.MultiPolygonField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("service area")
        verbose_name_plural = _("service areas")
        indexes = [GistIndex(fields=["geom_3857"], name="service_area_tile")]  # tiles

    def __str__(self) -> str:
        return self.name


@register
class Facilities(FeatureLayer):
    """Hospitals, schools, one-stop offices."""

    model = Facility
    name, title = "facilities", _("Public facilities")
    abstract = _("Hospitals and clinics, schools, one-stop offices and seats of government.")
    group = _("Public services")
    fields = ("code", "name", "theme", "kind", "address", "capacity", "is_demo")
    tile_fields = ("name", "theme", "kind")
    search_fields = ("name", "address")
    label_field = "name"
    editor = CodedEditor
    feed = Feed(("code",), ("name", "theme", "kind", "address", "capacity"), AtPoint())
    metrics = (
        Metric("beds", _("Hospital beds"), Sum("capacity", filter=Q(theme="health")), "sum", rises=True),
        Metric("pupils", _("Places for pupils"), Sum("capacity", filter=Q(theme="education")), "sum", rises=True),
        Metric("counters", _("Counters of one-stop offices"), Sum("capacity", filter=Q(theme="one_stop")), "sum", rises=True),
    )
    wall = (Shown("count", _("Public facilities")),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "circle": {"circle-stroke-color": "#081322"},
        "icon": {"text-color": "#e6f0fb"},
    }
    style = (
        {
            "id": "circle",
            "type": "circle",
            "maxzoom": 12.5,
            "paint": {
                "circle-radius": by_zoom(8, 1.5, 12.5, 3.6),
                "circle-color": match("theme", COLOURS, "#5d6b7a"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1,
            },
        },
        {
            "id": "icon",
            "type": "symbol",
            "minzoom": 12.5,
            "layout": {
                "icon-image": ["concat", match("theme", _ICONS, "town-hall"), "/", match("theme", _PLAIN, "5d6b7a")],
                "icon-size": by_zoom(12.5, 0.55, 16, 0.95),
                "icon-allow-overlap": True,
                "text-optional": True,
                "text-field": ["step", ["zoom"], "", 15, ["get", "name"]],
                "text-font": TEXT_FONT,
                "text-size": 11.5,
                "text-anchor": "top",
                "text-offset": [0, 1.1],
                "text-max-width": 9,
            },
            "paint": {"text-color": "#33424d", **HALO},
        },
    )


@register
class ServiceAreas(FeatureLayer):
    """Who serves where, and whether the places suffice."""

    model = ServiceArea
    name, title = "service_areas", _("Service areas")
    abstract = _("The areas that schools, clinics and offices serve, with their places and the people who live there.")
    group = _("Public services")
    cadence = "yearly"
    fields = ("facility_code", "name", "theme", "capacity", "people", "is_demo")
    tile_fields = ("name", "theme")
    search_fields = ("name",)
    visible = False
    feed = Feed(("facility_code",), ("name", "theme", "capacity", "people"), OnSurface())
    metrics = (
        total("people", _("People served"), "people"),
        Metric(
            "places", _("Places for a thousand people"), Sum("capacity", filter=Q(people__isnull=False)), "mean",
            Sum("people", filter=Q(capacity__isnull=False)), scale=1000.0, rises=True,
        ),
    )  # fmt: skip
    wall = (Shown("places", _("Places for a thousand people"), place="map"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "fill": {"fill-color": match("theme", _DARK_PALE, "#1a2430")},
        "line": {"line-color": "#5f7d99"},
    }
    style = (
        {"id": "fill", "type": "fill", "paint": {"fill-color": match("theme", _PALE, "#e3e6ea")}},
        {"id": "line", "type": "line", "paint": {"line-color": match("theme", COLOURS, "#5d6b7a"), "line-width": 1.2}},
    )
