"""Plots of whole map sheets."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router
from ninja.params.functions import Path, Query

from gis_core.access import scope_of
from land.extract.map_plot import plot
from land.extract.map_sheet import sheet_of
from land.layers import Parcels

router = Router()
_NUMBER = Path(ge=1, le=100_000)
_ON = Query(None, description="The day whose keys and outlines are meant; today where left out")
_SCALE = Query(None, ge=100, le=50_000, description="Denominator; the largest usual scale that fits onto an A1 where left out")


@router.get("/{int:number}/plot", response={200: bytes}, summary="A map sheet as PDF at its scale")
def paper(
    request: HttpRequest,
    number: int = _NUMBER,
    unit: str = Query(max_length=10, description="Code of the commune on the day `on`"),
    on: date | None = _ON,
    scale: int | None = _SCALE,
) -> HttpResponse:
    """Frames with coordinates, grid crosses, every parcel with number, area and code, legend, title block. Holders are no part of it."""
    day = on or timezone.localdate()
    content = plot(sheet_of(Parcels().reach(scope_of(request.user)), number, unit, day, scale))
    headers = {"Content-Disposition": f'inline; filename="to-ban-do-{number}.pdf"', "Cache-Control": "private, no-cache"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
