"""Trade: markets, and sellers of local products (OCOP) who sell online."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator
from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from layers.catalogue import register
from layers.feed import Feed
from layers.ingestion.places import AtPoint
from layers.layer import FeatureLayer
from layers.metric import Metric, Shown, share
from layers.palette import HALO, TEXT_FONT, by_zoom, match

_COLOURS = {"market": "#b5651d", "supermarket": "#7a4fc4", "ocop": "#2f9e6e"}


class TradePlace(SpatialRow):
    """A market (`stalls`), a supermarket, or a seller of products with one to five OCOP stars; orders online are of the last month."""

    class Kind(models.TextChoices):
        """What is sold how."""

        MARKET = "market", _("market")
        SUPERMARKET = "supermarket", _("supermarket")
        OCOP = "ocop", _("OCOP seller")

    access = AccessRule(public="all", change=frozenset({Role.OPERATOR, Role.ANALYST}))

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    address = models.CharField(_("address"), max_length=200, blank=True)
    stalls = models.PositiveIntegerField(_("stalls"), null=True, blank=True)
    products = models.PositiveIntegerField(_("OCOP products"), null=True, blank=True)
    stars = models.PositiveSmallIntegerField(_("OCOP stars"), null=True, blank=True, validators=[MaxValueValidator(5)])
    sells_online = models.BooleanField(_("sells online"), default=False)
    online_orders = models.PositiveIntegerField(_("orders online"), null=True, blank=True)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        verbose_name = _("place of trade")
        verbose_name_plural = _("places of trade")
        indexes = [GistIndex(fields=["geom_3857"], name="trade_place_tile")]  # tiles

    def __str__(self) -> str:
        return self.name


@register
class Commerce(FeatureLayer):
    """Where things are sold, and who sells online."""

    model = TradePlace
    name, title = "commerce", _("Markets and OCOP sellers")
    abstract = _("Markets, supermarkets and sellers of local products, and who of them sells online.")
    group = _("Agriculture and trade")
    cadence = "monthly"
    fields = ("code", "name", "kind", "address", "stalls", "products", "stars", "sells_online", "online_orders", "is_demo")
    tile_fields = ("name", "kind")
    search_fields = ("name", "address")
    label_field = "name"
    feed = Feed(("code",), ("name", "kind", "address", "stalls", "products", "stars", "sells_online", "online_orders"), AtPoint())
    metrics = (
        Metric("ocop", _("OCOP products"), Sum("products", filter=Q(kind="ocop")), "sum", rises=True),
        Metric("markets", _("Markets"), Count("pk", filter=Q(kind="market"))),
        Metric("orders", _("Orders online"), Sum("online_orders"), "sum", rises=True),
        share("online", _("Sell online"), Q(sells_online=True), Q(kind__in=("market", "supermarket", "ocop")), rises=True),
    )
    wall = (Shown("orders", _("Orders online"), place="map"),)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "circle": {"circle-stroke-color": "#081322"},
        "label": {"text-color": "#e6f0fb"},
    }
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": by_zoom(9, 3, 15, 8),
                "circle-color": match("kind", _COLOURS, "#b5651d"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.4,
            },
        },
        {
            "id": "label",
            "type": "symbol",
            "minzoom": 14,
            "layout": {
                "text-field": ["get", "name"],
                "text-font": TEXT_FONT,
                "text-size": 11.5,
                "text-anchor": "top",
                "text-offset": [0, 0.9],
                "text-max-width": 9,
            },
            "paint": {"text-color": "#33424d", **HALO},
        },
    )
