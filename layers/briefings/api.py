"""`/api/briefings/`: reports made in the background in the asker's name, with their files, links and schedules."""

from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from gis_core.models import User
from gis_core.views.signed_in import SignedIn
from layers.analysis.rules import analysing, checked
from layers.briefings import office
from layers.briefings.contract import kinds
from layers.briefings.jobs import FORMATS
from layers.models import BriefingJob, BriefingLink, BriefingSchedule

router = Router(auth=SignedIn(analysing), tags=["Reports"])
MOST = 100
Given = dict[str, str | float | int | bool | None]


class ReportIn(Schema):
    """Which report with which parameters (see `/api/briefings/kinds`)."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=40)
    parameters: Given = {}


class ScheduleIn(ReportIn):
    """And how often."""

    every: Literal["day", "week", "month"]


class LinkIn(Schema):
    """For how many days."""

    model_config = ConfigDict(extra="forbid")

    days: int = 14


class ReportOut(Schema):
    """A report and how far it is."""

    uid: UUID
    kind: str
    kind_title: str
    title: str
    state: str
    busy: bool
    step: str
    parameters: dict[str, Any]
    failure: str
    files: dict[str, str] = Field(description="Addresses by format: html, pdf, xlsx, gpkg")
    scheduled: bool
    created_at: datetime


class LinkOut(Schema):
    """A link to a report."""

    uid: UUID
    address: str
    expires_at: datetime
    revoked: bool
    opened: int


class ScheduleOut(Schema):
    """A schedule."""

    uid: UUID
    kind: str
    kind_title: str
    parameters: dict[str, Any]
    every: str
    every_text: str
    next_at: datetime


@router.get("/kinds", response=list[dict[str, Any]], summary="The reports and their parameters")
def known(request: HttpRequest) -> list[dict[str, Any]]:
    """Each parameter with its kind, its range and its default."""
    checked(_user(request))
    return [kind.described() for kind in kinds().values()]


@router.post("", response={201: ReportOut}, summary="Have a report made in the background")
def ask(request: HttpRequest, asked: ReportIn) -> Status[dict[str, Any]]:
    """From the rows that you may see."""
    return Status(201, told(office.ask(_user(request), asked.kind, asked.parameters)))


@router.get("", response=list[ReportOut], summary="Your reports, newest first")
def listed(request: HttpRequest) -> list[dict[str, Any]]:
    """At most 100."""
    return [told(job) for job in office.visible(_user(request))[:MOST]]


@router.get("/schedules", response=list[ScheduleOut], summary="Your schedules")
def schedules(request: HttpRequest) -> list[dict[str, Any]]:
    """The next one first."""
    return [_schedule(one) for one in office.schedules(_user(request))]


@router.post("/schedules", response={201: ScheduleOut}, summary="Have a report made every day, week or month")
def plan(request: HttpRequest, asked: ScheduleIn) -> Status[dict[str, Any]]:
    """At six in the morning, with what you may see on that day."""
    return Status(201, _schedule(office.plan(_user(request), asked.kind, asked.parameters, asked.every)))


@router.delete("/schedules/{uuid:uid}", response={204: None}, summary="End a schedule")
def unplan(request: HttpRequest, uid: UUID) -> Status[None]:
    """Its reports stay."""
    office.unplan(_user(request), uid)
    return Status(204, None)


@router.post("/links/{uuid:uid}/revoke", response=LinkOut, summary="End a link at once")
def revoke(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Whoever opens it finds nothing from now on."""
    return _link(request, office.revoke(_user(request), uid))


@router.get("/{uuid:uid}", response=ReportOut, summary="One report and how far it is")
def one(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Your own."""
    return told(office.one(_user(request), uid))


@router.post("/{uuid:uid}/cancel", response=ReportOut, summary="Stop the making of a report")
def cancel(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Before its end."""
    return told(office.cancel(_user(request), uid))


@router.get("/{uuid:uid}/links", response=list[LinkOut], summary="The links of a report")
def links(request: HttpRequest, uid: UUID) -> list[dict[str, Any]]:
    """Expired and revoked ones too."""
    return [_link(request, link) for link in office.links(_user(request), uid)]


@router.post("/{uuid:uid}/links", response={201: LinkOut}, summary="A link for people without an account")
def share(request: HttpRequest, uid: UUID, asked: LinkIn) -> Status[dict[str, Any]]:
    """Valid for some days, revocable at any time."""
    return Status(201, _link(request, office.share(_user(request), uid, asked.days)))


@router.get("/{uuid:uid}/file", summary="A file of a report")
def file(request: HttpRequest, uid: UUID, f: Literal["html", "pdf", "xlsx", "gpkg"] = "html") -> HttpResponse:
    """HTML that opens without a network, PDF, Excel, GeoPackage."""
    return office_answer(office.one(_user(request), uid), f)


def office_answer(job: BriefingJob, form: str) -> HttpResponse:
    """A file for the browser: pages and papers are shown, data are saved."""
    data = office.content_of(job, form)
    place = "inline" if form in ("html", "pdf") else "attachment"
    answer = HttpResponse(data, content_type=FORMATS[form])
    answer.headers["Content-Disposition"] = f'{place}; filename="{job.kind}-{job.created_at:%Y%m%d}.{form}"'
    answer.headers["Cache-Control"] = "private, no-cache"
    if form == "html":
        # The file carries its scripts and fonts; it may reach nothing else, not even this service.
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline' data:; script-src 'unsafe-inline' data:; "
            "frame-src 'self' data:; sandbox allow-scripts allow-downloads"
        )
    return answer


def told(job: BriefingJob) -> dict[str, Any]:
    """One report."""
    kind = kinds().get(job.kind)
    return {
        "uid": job.uid,
        "kind": job.kind,
        "kind_title": str(kind.title) if kind else job.kind,
        "title": job.title,
        "state": job.state,
        "busy": job.is_busy,
        "step": job.step,
        "parameters": job.given,
        "failure": str((job.failure or {}).get("detail", "")),
        "files": {form: f"{reverse('api:api-root')}briefings/{job.uid}/file?f={form}" for form in job.files},
        "scheduled": job.schedule_id is not None,
        "created_at": job.created_at,
    }


def _link(request: HttpRequest, link: BriefingLink) -> dict[str, Any]:
    address = request.build_absolute_uri(office.address(link))
    named = {"uid": link.uid, "address": address, "expires_at": link.expires_at}
    return {**named, "revoked": link.revoked_at is not None, "opened": link.opened}


def _schedule(one: BriefingSchedule) -> dict[str, Any]:
    kind = kinds().get(one.kind)
    named = {"uid": one.uid, "kind": one.kind, "kind_title": str(kind.title) if kind else one.kind, "parameters": one.given}
    return {**named, "every": one.every, "every_text": one.get_every_display(), "next_at": one.next_at}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
