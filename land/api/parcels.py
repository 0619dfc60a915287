"""Reading parcels for editing: exact outlines on the VN-2000 plane, history, holders."""

from datetime import date
from typing import Any
from uuid import UUID

import shapely
from django.conf import settings
from django.contrib.gis.geos import Polygon as Box
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.params.functions import Query

from gis_core.access import scope_of
from gis_core.errors import BadParameter, NotFound
from gis_core.geometry import position_range
from gis_core.views.signed_in import SignedIn
from land import history, holders
from land.api.schemas import HoldersOut, ParcelHistory, ParcelOut, Purpose
from land.extract.content import extract_of
from land.extract.document import pdf
from land.layers import Parcels
from land.models import Parcel, ParcelChange
from land.rows import heads

router = Router()
PLANE = 5899
MOST = 500
DESK = SignedIn(holders.RULE.reach)
KEYS_OF = Query(None, description="The day whose keys and outlines are meant; today where left out")
AS_OF = Query(None, description="As it was on a day")


@router.get("", response=list[ParcelOut], summary="Parcels by their key, or in a box")
def find(
    request: HttpRequest,
    sheet: int | None = Query(None, ge=1, description="Map sheet"),
    number: int | None = Query(None, ge=1, description="Parcel number"),
    unit: str | None = Query(None, max_length=10, description="Code of the commune on the day `on`"),
    bbox: str | None = Query(None, description="West,south,east,north in VN-2000 (EPSG:5899), metres"),
    on: date | None = KEYS_OF,
) -> list[dict[str, Any]]:
    """Parcels that you may see. A key answers under the unit of its day: before the reform of 2025 under the old unit, sheet and number."""
    day = on or timezone.localdate()
    if bbox is None and sheet is None:
        raise BadParameter(_("Give a sheet, or a bbox."), field="sheet")
    rows = _rows(request, day)
    if sheet is not None:
        rows = rows.filter(history.key_on(day, unit, sheet, number))
    if bbox is not None:
        rows = rows.filter(geom__intersects=_box(bbox))
    return [parcel_out(row) for row in rows.order_by("sheet_no", "parcel_no", "pk")[:MOST]]


@router.get("/{uuid:uid}", response=ParcelOut, summary="One parcel")
def one(request: HttpRequest, response: HttpResponse, uid: UUID, on: date | None = AS_OF) -> dict[str, Any]:
    """Its newest version, or the one of a day. The ETag is the version that changes name as `seen`."""
    row = _rows(request, on).filter(uid=uid).first() if on else _heads(request).filter(uid=uid).first()
    if row is None:
        raise NotFound(_("There is no such parcel, or it is not open to you."))
    response["ETag"] = f'"{row.version}"'
    return parcel_out(row)


@router.get("/{uuid:uid}/history", response=ParcelHistory, summary="Versions, changes, parents and children")
def past(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """What happened to a parcel. Parents and children are named where you may see them."""
    row = _heads(request).filter(uid=uid).first()
    if row is None:
        raise NotFound(_("There is no such parcel, or it is not open to you."))
    scope = scope_of(request.user)
    return history.of(row, Parcels().reach(scope), ParcelChange.view_rule.reach(scope))


@router.get("/{uuid:uid}/holders", auth=DESK, response=HoldersOut, summary="Holders, certificates, restrictions (the reading is logged)")
def hands(request: HttpRequest, uid: UUID, purpose: Purpose) -> dict[str, Any]:
    """Personal data: for officers and approvers of the parcel's unit. Who read what, for what, is written down."""
    return holders.of_parcel(request.user, uid, purpose)  # type: ignore[arg-type]


@router.get("/{uuid:uid}/extract", response={200: bytes}, summary="Cadastral extract as PDF")
def paper(request: HttpRequest, uid: UUID, on: date | None = AS_OF) -> HttpResponse:
    """Drawing at a true scale, neighbours, corners with coordinates, lengths, areas, QR code. Holders are no part of it."""
    day = on or timezone.localdate()
    row = _rows(request, day).select_related("old_unit").filter(uid=uid).first()
    if row is None:
        raise NotFound(_("There is no such parcel, or it is not open to you."))
    extract = extract_of(row, Parcels().reach(scope_of(request.user)), day)
    page = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    content = pdf(extract, page + reverse("land:parcel", args=[uid]))
    name = f"trich-luc-{row.sheet_no}-{row.parcel_no}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def parcel_out(row: Parcel) -> dict[str, Any]:
    """A parcel as the API tells it; coordinates are the stored ones, digit by digit."""
    shape = shapely.from_wkb(bytes(row.geom.wkb))
    uses = [
        {"code": use.code_id, "area_m2": use.area_m2, "term_until": use.term_until, "origin": use.origin}
        for use in sorted(row.land_uses.all(), key=lambda use: (-use.area_m2, use.code_id))
    ]
    names = ("uid", "version", "sheet_no", "parcel_no", "old_sheet_no", "old_parcel_no", "geohash", "address", "status", "area_m2")
    values = {name: getattr(row, name) for name in (*names, "legal_area_m2", "valid_from", "valid_to")}
    unit = row.admin_unit.name if row.admin_unit else ""
    return {**values, "id": row.pk, "unit": unit, "land_uses": uses, "outline": shapely.geometry.mapping(shape)}


def _heads(request: HttpRequest) -> QuerySet[Any]:
    rows = heads(Parcels().reach(scope_of(request.user)))
    return rows.select_related("admin_unit").prefetch_related("land_uses")


def _rows(request: HttpRequest, day: date) -> QuerySet[Any]:
    layer = Parcels()
    return layer.rows(layer.reach(scope_of(request.user)), day).select_related("admin_unit").prefetch_related("land_uses")


def _box(text: str) -> Box:
    parts = text.split(",")
    try:
        west, south, east, north = map(float, parts)
    except ValueError:
        raise BadParameter(_("bbox takes four numbers: west,south,east,north in metres of VN-2000."), field="bbox") from None
    low, bottom, high, top = position_range(PLANE)
    if not (low <= west < east <= high and bottom <= south < north <= top):
        raise BadParameter(_("bbox takes four numbers: west,south,east,north in metres of VN-2000."), field="bbox")
    box = Box.from_bbox((west, south, east, north))
    box.srid = PLANE
    return box
