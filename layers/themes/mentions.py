"""Information on the network: how often, where and in which tone units are spoken of. No texts, no authors, no addresses."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from layers.catalogue import register
from layers.feed import Feed
from layers.ingestion.named import AtNamedUnit
from layers.layer import FeatureLayer
from layers.metric import Metric, Shown, share
from layers.palette import by_zoom, match

_TONES = {"negative": "#e5484d", "neutral": "#8a97a3", "positive": "#2f9e6e"}
NEGATIVE, POSITIVE = -0.2, 0.2
"""Sentiments up to and from which a mention counts as negative and positive."""


class Mention(SpatialRow):
    """One mention: when, in which kind of source, about what, in which tone (`sentiment` from -1 to 1).

    The text that was sent places it at a unit by the names in it and is then forgotten; `digest` is made of the sender's own key,
    so that a mention that is sent again counts once, and says nothing about it.
    """

    class Source(models.TextChoices):
        """Where it was found."""

        PRESS = "press", _("press")
        SOCIAL = "social", _("social network")
        FORUM = "forum", _("forum")
        OTHER = "other", _("other")

    class Tone(models.TextChoices):
        """The sentiment in a word."""

        NEGATIVE = "negative", _("negative")
        NEUTRAL = "neutral", _("neutral")
        POSITIVE = "positive", _("positive")

    access = AccessRule(
        change=frozenset({Role.OPERATOR, Role.ANALYST}), view_all=frozenset({Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR})
    )

    digest = models.CharField(_("digest"), max_length=32, unique=True)
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    published_at = models.DateTimeField(_("published"))
    sentiment = models.FloatField(_("sentiment"), validators=[MinValueValidator(-1), MaxValueValidator(1)])
    tone = models.CharField(_("tone"), max_length=8, choices=Tone.choices, default=Tone.NEUTRAL)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        indexes = [GistIndex(fields=["geom_3857"], name="mention_tile")]  # tiles

    def __str__(self) -> str:
        return self.digest


def _complete(row: Any) -> None:
    row.tone = "negative" if row.sentiment <= NEGATIVE else "positive" if row.sentiment >= POSITIVE else "neutral"


@register
class Mentions(FeatureLayer):
    """Mentions by unit."""

    model = Mention
    name, title = "mentions", _("Mentions on the network")
    abstract = _("How often units are mentioned in press and networks, about what, in which tone.")
    group = _("Information")
    cadence = "daily"
    fields = ("source", "topic", "published_at", "sentiment", "tone", "admin_unit", "is_demo")
    tile_fields = ("tone", "source")
    time_fields = ("published_at", None)
    visible = False
    feed = Feed(
        ("digest",), ("source", "topic", "published_at", "sentiment"), AtNamedUnit("text"), complete=_complete, digests=("id", "digest")
    )
    metrics = (
        share("negative", _("Negative mentions"), Q(tone="negative"), Q(sentiment__isnull=False), rises=False),
        Metric("sentiment", _("Sentiment"), Sum("sentiment"), "mean", Count("sentiment"), rises=True),
    )
    wall = (Shown("negative", _("Negative mentions"), period="week", place="map"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"circle": {"circle-stroke-color": "#081322"}}
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": by_zoom(8, 3, 14, 8),
                "circle-color": match("tone", _TONES, "#8a97a3"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.2,
            },
        },
    )
