"""Layers of gis_core's own data (gis_core may not import this package, so it cannot register them itself)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.palette import BOLD_FONT, HALO, by_zoom


@register
class AdminUnits(FeatureLayer):
    """Provinces, districts and communes on any day."""

    model = AdminUnit
    name, title = "admin_units", _("Administrative units")
    abstract = _("Provinces, districts and communes with their dates: today's, or those of any day you ask for.")
    group = _("Base map")
    fields = ("code", "name", "kind", "level", "path", "valid_from", "valid_to", "area_km2", "legal_basis", "is_demo")
    tile_fields = ("name", "level", "code")
    search_fields = ("name", "code")
    label_field = "name"
    label_geometry = "label_3857"
    time_fields, shows_present = ("valid_from", "valid_to"), True
    is_ground = True
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "fill": {"fill-color": "#12304b"},
        "glow": {"line-color": "#2a8c9f", "line-opacity": 0.3},
        "line": {"line-color": "#9fd8e6"},
        "label": {"text-color": "#f2f8ff"},
    }
    _communes: ClassVar[list[Any]] = ["==", ["get", "level"], "commune"]
    style = (
        {"id": "fill", "type": "fill", "filter": _communes, "paint": {"fill-color": "#faf8f2"}},
        {
            "id": "glow",
            "type": "line",
            "filter": _communes,
            "paint": {
                "line-color": "#8d6e97",
                "line-width": by_zoom(9, 3, 14, 11),
                "line-blur": by_zoom(9, 2, 14, 6),
                "line-opacity": 0.14,
            },
        },
        {
            "id": "line",
            "type": "line",
            "layout": {"line-join": "round"},
            "paint": {"line-color": "#85688f", "line-width": by_zoom(9, 0.9, 14, 1.8), "line-dasharray": [4, 2], "line-opacity": 0.85},
        },
        {
            "id": "label",
            "type": "symbol",
            "maxzoom": 16.5,
            "filter": _communes,
            "layout": {
                "text-field": ["get", "name"],
                "text-font": BOLD_FONT,
                "text-size": by_zoom(10, 11.5, 14, 18),
                "text-max-width": 7,
                "text-padding": 6,
                "symbol-sort-key": 0,
            },
            "paint": {"text-color": "#5b3f66", **HALO},
        },
    )
