"""`/reports/`: what a person's units have to report, and the form of one report. Works without scripts."""

import io
from dataclasses import dataclass

import xlsxwriter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.errors import BadParameter, ServiceError
from layers.feed import Sent
from layers.ingestion.batch import BatchRefused
from layers.ingestion.bodies import XLSX, rows_sent
from layers.ingestion.inside import rows_inside
from layers.models import Indicator, IndicatorValue, ReportDuty
from layers.reporting.office import duties, duty, writing
from layers.reporting.submit import HEAD, take_in

MAX_WORKBOOK = 1_000_000


@dataclass
class Line:
    """A figure in the form: what is asked, what is there or was typed, what is wrong with it."""

    indicator: Indicator
    text: str
    fault: str = ""


@require_safe
@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """All reports of the person's units, the most urgent first. Raises NotFound for those who report for none."""
    return _page(request, "layers/reports.html", {"duties": list(duties(request.user))})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; POST submits what was typed, or a workbook. Raises NotFound."""
    asked = duty(request.user, pk)
    if request.method != "POST":
        return _form(request, asked, _lines(request, asked))
    faults: dict[str, str] = {}
    try:
        rows = _workbook(request) if request.FILES else [_typed(request, asked)]
        take_in(writing(request.user), rows)
    except BatchRefused as refused:
        faults = {fault.field: fault.detail for fault in refused.faults}
    except ServiceError as error:
        faults = {"": error.detail}
    if faults:
        return _form(request, asked, _lines(request, asked, faults), faults, status=422)
    messages.success(request, _("The report was taken in. Thank you."))
    return redirect("reports:list")


@require_safe
@login_required
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as a workbook to be filled in and handed in on its page."""
    asked = duty(request.user, pk)
    lines = _lines(request, asked)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.set_column(0, len(HEAD) + len(lines), 16)
        sheet.write_row(0, 0, [*HEAD, *(line.indicator.code for line in lines)], bold)
        sheet.write_row(1, 0, [*_head(asked).values(), *(line.text for line in lines)])
        for place, line in enumerate(lines):
            sheet.write_comment(0, len(HEAD) + place, f"{line.indicator.name} ({line.indicator.unit_of_measure})")
    name = f"{asked.template_id}-{_head(asked)['unit']}-{_head(asked)['period']}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content.getvalue(), content_type=XLSX, headers=headers)


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _form(
    request: HttpRequest, asked: ReportDuty, lines: list[Line], faults: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    known = {line.indicator.code for line in lines}
    others = [detail for field, detail in (faults or {}).items() if field not in known]
    return _page(request, "layers/report.html", {"duty": asked, "lines": lines, "others": others, "period": _period(asked)}, status)


def _lines(request: HttpRequest, asked: ReportDuty, faults: dict[str, str] | None = None) -> list[Line]:
    """What was typed where the page comes back, else what is there already."""
    found = rows_inside(IndicatorValue, writing(request.user)).filter(
        admin_unit=asked.admin_unit_id, period_from=asked.period_from, period_to=asked.period_to
    )
    stored = {row.indicator_id: "" if row.actual is None else f"{row.actual:.12g}" for row in found}
    return [
        Line(one, request.POST.get(one.code, stored.get(one.code, "")), (faults or {}).get(one.code, ""))
        for one in asked.template.indicators.all()
    ]


def _typed(request: HttpRequest, asked: ReportDuty) -> Sent:
    codes = asked.template.indicators.values_list("code", flat=True)
    return Sent({**_head(asked), **{code: request.POST.get(code, "") for code in codes}})


def _workbook(request: HttpRequest) -> list[Sent]:
    sent = request.FILES.get("workbook")
    if sent is None or (sent.size or 0) > MAX_WORKBOOK:
        raise BadParameter(_("Choose a workbook of at most 1 MB."), field="workbook")
    return rows_sent(sent.read(), XLSX if str(sent.name).lower().endswith(".xlsx") else "text/csv")


def _head(asked: ReportDuty) -> dict[str, str]:
    assert asked.admin_unit is not None
    return dict(zip(HEAD, (asked.template_id, asked.admin_unit.code, _period(asked)), strict=True))


def _period(asked: ReportDuty) -> str:
    """2026, 2026-Q3 or 2026-10, as the interfaces write it."""
    first = asked.period_from
    written = {"year": f"{first:%Y}", "quarter": f"{first:%Y}-Q{(first.month + 2) // 3}"}
    return written.get(asked.template.period, f"{first:%Y-%m}")
