"""Parcels as files."""

from datetime import date
from typing import Annotated, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router
from ninja.params.functions import Query

from gis_core.models import User
from land.exporting.office import Wanted, export

router = Router()
_ON = Query(None, description="As it was on a day; today where left out")
_PURPOSE = Query(
    None, min_length=3, max_length=60, description="XML alone: with holders, for officers and approvers; why they are read is written down"
)


@router.get("/{format}", response={200: bytes}, summary="Parcels as a file: gpkg, shp, geojson, geojson-wgs84, csv, corners, dxf, xml")
def download(
    request: HttpRequest,
    format: str,
    unit: Annotated[str | None, Query(max_length=10, description="Code of a unit, with everything below it")] = None,
    sheet: Annotated[int | None, Query(ge=1, description="A map sheet")] = None,
    on: date | None = _ON,
    purpose: str | None = _PURPOSE,
) -> HttpResponse:
    """The parcels that you may see. Coordinates are EPSG:5899 with all digits (geojson-wgs84: degrees with nine decimals)."""
    content, form = export(cast(User, request.user), Wanted(format, unit, sheet, on, purpose))
    place = "-".join(part for part in (unit, f"to{sheet}" if sheet else None) if part)
    name = f"thua-dat-{place or 'tat-ca'}-{(on or timezone.localdate()).isoformat()}.{form.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=form.media_type, headers=headers)
