"""What the dispatch board reads: list, numbers, clusters, one incident, units near it, statistics, exports."""

from typing import Any, Literal

from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.params.functions import Query

from gis_core.errors import NotFound
from incidents.api.caller import reach_of, user_of
from incidents.api.schemas import Detail, NearUnit, Page
from incidents.board import listing, units
from incidents.board.clusters import clusters
from incidents.board.detail import detail_out
from incidents.board.exports import export, statistics_sheet
from incidents.board.filters import BoardFilter
from incidents.board.statistics import COLUMNS, By, statistics, total
from incidents.models import Incident, IncidentStep
from incidents.rows import incidents

router = Router()
Filters: Any = Query(...)


@router.get("", response=Page, summary="The list, a page at a time")
def list_page(
    request: HttpRequest,
    filters: BoardFilter = Filters,
    order: listing.Order = "newest",
    cursor: str = Query("", max_length=200),
    limit: int = Query(50, ge=1, le=200),
) -> dict[str, Any]:
    """The incidents that you work with. `order=due` lists those with a deadline, the nearest first."""
    rows = filters.of(incidents(reach_of(request)))
    found, following = listing.page(rows, order, cursor, limit)
    now = timezone.now()
    body: dict[str, Any] = {"items": [listing.row_out(incident, now) for incident in found], "next": following}
    if not cursor:
        body |= {"counts": listing.counts(rows), "tile_filter": filters.cql()}
    return body


@router.get("/clusters", response=dict[str, Any], summary="Clusters for a map or a heat map")
def cluster_map(
    request: HttpRequest,
    filters: BoardFilter = Filters,
    zoom: int = Query(ge=0, le=22),
    pixels: int = Query(64, ge=4, le=256, description="Width of a square on the screen"),
) -> dict[str, Any]:
    """Exact sums in squares of the screen, as GeoJSON."""
    return clusters(filters.of(incidents(reach_of(request))), zoom, pixels)


@router.get("/statistics", response=dict[str, Any], summary="Sums by unit, category, area or period")
def sums(request: HttpRequest, filters: BoardFilter = Filters, by: By = "unit", format: Literal["json", "csv", "xlsx"] = "json") -> Any:
    """On time, late, overdue, reopened, rejected, and the median of the hours that the work took."""
    rows = filters.of(incidents(reach_of(request)))
    lines = statistics(rows, by)
    if format != "json":
        return statistics_sheet(lines, by, format)
    return {"by": by, "columns": COLUMNS, "lines": lines, "total": total(rows)}


@router.get("/export", response={200: bytes}, summary="All incidents of a filter as CSV, Excel or GeoJSON")
def export_file(request: HttpRequest, filters: BoardFilter = Filters, format: Literal["csv", "xlsx", "geojson"] = "csv") -> FileResponse:
    """At most 250,000; nothing about reporters is in it."""
    return export(filters.of(incidents(reach_of(request))), format)


@router.get("/{code}", response=Detail, summary="One incident")
def one(request: HttpRequest, response: HttpResponse, code: str) -> dict[str, Any]:
    """With its steps, its photos and the steps that you may take."""
    incident = one_of(request, code)
    response["ETag"] = f'"{incident.version}"'
    return detail_out(incident, user_of(request))


@router.get("/{code}/nearest-units", response=list[NearUnit], summary="Handling units near an incident, free ones first")
def near_units(request: HttpRequest, code: str) -> list[dict[str, Any]]:
    """By distance from their base."""
    return units.nearest(one_of(request, code).geom)


def one_of(request: HttpRequest, code: str) -> Incident:
    """An incident of the caller's work. Raises NotFound."""
    steps = Prefetch("steps", IncidentStep.objects.select_related("actor", "unit").prefetch_related("photos"))
    rows = incidents(reach_of(request)).select_related("handling_unit", "admin_unit", "category", "duplicate_of", "reporter")
    incident = rows.prefetch_related(steps, "photos").filter(tracking_code=code).first()
    if incident is None:
        raise NotFound(_("There is no such incident, or it is not open to you."))
    return incident
