"""Security (restricted): what only people with clearance may know of, in the units of their clearance."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
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
from layers.metric import Metric, Shown
from layers.palette import by_zoom, match

_LEVELS = {"high": "#e5484d", "medium": "#f5822e", "low": "#3e7bd6"}


class SecurityEvent(SpatialRow):
    """An event that touches security. Without the role of clearance it does not exist: not for leaders, not for administrators."""

    class Kind(models.TextChoices):
        """What it touches."""

        ORDER = "order", _("public order")
        PROTECTION = "protection", _("protected object")
        BORDER = "border", _("border and sea")
        NETWORK = "network", _("network security")

    class Level(models.TextChoices):
        """How grave."""

        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")

    access = AccessRule(change=frozenset({Role.SECURITY}), superusers=False)

    code = models.CharField(_("code"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        indexes = [GistIndex(fields=["geom_3857"], name="security_event_tile")]  # tiles
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="security_event_in_order")
        ]

    def __str__(self) -> str:
        return self.title


@register
class SecurityEvents(FeatureLayer):
    """For people with clearance alone."""

    model = SecurityEvent
    name, title = "security_events", _("Security events")
    abstract = _("For people with clearance alone.")
    group = _("Security")
    cadence = "live"
    fields = ("code", "kind", "level", "title", "starts_at", "ends_at", "admin_unit", "is_demo")
    tile_fields = ("kind", "level")
    search_fields = ("title",)
    time_fields = ("starts_at", "ends_at")
    feed = Feed(("code",), ("kind", "level", "title", "starts_at", "ends_at"), AtPoint(), complete=ends_later)
    metrics = (Metric("high", _("Grave security events"), Count("pk", filter=Q(level="high")), rises=False),)
    wall = (Shown("high", _("Grave security events")),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"circle": {"circle-stroke-color": "#081322"}}
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": by_zoom(9, 4, 15, 9),
                "circle-color": match("level", _LEVELS, "#3e7bd6"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.6,
            },
        },
    )
