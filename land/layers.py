"""The cadastre's layers."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from land.colours import LAND_USE_FILL
from land.models import Parcel
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.palette import HALO, TEXT_FONT, match


@register
class Parcels(FeatureLayer):
    """Land parcels in the official colours of their use."""

    model = Parcel
    name, title = "parcels", _("Land parcels")
    abstract = _("The cadastre of the Tam Kỳ pilot: each officer sees the parcels of the own units. Holders are never part of this layer.")
    group = _("Land")
    fields = (
        *("sheet_no", "parcel_no", "land_use", "land_use_label", "area_m2", "legal_area_m2", "address", "status"),
        *("admin_unit", "geohash", "old_sheet_no", "old_parcel_no", "version", "is_demo"),
    )
    tile_fields = ("land_use", "status", "parcel_no")
    search_fields = ("address", "geohash")
    label_field = "parcel_no"
    min_zoom = 13
    decimals = 9
    # On the dark wall the official colours need a darker ground and a casing.
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"fill": {"fill-opacity": 0.38}, "line": {"line-color": "#0b1626"}}
    style = (
        {"id": "fill", "type": "fill", "paint": {"fill-color": match("land_use", LAND_USE_FILL, "#dddddd"), "fill-opacity": 0.72}},
        {
            "id": "line",
            "type": "line",
            "paint": {
                "line-color": ["match", ["get", "status"], "disputed", "#e5484d", "blocked", "#5c4a72", "#7d6f55"],
                "line-width": ["interpolate", ["linear"], ["zoom"], 13, 0.2, 16, 0.8, 19, 1.6],
            },
        },
        {
            "id": "label",
            "type": "symbol",
            "minzoom": 17,
            "layout": {
                "text-field": ["concat", ["get", "land_use"], "\n", ["to-string", ["get", "parcel_no"]]],
                "text-font": TEXT_FONT,
                "text-size": 11,
            },
            "paint": {"text-color": "#4a3d22", **HALO},
        },
    )
