"""Instructions over HTTP."""

from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Status
from ninja.params.functions import Query

from gis_core.errors import BadParameter, NotFound
from gis_core.models import User
from gis_core.views.matching import version_of
from incidents import instructions
from incidents.api.caller import IfMatch, Key, stamp, user_of
from incidents.api.schemas import AnswerIn, InstructionIn, InstructionOut
from incidents.models import Instruction

router = Router()
MOST = 300


@router.get("", response=list[InstructionOut], summary="Instructions, open ones by deadline")
def listed(
    request: HttpRequest,
    state: Literal["", "given", "answered", "closed", "withdrawn"] = "",
    incident: str = Query("", max_length=20, description="Those of one incident"),
) -> list[dict[str, Any]]:
    """At most 300."""
    rows = instructions.seen(user_of(request)).select_related("incident", "admin_unit", "assignee", "given_by", "answered_by")
    if state:
        rows = rows.filter(state=state)
    if incident:
        rows = rows.filter(incident__tracking_code=incident)
    return [instruction_out(row, user_of(request)) for row in rows.order_by("due_at", "-given_at")[:MOST]]


@router.post("", response={201: InstructionOut}, summary="Give an instruction")
def give(request: HttpRequest, response: HttpResponse, asked: InstructionIn, key: str = Key) -> Status[dict[str, Any]]:
    """For leaders, in their own units."""
    if (asked.lon is None) != (asked.lat is None):
        raise BadParameter(_("A place needs both lon and lat."), field="lon")
    place = (asked.lon, asked.lat) if asked.lon is not None and asked.lat is not None else None
    order = instructions.Order(asked.title, asked.text, asked.incident, place, asked.assignee, asked.due_at, key)
    with transaction.atomic():
        return Status(201, _told(request, response, instructions.give(user_of(request), order)))


@router.get("/{uuid:uid}", response=InstructionOut, summary="One instruction")
def one(request: HttpRequest, response: HttpResponse, uid: UUID) -> dict[str, Any]:
    """With its answer."""
    row = instructions.seen(user_of(request)).filter(uid=uid).first()
    if row is None:
        raise NotFound(_("There is no such instruction, or it is not open to you."))
    response["ETag"] = f'"{row.version}"'
    return instruction_out(row, user_of(request))


@router.post("/{uuid:uid}/answer", response=InstructionOut, summary="Say what came of it")
def answer(request: HttpRequest, response: HttpResponse, uid: UUID, asked: AnswerIn, if_match: str | None = IfMatch) -> dict[str, Any]:
    """For the assignee and the dispatchers of the area."""
    with transaction.atomic():
        return _told(request, response, instructions.answer(user_of(request), uid, asked.answer, version_of(if_match)))


@router.post("/{uuid:uid}/close", response=InstructionOut, summary="Accept the answer")
def close(request: HttpRequest, response: HttpResponse, uid: UUID, if_match: str | None = IfMatch) -> dict[str, Any]:
    """For leaders of the area."""
    with transaction.atomic():
        return _told(request, response, instructions.close(user_of(request), uid, version_of(if_match)))


@router.post("/{uuid:uid}/withdraw", response=InstructionOut, summary="Withdraw an instruction")
def withdraw(request: HttpRequest, response: HttpResponse, uid: UUID, if_match: str | None = IfMatch) -> dict[str, Any]:
    """For leaders of the area."""
    with transaction.atomic():
        return _told(request, response, instructions.withdraw(user_of(request), uid, version_of(if_match)))


def instruction_out(row: Instruction, reader: User) -> dict[str, Any]:
    """An instruction as the API tells it."""
    names = ("uid", "id", "version", "title", "text", "state", "due_at", "given_at", "answer", "answered_at")
    given = row.state == Instruction.State.GIVEN
    return {
        **{name: getattr(row, name) for name in names},
        "incident": row.incident.tracking_code if row.incident else None,
        "area": row.admin_unit.name if row.admin_unit else None,
        "assignee": row.assignee.code if row.assignee else None,
        "assignee_name": row.assignee.name if row.assignee else None,
        "overdue": given and row.due_at is not None and row.due_at < timezone.now(),
        "given_by": row.given_by.get_full_name() or row.given_by.username,
        "answered_by": (row.answered_by.get_full_name() or row.answered_by.username) if row.answered_by else None,
        "may_answer": row.state in ("given", "answered") and instructions.may_answer(reader, row),
        "may_close": row.state == Instruction.State.ANSWERED and instructions.may_close(reader, row),
        "lon": round(row.geom.x, 7),
        "lat": round(row.geom.y, 7),
    }


def _told(request: HttpRequest, response: HttpResponse, row: Instruction) -> dict[str, Any]:
    stamp(response, row.version)
    return instruction_out(row, user_of(request))
