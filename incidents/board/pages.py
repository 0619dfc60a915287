"""`/incidents/`: the board's shell without rows; its script reads everything from the API in the reader's name."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.access import scope_of
from gis_core.errors import NotFound
from gis_core.models import AdminUnit
from incidents.board.words import words
from incidents.models import HandlingUnit, Incident, IncidentCategory, Instruction
from incidents.rows import incidents, staff_reach
from incidents.workflow.table import STEPS
from layers.page import page_data

_LAYERS = ("incidents", "instructions", "admin_units", "roads", "water")


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """For everybody who works with incidents. Raises NotFound for other accounts."""
    reach = staff_reach(request.user)
    if not reach:
        raise NotFound(_("The dispatch board is not open to your account."))
    data = page_data(request)
    data["layers"] = [entry for entry in data["layers"] if entry["name"] in _LAYERS]
    units = AdminUnit.objects.as_of(timezone.localdate()).filter(level=AdminUnit.Level.COMMUNE)
    areas = units if reach.everything else units.filter(pk__in=reach.units)
    data["board"] = {
        "api": f"{reverse('api:api-root')}incidents",
        "tilejson": "/tiles/incidents.json",
        "words": words(),
        "status": _labels(Incident.Status),
        "severity": _labels(Incident.Severity),
        "categories": {category.code: category.name for category in IncidentCategory.objects.all()},
        "units": {unit.code: unit.name for unit in HandlingUnit.objects.filter(is_active=True)},
        "areas": {unit.code: unit.name for unit in areas.only("code", "name").order_by("name")},
        "steps": {step.verb: {"title": str(step.title), "needs": list(step.needs)} for step in STEPS},
        "may": {
            "dispatch": bool(Incident.access.reach(scope_of(request.user), "change")),
            "instruct": bool(Instruction.access.reach(scope_of(request.user), "change")),
        },
    }
    response = render(request, "incidents/board.html", {"page": data})
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@login_required
def moderation(request: HttpRequest) -> HttpResponse:
    """The moderation queue is the board with its filter."""
    return redirect(f"{reverse('incidents:board')}?moderation=pending")


@require_safe
@login_required
def code_of(request: HttpRequest, pk: int) -> JsonResponse:
    """`/incidents/at/<id>/code`: from a feature on the board's map to its report. Raises NotFound."""
    code = incidents(staff_reach(request.user)).filter(pk=pk).values_list("tracking_code", flat=True).first()
    if code is None:
        raise NotFound(_("There is no such incident, or it is not open to you."))
    return JsonResponse({"code": code}, headers={"Cache-Control": "private, no-store"})


def _labels(choices: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices.choices}
