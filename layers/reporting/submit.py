"""Reports as they come: the one verb behind the page, `POST /api/reports` and `manage.py ingest reports`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach
from layers.feed import Sent
from layers.ingestion import indicators
from layers.ingestion.batch import Outcome, RowFault, every
from layers.ingestion.cells import number
from layers.ingestion.indicators import Figure, period_of
from layers.ingestion.inside import rows_inside
from layers.ingestion.places import AtUnit
from layers.models import IndicatorValue, ReportDuty, ReportTemplate

HEAD = ("template", "unit", "period")
Numbers = Mapping[str, float]


@dataclass(frozen=True)
class _Report:
    """A report that was understood: whose it is, for which period as it was written, its figures by indicator."""

    duty: ReportDuty
    period: str
    numbers: Numbers


def take_in(reach: Reach, rows: Iterable[Sent], *, on: date | None = None, is_demo: bool = False) -> Outcome:
    """Submit reports of the units inside `reach`: columns `template`, `unit`, `period`, and one for each indicator of the template.

    All or nothing; the same report again changes nothing, another one corrects the figures, and the day of the first stays.
    Figures become the actual values of the indicators; plans are left as they are. Raises BatchRefused.
    """
    given = list(rows)
    with transaction.atomic():
        read = every(given, _reader(given, reach))
        stored = {report.duty.pk: _stored(report, reach) for report in read}
        corrected = {report.duty.pk for report in read if report.duty.done_on is not None and _differs(report, stored[report.duty.pk])}
        indicators.take_in(reach, [figure for report in read for figure in _figures(report, stored[report.duty.pk])], is_demo=is_demo)
        created = _mark({report.duty.pk: report.duty for report in read}, on or timezone.localdate())
    return Outcome(len(given), created, len(corrected), len(given) - created - len(corrected))


def _reader(given: list[Sent], reach: Reach) -> Any:
    templates = {one.code: one for one in ReportTemplate.objects.prefetch_related("indicators")}
    asked = {code: [indicator.code for indicator in one.indicators.all()] for code, one in templates.items()}
    locate = AtUnit("period_to", before=True).prepare(given, reach)
    duties = rows_inside(ReportDuty, reach).select_related("admin_unit").select_for_update(of=("self",)).order_by("pk")
    known = {
        (duty.template_id, duty.admin_unit_id, duty.period_from, duty.period_to): duty
        for duty in duties.filter(template__in={str(row.values.get("template", "")).strip() for row in given})
    }

    def read(sent: Sent) -> _Report:
        code, period = (str(sent.values.get(name, "")).strip() for name in ("template", "period"))
        if code not in templates:
            raise RowFault("template", _("there is no report “%(code)s”") % {"code": code[:40]})
        begins, ends = period_of(period)
        unit, _place = locate(sent, {"period_to": ends})
        assert unit is not None
        duty = known.get((code, unit.pk, begins, ends))
        if duty is None:
            raise RowFault("period", _("%(unit)s is not asked for this report in this period") % {"unit": unit.name})
        return _Report(duty, period, _numbers(sent, asked[code]))

    return read


def _numbers(sent: Sent, asked: list[str]) -> Numbers:
    for name in sent.values:
        if name not in (*HEAD, *asked):
            raise RowFault(str(name)[:60], _("the report has no such figure; it has: %(names)s") % {"names": ", ".join(asked)})
    found = {}
    for name in asked:
        text = str(sent.values.get(name, "")).strip()
        if text in ("", "None"):
            raise RowFault(name, _("a value is needed here"))
        found[name] = float(number(name, text))
    return found


def _stored(report: _Report, reach: Reach) -> dict[str, IndicatorValue]:
    """The values that are there already, by indicator: plans among them."""
    duty = report.duty
    rows = rows_inside(IndicatorValue, reach).filter(
        admin_unit=duty.admin_unit_id, period_from=duty.period_from, period_to=duty.period_to, indicator__in=report.numbers
    )
    return {row.indicator_id: row for row in rows}


def _differs(report: _Report, stored: Mapping[str, IndicatorValue]) -> bool:
    return any(name not in stored or stored[name].actual != value for name, value in report.numbers.items())


def _figures(report: _Report, stored: Mapping[str, IndicatorValue]) -> list[Figure]:
    assert report.duty.admin_unit is not None
    code, period = report.duty.admin_unit.code, report.period
    return [
        Figure(name, code, period, getattr(stored.get(name), "plan", None), value, getattr(stored.get(name), "base", None))
        for name, value in report.numbers.items()
    ]


def _mark(duties: Mapping[int, ReportDuty], day: date) -> int:
    """The reports that came now for the first time: their day, and the state that follows from it."""
    new = [duty for duty in duties.values() if duty.done_on is None]
    now = timezone.now()
    for duty in new:
        duty.done_on, duty.submitted_at, duty.updated_at = day, now, now
        duty.state = duty.state_on(day)
    ReportDuty.objects.bulk_update(new, ["done_on", "submitted_at", "state", "updated_at"])
    return len(new)
