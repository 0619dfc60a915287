"""`/api/analyses/`: typed analyses of layers, computed in the background in the asker's name."""

from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from gis_core.errors import NotFound
from gis_core.models import User
from gis_core.views.signed_in import SignedIn
from layers.analysis import office, results
from layers.analysis.contract import kinds
from layers.analysis.rules import analysing, checked, visible
from layers.analysis.shown import told
from layers.models import AnalysisJob

router = Router(auth=SignedIn(analysing), tags=["Analyses"])
MOST = 100
_MAX_ZOOM = 24


class AnalysisOut(Schema):
    """An analysis, how far it is, and what came out."""

    uid: UUID
    kind: str
    title: str
    state: str
    state_text: str
    busy: bool
    over: bool
    step: str
    done: int
    total: int
    parameters: dict[str, Any]
    scheduler: str
    result: dict[str, Any] | None = Field(description="rows, columns, facts, bounds (degrees), look, sample")
    provenance: dict[str, Any] = Field(description="inputs with rows and last change, versions, times")
    failure: str
    layer: str | None
    created_at: datetime
    page: str
    tiles: str | None = Field(description="The result as vector tiles, before it is a layer")


class AnalysisIn(Schema):
    """Which analysis with which parameters (see `/api/analyses/kinds`)."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=40)
    parameters: dict[str, str | float | int | bool | None] = {}


class KeepIn(Schema):
    """The title of the layer."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=200)


@router.get("/kinds", response=list[dict[str, Any]], summary="The analyses and their parameters")
def known(request: HttpRequest) -> list[dict[str, Any]]:
    """Each parameter with its kind, its range and its default."""
    checked(_user(request))
    return [kind.described() for kind in kinds().values()]


@router.post("", response={201: AnalysisOut}, summary="Have an analysis computed in the background")
def ask(request: HttpRequest, asked: AnalysisIn) -> Status[dict[str, Any]]:
    """It reads the rows that you may see, and nothing is written before you keep the result."""
    return Status(201, told(office.ask(_user(request), asked.kind, asked.parameters)))


@router.get("", response=list[AnalysisOut], summary="Your analyses, newest first")
def listed(request: HttpRequest) -> list[dict[str, Any]]:
    """At most 100."""
    return [told(job, whole=False) for job in visible(_user(request))[:MOST]]


@router.get("/{uuid:uid}", response=AnalysisOut, summary="One analysis and how far it is")
def one(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Your own."""
    return told(office.one(_user(request), uid))


@router.post("/{uuid:uid}/keep", response=AnalysisOut, summary="Write the result as a layer of yours")
def keep(request: HttpRequest, uid: UUID, asked: KeepIn) -> dict[str, Any]:
    """Then it is at once in every service, for those who work in the units of its rows."""
    return told(office.keep(_user(request), uid, asked.title))


@router.post("/{uuid:uid}/again", response={201: AnalysisOut}, summary="The same analysis with the rows of today")
def again(request: HttpRequest, uid: UUID) -> Status[dict[str, Any]]:
    """A new analysis."""
    return Status(201, told(office.again(_user(request), uid)))


@router.post("/{uuid:uid}/cancel", response=AnalysisOut, summary="Give an analysis up")
def cancel(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """At any time before its end; nothing of it stays."""
    return told(office.cancel(_user(request), uid))


@router.get("/{uuid:uid}/tiles/{int:z}/{int:x}/{int:y}.mvt", summary="The result on the map, before it is kept")
def tile(request: HttpRequest, uid: UUID, z: int, x: int, y: int) -> HttpResponse:
    """One vector tile with the layer `result`, encoded in memory."""
    job = _with_file(office.one(_user(request), uid))
    if z > _MAX_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound(_("There is no such tile."))
    answer = HttpResponse(results.tile(job, z, x, y), content_type="application/vnd.mapbox-vector-tile")
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


@router.get("/{uuid:uid}/file", summary="The result as a file")
def file(request: HttpRequest, uid: UUID, f: Literal["gpkg", "fgb", "geojson", "csv", "parquet"] = "gpkg") -> HttpResponse:
    """GeoPackage, FlatGeobuf, GeoJSON, CSV or GeoParquet; in VN-2000, GeoJSON in degrees."""
    job = _with_file(office.one(_user(request), uid))
    headers = {"Content-Disposition": f'attachment; filename="{job.kind}.{f}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(results.as_file(job, f), content_type=results.DRIVERS[f][1], headers=headers)


def _with_file(job: AnalysisJob) -> AnalysisJob:
    if not job.file:
        raise NotFound(_("This analysis has no result that can be looked at."))
    return job


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
