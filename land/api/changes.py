"""Changes: one address a verb to draft or to try it, and one a step of the workflow."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import shapely
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Status
from ninja.params.functions import Header, Query
from pydantic import create_model

from gis_core.errors import NotFound
from gis_core.models import User
from gis_core.views.matching import version_of
from gis_core.views.signed_in import SignedIn
from land import holders
from land.api.documents import paper_out
from land.api.schemas import Asked, ChangeOut, Note, PartyOut, Purpose, Revision, TrialOut
from land.models import ParcelChange
from land.mutations.publish import Trial
from land.verbs.base import Verb
from land.verbs.register import VERBS
from land.workflow import steps
from land.workflow.deadlines import is_overdue

router = Router()
State = ParcelChange.State
IfMatch = Header(None, alias="If-Match", description="The change's ETag; another version answers 412")
MOST = 200
DESK = SignedIn(holders.RULE.reach)


@router.get("", response=list[ChangeOut], summary="The work list")
def work_list(
    request: HttpRequest,
    state: State | None = None,
    overdue: bool = Query(False, description="Only those whose deadline is past"),
    mine: bool = Query(False, description="Only those that you drew"),
) -> list[dict[str, Any]]:
    """Changes of your units, the nearest deadline first; at most 200."""
    # An import is no work that waits for anybody, and its list of parcels would fill the answer.
    rows = steps.visible(_user(request)).exclude(kind=ParcelChange.Kind.IMPORT)
    if state is not None:
        rows = rows.filter(state=state)
    if mine:
        rows = rows.filter(author=_user(request))
    if overdue:
        rows = rows.filter(due_on__lt=timezone.localdate(), state__in=(State.SUBMITTED, State.CHECKED, State.APPROVED))
    found = rows.prefetch_related("steps__actor", "documents").order_by("due_on", "pk")[:MOST]
    return [change_out(change) for change in found]


@router.get("/{uuid:uid}", response=ChangeOut, summary="One change")
def one(request: HttpRequest, response: HttpResponse, uid: UUID) -> dict[str, Any]:
    """With its report and its log."""
    change = steps.visible(_user(request)).filter(uid=uid).first()
    if change is None:
        raise NotFound(_("There is no such change, or it is not open to you."))
    return _told(response, change)


@router.get("/{uuid:uid}/holders", auth=DESK, response=list[PartyOut], summary="The holders that a change names (the reading is logged)")
def named_holders(request: HttpRequest, uid: UUID, purpose: Purpose) -> list[dict[str, Any]]:
    """For officers and approvers of the unit: the change itself names them by number alone."""
    change = steps.visible(_user(request)).filter(uid=uid).first()
    if change is None:
        raise NotFound(_("There is no such change, or it is not open to you."))
    return holders.of_change(_user(request), change, purpose)


@router.put("/{uuid:uid}", response=ChangeOut, summary="Replace the content of an own draft")
def revise(request: HttpRequest, response: HttpResponse, uid: UUID, asked: Revision, if_match: str | None = IfMatch) -> dict[str, Any]:
    """A draft, or a change that was returned to you."""
    kind = steps.visible(_user(request)).filter(uid=uid).values_list("kind", flat=True).first() or ""
    if not kind:
        raise NotFound(_("There is no such change, or it is not open to you."))
    return _told(response, steps.revise(_user(request), uid, asked.draft(kind, asked.params), version_of(if_match)))


@router.post("/{uuid:uid}/submit", response=ChangeOut, summary="Hand in an own draft; the rules are tried at once")
def submit(request: HttpRequest, response: HttpResponse, uid: UUID, if_match: str | None = IfMatch) -> dict[str, Any]:
    """State `checked`, or `returned` with the report of the rules that it breaks."""
    return _told(response, steps.submit(_user(request), uid, version_of(if_match)))


@router.post("/{uuid:uid}/check", response=ChangeOut, summary="Try the rules again")
def check(request: HttpRequest, response: HttpResponse, uid: UUID, if_match: str | None = IfMatch) -> dict[str, Any]:
    """For officers and approvers of the unit."""
    return _told(response, steps.check(_user(request), uid, version_of(if_match)))


@router.post("/{uuid:uid}/approve", response=ChangeOut, summary="Approve a checked change")
def approve(request: HttpRequest, response: HttpResponse, uid: UUID, asked: Note, if_match: str | None = IfMatch) -> dict[str, Any]:
    """For approvers of the unit; never for the change's author."""
    return _told(response, steps.approve(_user(request), uid, version_of(if_match), asked.note))


@router.post("/{uuid:uid}/return", response=ChangeOut, summary="Return a change to its author")
def send_back(request: HttpRequest, response: HttpResponse, uid: UUID, asked: Note, if_match: str | None = IfMatch) -> dict[str, Any]:
    """For approvers of the unit; the note says why."""
    return _told(response, steps.send_back(_user(request), uid, asked.note, version_of(if_match)))


@router.post("/{uuid:uid}/withdraw", response=ChangeOut, summary="Give up an own change")
def withdraw(request: HttpRequest, response: HttpResponse, uid: UUID, if_match: str | None = IfMatch) -> dict[str, Any]:
    """As long as it is not approved."""
    return _told(response, steps.withdraw(_user(request), uid, version_of(if_match)))


@router.post("/{uuid:uid}/publish", response=ChangeOut, summary="Carry out an approved change")
def publish(request: HttpRequest, response: HttpResponse, uid: UUID, if_match: str | None = IfMatch) -> dict[str, Any]:
    """All or nothing. `X-Change-Seq` says from which state of the map on it is seen; 409 shows both states of a parcel that moved on."""
    return _told(response, steps.publish(_user(request), uid, version_of(if_match)))


def change_out(change: ParcelChange) -> dict[str, Any]:
    """A change as the API tells it."""
    names = ("uid", "kind", "state", "version", "reason", "params", "targets", "report", "effective_on", "due_on", "created_at")
    values = {name: getattr(change, name) for name in (*names, "published_at", "before", "after", "change_seq")}
    log = [{"at": step.at, "actor": step.actor.username, "state": step.state, "note": step.note} for step in change.steps.all()]
    people = {"author": change.author.username, "approver": change.approver.username if change.approver else None}
    papers = [paper_out(document) for document in change.documents.all()]
    told = {"unit": change.unit.name, "overdue": is_overdue(change, timezone.localdate()), "steps": log, "documents": papers}
    return {**values, **people, **told}


def _told(response: HttpResponse, change: ParcelChange) -> dict[str, Any]:
    response["ETag"] = f'"{change.version}"'
    if change.change_seq is not None:
        response["X-Change-Seq"] = str(change.change_seq)
    return change_out(change)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _trial_out(trial: Trial) -> dict[str, Any]:
    held, plan = trial.scene.everyone(), trial.plan

    def shown(shape: shapely.Polygon) -> dict[str, Any]:
        return {"area_m2": round(shape.area, 2), "outline": shapely.geometry.mapping(shape)}

    return {
        "violations": [found.as_dict() for found in trial.violations],
        "born": [shown(born.geom) for born in plan.born],
        "reshaped": [{"uid": held[pk].uid, **shown(shape)} for pk, shape in plan.reshaped.items()],
        "knotted": [held[pk].uid for pk in plan.knotted],
        "retired": [held[pk].uid for pk in plan.retired],
    }


def _offer(kind: str, verb: type[Verb]) -> None:
    """The two addresses of a verb, typed by its class."""
    name = "".join(part.title() for part in kind.split("_"))
    body: Any = create_model(f"{name}Request", __base__=Asked, params=(verb, ...))

    def draft(
        request: HttpRequest,
        response: HttpResponse,
        asked: Any,
        key: str = Header("", alias="Idempotency-Key", max_length=80, description="The same key again answers with the first draft"),
    ) -> Status[dict[str, Any]]:
        change = steps.draft(_user(request), asked.draft(kind, asked.params.model_dump(mode="json"), key))
        return Status(201, _told(response, change))

    def trial(request: HttpRequest, asked: Any) -> dict[str, Any]:
        return _trial_out(steps.trial(_user(request), asked.draft(kind, asked.params.model_dump(mode="json"))))

    for function in (draft, trial):
        function.__annotations__["asked"] = body
    summary = str((verb.__doc__ or "").strip().splitlines()[0])
    add: Callable[..., Any] = router.post
    add(f"/{kind}", response={201: ChangeOut}, summary=summary, operation_id=f"land_{kind}")(draft)
    add(f"/{kind}/trial", response=TrialOut, summary=f"Try without writing: {summary}", operation_id=f"land_{kind}_trial")(trial)


for _kind, _verb in VERBS.items():
    _offer(str(_kind), _verb)
