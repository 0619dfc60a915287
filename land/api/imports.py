"""Files of parcels: brought, examined by the worker, looked at, handed in by one person and approved by another."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.files import UploadedFile
from ninja.params.functions import File, Form, Query
from pydantic import ConfigDict, Field

from gis_core.errors import BadParameter
from gis_core.importing.faults import FileFault, checked_srid
from gis_core.importing.messages import Script
from gis_core.models import User
from land.importing import office
from land.importing.corners import Axes
from land.importing.request import Asked
from land.importing.shown import problems_out, seen, told
from land.models import ParcelImport

router = Router()
MOST = 100
_FILE = File(description="GeoPackage, Shapefile (zip), GeoJSON, DXF, DGN v7, CSV or TXT list of corners")
_UNIT = Form(max_length=10, description="Code of the commune of today to which the parcels belong")
_CRS = Form("", max_length=20, description="EPSG:5899 and the like, where the file does not say it or says it wrong")
_AXES = Form("auto", description="Lists of corners: ne (X is north, as on survey papers), en (X is east), or auto")
_SCRIPT = Form("auto", description="How texts are written: auto, utf8, tcvn3, vni, cp1258")
_SHEET = Form(None, ge=1, le=99_999, description="The map sheet of a drawing")
_ON = Form(None, description="The day from which the parcels hold; today where left out")


class ImportOut(Schema):
    """An import and how far it is."""

    uid: UUID
    unit: str
    unit_code: str
    name: str
    author: str = Field(description="Who handed it in, until then who brought it")
    approver: str
    note: str = Field(description="Why it came back")
    may: dict[str, bool] = Field(description="What you may do: change, approve")
    state: ParcelImport.State
    state_text: str
    effective_on: date
    asked: dict[str, Any]
    understood: dict[str, Any]
    understood_text: list[str] = Field(description="How the file was understood, in sentences")
    step: str
    done: int
    total: int
    parcels: int
    bad: int = Field(description="Parcels that cannot be brought in")
    hopeless: bool = Field(description="Nothing of the file can be brought in")
    counts: list[dict[str, Any]] = Field(description="Problems by code: code, is_error, count, title")
    area_m2: float | None
    sheets: list[dict[str, Any]] = Field(description="sheet, parcels, wkt (EPSG:5899)")
    bounds: list[float] | None
    failure: str
    change: UUID | None
    change_seq: int | None
    created_at: datetime


class ProblemOut(Schema):
    """A problem with its place (east, north in EPSG:5899) and its shape (WKT)."""

    code: str
    is_error: bool
    detail: str
    labels: list[str] = Field(description="Sheet/parcel, where it concerns some")
    rows: list[int]
    place: list[float] | None
    wkt: str | None


class Answers(Schema):
    """Other answers to the questions of an import."""

    model_config = ConfigDict(extra="forbid")

    crs: str = Field("", max_length=20)
    axes: Axes = "auto"
    script: Script = "auto"
    sheet: int | None = Field(None, ge=1, le=99_999)


class HandingIn(Schema):
    """Whether parcels with errors are left out."""

    model_config = ConfigDict(extra="forbid")

    leave_out: bool = False


class Returning(Schema):
    """Why an import is returned."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(max_length=500)


@router.post("", response={201: ImportOut}, summary="Bring a file; it is examined in the background")
def bring(
    request: HttpRequest,
    unit: str = _UNIT,
    file: UploadedFile = _FILE,
    crs: str = _CRS,
    axes: Axes = _AXES,
    script: Script = _SCRIPT,
    sheet: int | None = _SHEET,
    effective_on: date | None = _ON,
) -> Status[dict[str, Any]]:
    """For officers of the unit. Nothing is written into the register before somebody else has approved."""
    asked = Asked(_srid(crs), axes, script, sheet)
    return Status(201, _told(request, office.bring(_user(request), unit, file, asked, effective_on)))


@router.get("", response=list[ImportOut], summary="The imports of your units, newest first")
def listed(request: HttpRequest, state: ParcelImport.State | None = None) -> list[dict[str, Any]]:
    """At most 100; `state=submitted` are those that wait for a second person."""
    rows = office.visible(_user(request))
    return [_told(request, job) for job in (rows if state is None else rows.filter(state=state))[:MOST]]


@router.get("/{uuid:uid}", response=ImportOut, summary="One import and how far it is")
def one(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """For officers of the unit."""
    return _told(request, office.one(_user(request), uid))


@router.get("/{uuid:uid}/problems", response=list[ProblemOut], summary="What is wrong, with its places")
def problems(request: HttpRequest, uid: UUID, code: str | None = Query(None, max_length=40)) -> list[dict[str, Any]]:
    """The first 300 of each kind; errors first."""
    return problems_out(office.one(_user(request), uid), code)


@router.get("/{uuid:uid}/outlines", response=dict[str, Any], summary="The file's parcels in a box, for a map")
def outlines(request: HttpRequest, uid: UUID, bbox: str = Query(max_length=120, description="West,south,east,north in EPSG:5899")) -> Any:
    """GeoJSON whose positions are east and north in EPSG:5899; nothing where more than 3,000 parcels lie in the box."""
    return seen(office.one(_user(request), uid), bbox)


@router.post("/{uuid:uid}/answers", response=ImportOut, summary="Examine the file again with other answers")
def answer(request: HttpRequest, uid: UUID, answers: Answers) -> dict[str, Any]:
    """As long as it is not handed in."""
    asked = Asked(_srid(answers.crs), answers.axes, answers.script, answers.sheet)
    return _told(request, office.answer(_user(request), uid, asked))


@router.post("/{uuid:uid}/submit", response=ImportOut, summary="Hand an examined import in for approval")
def submit(request: HttpRequest, uid: UUID, asked: HandingIn) -> dict[str, Any]:
    """For officers of the unit; with errors only when they are to be left out."""
    return _told(request, office.submit(_user(request), uid, leave_out=asked.leave_out))


@router.post("/{uuid:uid}/approve", response=ImportOut, summary="Approve an import: its parcels are written into the register")
def approve(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """For approvers of the unit, 403 for who handed it in. All in one transaction; if the register changed it is examined anew."""
    return _told(request, office.approve(_user(request), uid))


@router.post("/{uuid:uid}/return", response=ImportOut, summary="Return an import to its officer, saying why")
def send_back(request: HttpRequest, uid: UUID, asked: Returning) -> dict[str, Any]:
    """For approvers of the unit."""
    return _told(request, office.send_back(_user(request), uid, asked.note))


@router.post("/{uuid:uid}/cancel", response=ImportOut, summary="Give an import up")
def cancel(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """At any time before its end; nothing of it stays."""
    return _told(request, office.cancel(_user(request), uid))


def _told(request: HttpRequest, job: ParcelImport) -> dict[str, Any]:
    return {**told(job), "may": office.may(_user(request), job)}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _srid(text: str) -> int | None:
    try:
        return checked_srid(text) if text else None
    except FileFault as error:
        raise BadParameter(str(error), field="crs") from None
