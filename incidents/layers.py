"""The layers of field reports."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from incidents.models import Incident, Instruction
from layers.catalogue import register
from layers.generalisation import Crowding, Group
from layers.layer import FeatureLayer
from layers.metric import Metric, Shown, share
from layers.palette import SEVERITY, by_zoom, match

# Nothing is left to do: drawn faint.
_DONE = ["resolved", "confirmed", "rejected", "duplicate"]


def _by_severity(critical: float, high: float, other: float) -> list[Any]:
    return ["match", ["get", "severity"], "critical", critical, "high", high, other]


_OVERDUE = "#a3123a"
# Still to be done; counted once it was worked on; done before its deadline.
_OPEN = ~Q(status__in=_DONE)
_SETTLED = Q(resolved_at__isnull=False, due_at__isnull=False)
_IS_DONE = ["in", ["get", "status"], ["literal", _DONE]]


@register
class Incidents(FeatureLayer):
    """Incidents by severity."""

    model = Incident
    name, title = "incidents", _("Field reports")
    abstract = _("Incidents reported by citizens and staff. Visitors see those that were moderated for the public.")
    group = _("Field reports")
    fields = (
        *("title", "category", "description", "address", "status", "severity", "reported_at", "due_at", "resolved_at"),
        *("is_overdue", "handling_unit", "admin_unit", "is_public", "is_demo"),
    )
    tile_fields = ("severity", "status", "is_overdue")
    search_fields = ("title", "description", "address")
    label_field = "title"
    time_fields = ("reported_at", None)
    playback = ("reported_at", "resolved_at")
    # Reports of years lie over a town by the hundred thousand.
    crowding = Crowding(
        field="severity",
        groups=tuple(Group(value, Incident.Severity(value).label, (value,), colour) for value, colour in SEVERITY.items()),
    )
    metrics = (
        Metric("open", _("Open reports"), Count("pk", filter=_OPEN), rises=False),
        Metric("overdue", _("Overdue"), Count("pk", filter=Q(is_overdue=True)), rises=False),
        Metric("urgent", _("Urgent"), Count("pk", filter=_OPEN & Q(severity="critical")), rises=False),
        share("on_time", _("Handled on time"), Q(resolved_at__lte=F("due_at")), _SETTLED, rises=True),
    )
    wall = (
        Shown("count", _("Reports in 24 hours"), "day", course=True),
        Shown("on_time", _("On time, 7 days"), "week", place="both"),
        Shown("overdue", _("Overdue"), place="both"),
        Shown("open", _("Open reports"), place="both"),
    )
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"circle": {"circle-stroke-color": "#081322"}}
    style = (
        {
            "id": "halo",
            "type": "circle",
            "filter": ["all", ["==", ["get", "severity"], "critical"], ["!", _IS_DONE]],
            "paint": {
                "circle-radius": by_zoom(10, 9, 16, 20),
                "circle-color": SEVERITY["critical"],
                "circle-opacity": 0.16,
                "circle-stroke-color": SEVERITY["critical"],
                "circle-stroke-opacity": 0.6,
                "circle-stroke-width": 1.4,
            },
        },
        {
            "id": "body",
            "type": "circle",
            "filter": ["==", ["get", "is_overdue"], True],
            "paint": {
                "circle-radius": by_zoom(10, _by_severity(7, 6, 5), 16, _by_severity(14, 13, 11.5)),
                "circle-color": _OVERDUE,
                "circle-opacity": 0.14,
                "circle-stroke-color": _OVERDUE,
                "circle-stroke-width": by_zoom(10, 1.2, 16, 2.2),
            },
        },
        {
            "id": "circle",
            "type": "circle",
            "layout": {"circle-sort-key": ["match", ["get", "severity"], "critical", 4, "high", 3, "medium", 2, 1]},
            "paint": {
                "circle-radius": by_zoom(10, _by_severity(4.5, 3.6, 2.6), 16, _by_severity(9.5, 8.5, 7)),
                "circle-color": match("severity", SEVERITY, "#3e7bd6"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": by_zoom(10, 0.8, 16, 1.8),
                "circle-opacity": ["match", ["get", "status"], _DONE, 0.18, 1],
                "circle-stroke-opacity": ["match", ["get", "status"], _DONE, 0.35, 1],
            },
        },
    )


@register
class Instructions(FeatureLayer):
    """Instructions of leaders where they are to be carried out."""

    model = Instruction
    name, title = "instructions", _("Instructions")
    abstract = _("What leaders asked to be done about a place or a report, by whom and until when. For the office alone.")
    group = _("Field reports")
    fields = ("title", "state", "due_at", "given_at", "answered_at", "assignee", "admin_unit", "is_demo")
    tile_fields = ("title", "state")
    search_fields = ("title",)
    label_field = "title"
    time_fields = ("given_at", None)
    playback = ("given_at", "answered_at")
    dark_paint: ClassVar[Mapping[str, Mapping[str, Any]]] = {"circle": {"circle-stroke-color": "#d9c8ff"}}
    style = (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": by_zoom(10, 5, 16, 10),
                "circle-color": match("state", {"given": "#6f3fc4", "answered": "#9b86c9"}, "#c9c2d6"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": by_zoom(10, 1.2, 16, 2.4),
            },
        },
    )
