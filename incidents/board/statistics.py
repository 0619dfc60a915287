"""Sums by unit, category, area or period: on time, late, reopened, how long it took."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Aggregate, Count, Exists, ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.fields import DurationField
from django.db.models.functions import Extract, TruncDay, TruncMonth, TruncWeek
from django.utils import timezone

from incidents.models import Incident, IncidentStep
from incidents.workflow.effects import overdue_at
from incidents.workflow.table import OPEN

By = Literal["unit", "category", "area", "status", "day", "week", "month"]
_KEYS: dict[str, tuple[str, str | None]] = {
    "unit": ("handling_unit__code", "handling_unit__name"),
    "category": ("category_id", "category__name"),
    "area": ("admin_unit__code", "admin_unit__name"),
    "status": ("status", None),
}
_PERIODS = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}
COLUMNS = ("total", "open", "resolved", "on_time", "late", "overdue", "reopened", "rejected", "median_hours")


class _Median(Aggregate):
    """The middle value, of rows that have one."""

    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def statistics(rows: "QuerySet[Incident]", by: By) -> list[dict[str, Any]]:
    """One line a group: its key and title, and the sums of COLUMNS. Time on hold does not count into `median_hours`."""
    if by in _PERIODS:
        rows = rows.annotate(period=_PERIODS[by]("reported_at"))
        key, title = "period", None
    else:
        key, title = _KEYS[by]
    names = [name for name in (key, title) if name]
    lines = _summed(rows.order_by().values(*names)).order_by(key)
    return [_line(line, key, title) for line in lines]


def total(rows: "QuerySet[Incident]") -> dict[str, Any]:
    """The same sums over everything."""
    return {name: _rounded(value) for name, value in rows.order_by().annotate(**_reopened()).aggregate(**_sums()).items()}


def _summed(groups: Any) -> Any:
    return groups.annotate(**_reopened()).annotate(**_sums())


def _reopened() -> dict[str, Any]:
    return {"was_reopened": Exists(IncidentStep.objects.filter(incident=OuterRef("pk"), verb="reopen"))}


def _sums() -> dict[str, Any]:
    done = Q(resolved_at__isnull=False)
    took = ExpressionWrapper(F("resolved_at") - F("reported_at"), output_field=DurationField())
    hours = ExpressionWrapper((Extract(took, "epoch") - F("paused_s")) / 3600.0, output_field=FloatField())
    return {
        "total": Count("pk"),
        "open": Count("pk", filter=Q(status__in=sorted(OPEN))),
        "resolved": Count("pk", filter=done),
        "on_time": Count("pk", filter=done & (Q(due_at__isnull=True) | Q(resolved_at__lte=F("due_at")))),
        "late": Count("pk", filter=done & Q(resolved_at__gt=F("due_at"))),
        "overdue": Count("pk", filter=overdue_at(timezone.now())),
        "reopened": Count("pk", filter=Q(was_reopened=True)),
        "rejected": Count("pk", filter=Q(status=Incident.Status.REJECTED)),
        "median_hours": _Median(hours, filter=done),
    }


def _line(line: dict[str, Any], key: str, title: str | None) -> dict[str, Any]:
    value = line[key]
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    words = line[title] if title else Incident.Status(value).label if key == "status" else value
    return {"key": _text(value), "title": _text(words), **{name: _rounded(line[name]) for name in COLUMNS}}


def _text(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)


def _rounded(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value


def table(lines: Iterable[dict[str, Any]]) -> list[list[Any]]:
    """Lines as rows of a sheet: title, then COLUMNS."""
    return [[line["title"] or "–", *(line[name] for name in COLUMNS)] for line in lines]
