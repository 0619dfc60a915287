"""Layers of gis_core's own data (gis_core may not import this package, so it cannot register them itself)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from gis_core.models import AdminUnit
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.palette import HALO, TEXT_FONT


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
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "fill": {"fill-color": "#15395a", "fill-opacity": 0.62},
        "line": {"line-color": "#4cc9f0", "line-width": 1.4, "line-opacity": 0.8},
    }
    style = (
        {
            "id": "fill",
            "type": "fill",
            "paint": {"fill-color": "#f6f1e7", "fill-opacity": 0.55},
            "filter": ["==", ["get", "level"], "commune"],
        },
        {"id": "line", "type": "line", "paint": {"line-color": "#8d6e97", "line-width": 1.6, "line-dasharray": [4, 2]}},
        {
            "id": "label",
            "type": "symbol",
            "filter": ["==", ["get", "level"], "commune"],
            "layout": {
                "text-field": ["get", "name"],
                "text-font": TEXT_FONT,
                "text-size": ["interpolate", ["linear"], ["zoom"], 10, 11, 15, 17],
            },
            "paint": {"text-color": "#5b3f66", **HALO},
        },
    )
