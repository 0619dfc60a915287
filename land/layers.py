"""The cadastre's layers."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from land.colours import LAND_USE_FILL
from land.editor import ParcelEditor
from land.groups import PARCELS_AT_LOW_ZOOMS
from land.models import Parcel
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.metric import Shown
from layers.palette import HALO, TEXT_FONT, by_zoom, match

_STATUS = {"disputed": "#e5484d", "blocked": "#6f56a0"}


def _marked(marked: float, plain: float) -> list[Any]:
    """Disputed and blocked parcels stand out by width too, not by colour alone."""
    return ["match", ["get", "status"], [*_STATUS], marked, plain]


@register
class Parcels(FeatureLayer):
    """Land parcels in the official colours of their use."""

    model = Parcel
    name, title = "parcels", _("Land parcels")
    abstract = _("The cadastre of the Tam Kỳ pilot: each officer sees the parcels of the own units. Holders are never part of this layer.")
    group = _("Land")
    fields = (
        *("sheet_no", "parcel_no", "land_use", "land_use_label", "area_m2", "legal_area_m2", "address", "status"),
        *("admin_unit", "geohash", "old_sheet_no", "old_parcel_no", "version", "valid_from", "valid_to", "is_demo"),
    )
    tile_fields = ("land_use", "status", "parcel_no")
    tile_fields_from: ClassVar[Mapping[str, int]] = {"parcel_no": 16}
    search_fields = ("address", "geohash")
    search_numbers = ("sheet_no", "parcel_no")
    label_field = "parcel_no"
    editor = ParcelEditor
    wall = (Shown("count", _("Land parcels")),)
    registry_names: ClassVar[Mapping[str, str]] = {
        "sheet_no": "SoHieuToBanDo",
        "parcel_no": "SoThuTuThua",
        "land_use": "KyHieuMucDichSuDung",
        "area_m2": "DienTich",
        "legal_area_m2": "DienTichPhapLy",
        "address": "DiaChi",
        "admin_unit_code": "MaXa",
        "old_sheet_no": "SoHieuToBanDoCu",
        "old_parcel_no": "SoThuTuThuaCu",
    }
    time_fields, shows_present = ("valid_from", "valid_to"), True
    generalisation = PARCELS_AT_LOW_ZOOMS
    min_zoom = 5
    decimals = 9
    # On the dark wall the official colours would glare: they become a tint under light lines.
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "fill": {"fill-opacity": by_zoom(13, 0.06, 15, 0.14, 17, 0.2)},
        "line": {"line-color": match("status", _STATUS, "#6f89a3")},
        "label": {"text-color": "#cfe0f2"},
    }
    style = (
        {
            "id": "fill",
            "type": "fill",
            "paint": {"fill-color": match("land_use", LAND_USE_FILL, "#dddddd"), "fill-opacity": by_zoom(13, 0.3, 15, 0.55, 17, 0.6)},
        },
        {
            "id": "line",
            "type": "line",
            "paint": {
                "line-color": match("status", _STATUS, "#8f8672"),
                "line-width": by_zoom(13, 0.15, 15, 0.45, 17, _marked(2.2, 0.9), 19, _marked(3, 1.3)),
                "line-opacity": by_zoom(13, 0.35, 16, 0.95),
            },
        },
        {
            "id": "label",
            "type": "symbol",
            "minzoom": 17,
            "layout": {
                "text-field": ["concat", ["get", "land_use"], "\n", ["to-string", ["get", "parcel_no"]]],
                "text-font": TEXT_FONT,
                "text-size": by_zoom(17, 9.5, 20, 15),
                "text-line-height": 1.15,
            },
            "paint": {"text-color": "#4a4130", **HALO},
        },
    )
