"""Whose reports a person sees and gives."""

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from gis_core.access import Reach, scope_of
from gis_core.errors import NotFound
from layers.ingestion.inside import rows_inside
from layers.models import ReportDuty

MOST = 200


def writing(user: object) -> Reach:
    """The units for which somebody reports. Raises NotFound for those who report for none."""
    reach = ReportDuty.access.reach(scope_of(user), "change")
    if not reach:
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    return reach


def duties(user: object) -> QuerySet[Any]:
    """The reports of a person's units: overdue ones, waiting ones, then the latest that came. Raises NotFound."""
    first, second = When(state="overdue", then=Value(0)), When(state="waiting", then=Value(1))
    urgency = Case(first, second, default=Value(2), output_field=IntegerField())
    rows = rows_inside(ReportDuty, writing(user)).select_related("template", "admin_unit").prefetch_related("template__indicators")
    found: QuerySet[Any] = rows.order_by(urgency, "-due_on", "admin_unit__path", "template")[:MOST]
    return found


def duty(user: object, pk: int) -> ReportDuty:
    """One of them. Raises NotFound alike for unknown and forbidden ones."""
    rows: QuerySet[Any] = rows_inside(ReportDuty, writing(user)).select_related("template", "admin_unit")
    found: ReportDuty | None = rows.filter(pk=pk).first()
    if found is None or found.admin_unit is None:
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    return found
