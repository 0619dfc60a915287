"""The layers of field reports."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from incidents.models import Incident
from layers.catalogue import register
from layers.layer import FeatureLayer
from layers.palette import SEVERITY, match


@register
class Incidents(FeatureLayer):
    """Incidents by severity."""

    model = Incident
    name, title = "incidents", _("Field reports")
    abstract = _("Incidents reported by citizens and staff. Visitors see those that were moderated for the public.")
    group = _("Field reports")
    fields = (
        *("title", "category", "description", "address", "status", "severity", "reported_at", "due_at", "resolved_at"),
        *("admin_unit", "is_public", "is_demo"),
    )
    tile_fields = ("title", "severity", "status")
    search_fields = ("title", "description", "address")
    label_field = "title"
    time_fields = ("reported_at", None)
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"circle": {"circle-stroke-color": "#0b1626", "circle-stroke-width": 2}}
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 3, 16, 8],
                "circle-color": match("severity", SEVERITY, "#3e7bd6"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.4,
                "circle-opacity": ["match", ["get", "status"], ["confirmed", "rejected", "duplicate", "resolved"], 0.35, 0.95],
            },
        },
    )
