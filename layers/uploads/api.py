"""`/api/uploads/`: files brought by analysts, and the layers that came of them."""

from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from ninja.files import UploadedFile
from ninja.params.functions import File, Form, Query
from pydantic import ConfigDict, Field

from gis_core.errors import BadParameter
from gis_core.importing.faults import FileFault, checked_srid
from gis_core.importing.messages import Script
from gis_core.models import User
from gis_core.views.signed_in import SignedIn
from layers.imports.looks import MAX_BREAKS, Kind, Method
from layers.imports.request import Family, Mode
from layers.uploads import keeping, office, rasters
from layers.uploads.asked import Answers, Plan
from layers.uploads.rules import bringing, layer_of, layers_of, visible
from layers.uploads.shown import described, told

router = Router(auth=SignedIn(bringing), tags=["Uploads"])
MOST = 100
_FILE = File(description="GeoPackage, Shapefile (zip), GeoJSON, FlatGeobuf, GeoParquet, KML, GPX, DXF, CSV, Excel (.xlsx), GeoTIFF")
_CRS = Form("", max_length=20, description="EPSG:5899 and the like, where the file does not say it or says it wrong")
_SCRIPT = Form("auto", description="How texts are written: auto, utf8, tcvn3, vni, cp1258")


class UploadOut(Schema):
    """An upload and how far it is."""

    uid: UUID
    name: str
    size: int
    kind: str
    state: str
    state_text: str
    busy: bool
    over: bool
    step: str
    done: int
    total: int
    asked: dict[str, Any]
    plan: dict[str, Any]
    question: dict[str, Any] | None = Field(description="What the file does not say: code, text, params")
    report: dict[str, Any] | None = Field(description="What was found: columns, rows, faults, sample, shapes (GeoJSON), remarks")
    failure: str
    layer: str | None
    created_at: datetime


class AnswersIn(Schema):
    """Answers to what a file does not say; what is left out is guessed."""

    model_config = ConfigDict(extra="forbid")

    crs: str = Field("", max_length=20)
    layer: str | None = Field(None, max_length=200)
    family: Family | None = None
    east: str | None = Field(None, max_length=200)
    north: str | None = Field(None, max_length=200)
    encoding: str | None = Field(None, max_length=40)
    script: Script = "auto"

    def answers(self) -> Answers:
        """As the jobs read them. Raises BadParameter."""
        if bool(self.east) != bool(self.north):
            raise BadParameter(_("east and north belong together: two columns of the table."), field="east")
        return Answers(_srid(self.crs), self.layer, self.family, self.east, self.north, self.encoding, self.script)


class PlanIn(Schema):
    """What is to become of the file."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field("", max_length=200)
    mode: Mode = "create"
    target: str = Field("", max_length=40)
    key: str = Field("", max_length=200)
    public: bool = False
    leave_out: bool = False
    repair: bool = True
    taken: date | None = Field(None, description="Of a raster: the day on which it was taken, for mosaics by date")
    unit: str = Field("", max_length=12, description="Of a raster: what its values are measured in")

    def plan(self) -> Plan:
        """As the jobs read it. Raises BadParameter."""
        if self.taken is not None and rasters.day_of(self.taken.isoformat()) is None:
            raise BadParameter(_("taken: a day from 1900 until today."), field="taken")
        return Plan(**{**self.dict(), "taken": self.taken.isoformat() if self.taken else ""})


class LookIn(Schema):
    """How a layer is drawn from now on, and which attribute names its features."""

    model_config = ConfigDict(extra="forbid")

    look: dict[str, Any] | None = None
    label: str | None = Field(None, max_length=63)


class SharingIn(Schema):
    """Title and access."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(None, min_length=1, max_length=200)
    public: bool | None = None
    units: list[int] | None = Field(None, max_length=200, description="Of a raster: ids of the units whose staff see it")


@router.post("", response={201: UploadOut}, summary="Bring a file; it is examined in the background")
def bring(request: HttpRequest, file: UploadedFile = _FILE, crs: str = _CRS, script: Script = _SCRIPT) -> Status[dict[str, Any]]:
    """For analysts. Nothing is written before the confirmation."""
    return Status(201, told(office.bring(_user(request), file, Answers(_srid(crs), script=script))))


@router.get("", response=list[UploadOut], summary="Your uploads, newest first")
def listed(request: HttpRequest) -> list[dict[str, Any]]:
    """At most 100."""
    return [{**told(job), "report": None} for job in visible(_user(request))[:MOST]]


@router.get("/{uuid:uid}", response=UploadOut, summary="One upload and how far it is")
def one(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """Your own."""
    return told(office.one(_user(request), uid))


@router.get("/{uuid:uid}/preview", summary="A picture of an examined raster (WebP)", response={200: None})
def preview(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Your own."""
    headers = {"Cache-Control": "private, no-cache"}
    return HttpResponse(rasters.preview(office.one(_user(request), uid)), content_type="image/webp", headers=headers)


@router.post("/{uuid:uid}/answers", response=UploadOut, summary="Examine the file again with other answers")
def answer(request: HttpRequest, uid: UUID, asked: AnswersIn) -> dict[str, Any]:
    """As long as it is not confirmed."""
    return told(office.answer(_user(request), uid, asked.answers()))


@router.post("/{uuid:uid}/confirm", response=UploadOut, summary="Have the layer written: new, replaced, added to, or renewed by key")
def confirm(request: HttpRequest, uid: UUID, asked: PlanIn) -> dict[str, Any]:
    """In one transaction; then it is at once in every service."""
    return told(office.confirm(_user(request), uid, asked.plan()))


@router.post("/{uuid:uid}/cancel", response=UploadOut, summary="Give an upload up")
def cancel(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """At any time before its end; nothing of it stays."""
    return told(office.cancel(_user(request), uid))


@router.get("/layers", response=list[dict[str, Any]], summary="The uploaded layers that you may change")
def layers(request: HttpRequest) -> list[dict[str, Any]]:
    """The own ones; administrators see all."""
    return [described(layer) for layer in layers_of(_user(request))[:MOST]]


@router.get("/layers/{name}", response=dict[str, Any], summary="One of them, with columns, look and versions")
def layer(request: HttpRequest, name: str) -> dict[str, Any]:
    """See the list."""
    return described(layer_of(_user(request), name))


@router.get("/layers/{name}/looks/{kind}", response=dict[str, Any], summary="A look proposed from the data")
def proposed(
    request: HttpRequest,
    name: str,
    kind: Kind,
    field: str = Query("", max_length=63),
    count: int = Query(5, ge=2, le=MAX_BREAKS),
    method: Method = "quantile",
    ramp: Literal["blue", "green", "orange", "purple", "grey"] = "blue",
) -> dict[str, Any]:
    """`count` classes by `method`, in the colours of `ramp`."""
    return keeping.proposed(_user(request), name, kind, field, count, method, ramp)


@router.put("/layers/{name}/look", response=dict[str, Any], summary="Draw the layer so, in every service")
def look(request: HttpRequest, name: str, asked: LookIn) -> dict[str, Any]:
    """One colour, a colour a value (categorised), a colour an interval (graduated), or heat."""
    return described(keeping.draw(_user(request), name, asked.look, asked.label))


@router.patch("/layers/{name}", response=dict[str, Any], summary="Title and access of a layer")
def share(request: HttpRequest, name: str, asked: SharingIn) -> dict[str, Any]:
    """Only administrators open a layer to everybody."""
    return described(keeping.share(_user(request), name, asked.title, asked.public, asked.units))


@router.post("/layers/{name}/versions/{number}/restore", response={202: UploadOut}, summary="Bring a former version back")
def restore(request: HttpRequest, name: str, number: int) -> Status[dict[str, Any]]:
    """In the background. It becomes the newest; the present one is kept."""
    return Status(202, told(keeping.restore(_user(request), name, number)))


@router.delete("/layers/{name}", response={202: UploadOut}, summary="Remove a layer with its rows and versions")
def remove(request: HttpRequest, name: str) -> Status[dict[str, Any]]:
    """In the background; then it is gone from every service."""
    return Status(202, told(keeping.remove(_user(request), name)))


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _srid(text: str) -> int | None:
    try:
        return checked_srid(text) if text else None
    except FileFault as error:
        raise BadParameter(str(error), field="crs") from None
