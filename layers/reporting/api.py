"""`/api/reports`: reports of units, as JSON, CSV or Excel."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from gis_core.changes.position import position
from layers.ingestion.api import OutcomeOut
from layers.ingestion.bodies import rows_sent
from layers.reporting.office import duties, writing
from layers.reporting.submit import take_in

router = Router(tags=["Reports"])


class DutyOut(Schema):
    """A report that one of your units owes or gave."""

    template: str
    name: str
    unit: str
    unit_name: str
    period_from: date
    period_to: date
    due_on: date
    state: str
    indicators: list[str]


@router.get("", response=list[DutyOut], summary="What your units have to report, the most urgent first")
def asked(request: HttpRequest) -> list[dict[str, Any]]:
    """Open ones, then the latest that came."""
    return [
        {
            "template": duty.template_id,
            "name": duty.template.name,
            "unit": duty.admin_unit.code if duty.admin_unit else "",
            "unit_name": duty.admin_unit.name if duty.admin_unit else "",
            **{name: getattr(duty, name) for name in ("period_from", "period_to", "due_on", "state")},
            "indicators": [one.code for one in duty.template.indicators.all()],
        }
        for duty in duties(request.user)
    ]


@router.post("", response=OutcomeOut, summary="Reports: template, unit, period, and a value for each indicator")
def post_reports(request: HttpRequest, response: HttpResponse) -> dict[str, int]:
    """All or nothing; sent again, a report changes nothing. 422 names every row that cannot be taken in."""
    reach = writing(request.user)
    rows = rows_sent(request.body, request.headers.get("Content-Type", "application/json"))
    with transaction.atomic():
        outcome = take_in(reach, rows)
        # Inside the transaction that wrote: the log knows its own entries by its number.
        if (seq := position()) is not None:
            response["X-Change-Seq"] = str(seq)
    return asdict(outcome)
