"""What units owe by a day: the columns, numbers and look that reports, focal contacts and milestones share."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.gis.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from gis_core.access import AccessRule
from gis_core.functions import WebMercator
from gis_core.models import Role, SpatialRow
from layers.metric import Metric, share
from layers.palette import by_zoom, match

# Matters between the centre and its units: each unit sees its own, the centre sees all, the public sees none.
BETWEEN_OFFICES = AccessRule(
    change=frozenset({Role.OPERATOR, Role.ANALYST}), view_all=frozenset({Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR})
)
_COLOURS = {"overdue": "#e5484d", "waiting": "#e0a100", "late": "#8a6fc0", "done": "#2f9e6e"}
_DARK_COLOURS = {"overdue": "#ff6b6b", "waiting": "#ffc857", "late": "#b3a7ff", "done": "#43d39e"}


class DueRow(SpatialRow):
    """Something that a unit owes by the end of the day `due_on`; `done_on` is the day on which it came.

    `state` follows from the two and from today; the worker renews it after midnight (layers/tasks.py), so that tiles, open maps and
    numbers learn of a missed day like of every other change. Rows stand at a point inside their unit.
    """

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting", _("waiting")
        OVERDUE = "overdue", _("overdue")
        DONE = "done", _("done in time")
        LATE = "late", _("done late")

    access = BETWEEN_OFFICES

    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    state = models.CharField(_("standing"), max_length=8, choices=State.choices, default=State.WAITING)
    geom = models.PointField(srid=4326)
    geom_3857 = models.GeneratedField(
        expression=WebMercator(F("geom")), output_field=models.PointField(srid=3857, spatial_index=False), db_persist=True
    )

    class Meta:
        abstract = True

    def state_on(self, day: date) -> str:
        """How it stands on a day."""
        if self.done_on is None:
            return self.State.OVERDUE if self.due_on < day else self.State.WAITING
        return self.State.LATE if self.done_on > self.due_on else self.State.DONE


def due_metrics(missing: Any, overdue: Any, on_time: Any) -> tuple[Metric, ...]:
    """What is missing, what of it is overdue, and the share of what came that came in time."""
    came = Q(state__in=("done", "late"))
    return (
        Metric("missing", missing, Count("pk", filter=Q(done_on__isnull=True)), rises=False),
        Metric("overdue", overdue, Count("pk", filter=Q(state="overdue")), rises=False),
        share("on_time", on_time, Q(state="done"), came | Q(state="overdue"), rises=True),
    )


def _size(overdue: float, other: float) -> list[Any]:
    return ["match", ["get", "state"], "overdue", overdue, other]


def due_style() -> tuple[Mapping[str, Any], ...]:
    """A circle a row: what is overdue catches the eye."""
    return (
        {
            "id": "circle",
            "type": "circle",
            "paint": {
                "circle-radius": by_zoom(8, _size(5, 3), 14, _size(10, 7)),
                "circle-color": match("state", _COLOURS, "#e0a100"),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1.6,
            },
        },
    )


DARK_DUE: Mapping[str, Mapping[str, Any]] = {
    "circle": {"circle-color": match("state", _DARK_COLOURS, "#ffc857"), "circle-stroke-color": "#081322"}
}
