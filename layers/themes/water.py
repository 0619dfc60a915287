"""Water: rivers, lakes, canals, lagoons and the sea."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gis_core.access import PUBLIC
from gis_core.functions import LabelPoint, WebMercator
from gis_core.models import SpatialRow
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.palette import HALO, TEXT_FONT, by_zoom, match


class WaterBody(SpatialRow):
    """A body of water as a surface."""

    class Kind(models.TextChoices):
        """What kind of water."""

        RIVER = "river", _("river")
        LAKE = "lake", _("lake")
        LAGOON = "lagoon", _("lagoon")
        CANAL = "canal", _("canal")
        SEA = "sea", _("sea")

    access = PUBLIC

    name = models.CharField(_("name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    geom = models.MultiPolygonField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.MultiPolygonField(srid=3857, spatial_index=False), db_persist=True
    )
    label_3857 = models.GeneratedField(
        expression=LabelPoint(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("body of water")
        verbose_name_plural = _("bodies of water")
        indexes = [GistIndex(fields=["geom_3857"], name="water_tile")]  # tiles

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


@register
class Water(FeatureLayer):
    """Rivers, lakes and the sea."""

    model = WaterBody
    name, title = "water", _("Water")
    abstract = _("Rivers, lakes, canals and the sea.")
    group = _("Base map")
    fields = ("name", "kind", "is_demo")
    tile_fields = ("name", "kind")
    search_fields = ("name",)
    label_field = "name"
    label_geometry = "label_3857"
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "fill": {"fill-color": match("kind", {"sea": "#07182b"}, "#0b2c4f")},
        "line": {"line-color": "#2f7ba8"},
        "label": {"text-color": "#7cc4ee"},
    }
    style = (
        {"id": "fill", "type": "fill", "paint": {"fill-color": match("kind", {"sea": "#c3dcec"}, "#aed2e8")}},
        {"id": "line", "type": "line", "paint": {"line-color": "#86b7d6", "line-width": 0.8, "line-opacity": 0.7}},
        {
            "id": "label",
            "type": "symbol",
            "minzoom": 11,
            "layout": {
                "text-field": ["get", "name"],
                "text-font": TEXT_FONT,
                "text-size": by_zoom(11, 11.5, 15, 15),
                "text-letter-spacing": 0.04,
                "text-max-width": 7,
                "symbol-sort-key": 5,
            },
            "paint": {"text-color": "#2d6d96", **HALO},
        },
    )
