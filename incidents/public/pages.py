"""The tracking page, the map of public incidents, the open data."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson
from django.db.models import Count, Min
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from gis_core.errors import NotFound
from incidents.board.exports import csv_bytes
from incidents.models import Incident
from incidents.public.view import by_code, log_of, photos_of
from incidents.rows import PUBLIC, incidents
from incidents.workflow.steps import REPORTER, is_reporter
from incidents.workflow.table import offered
from layers.page import page_data

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_COLUMNS = ("code", "category", "title", "status", "severity", "reported_at", "resolved_at", "area", "area_code", "lon", "lat")


@require_safe
@ensure_csrf_cookie
def tracking(request: HttpRequest, code: str) -> HttpResponse:
    """`/incidents/<code>/`: how far the work is. Raises NotFound."""
    incident = by_code(code.upper())
    if incident is None:
        raise NotFound(_("There is no report with this code. Check it letter by letter."))
    key = request.GET.get("key", "")
    own = bool(key) and is_reporter(incident, key)
    steps = offered(incident.status, REPORTER, paused=incident.paused_at is not None) if own else []
    context: dict[str, Any] = {
        "incident": incident,
        "open_to_reader": incident.is_public or own,
        "log": log_of(incident),
        "photos": photos_of(incident),
        "own": own,
        "key": key if own else "",
        "verbs": {step.verb for step in steps},
        "original": incident.duplicate_of if incident.duplicate_of and incident.duplicate_of.is_public else None,
    }
    if context["open_to_reader"]:
        context["page"] = page_data(request) | {"incident": {"lon": incident.geom.x, "lat": incident.geom.y, "public": incident.is_public}}
    response = render(request, "incidents/tracking.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def by_key(request: HttpRequest, pk: int) -> HttpResponse:
    """`/incidents/at/<id>/`: from a feature on the map to its page. Raises NotFound for what is not public."""
    code = incidents(PUBLIC).filter(pk=pk).values_list("tracking_code", flat=True).first()
    if code is None:
        raise NotFound(_("There is no such incident, or it is not open to you."))
    return redirect("incidents:tracking", code)


@require_safe
def public_map(request: HttpRequest) -> HttpResponse:
    """`/incidents/map/`: what is public, by category and state."""
    data = page_data(request)
    data["layers"] = [entry for entry in data["layers"] if entry["name"] in ("incidents", "admin_units", "roads", "water")]
    totals = incidents(PUBLIC).order_by().values("status").annotate(n=Count("pk"))
    return _page(request, "incidents/map.html", {"page": data, "totals": {line["status"]: line["n"] for line in totals}})


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """`/incidents/open-data/`: the months that there are."""
    months = (
        incidents(PUBLIC).order_by().annotate(month=TruncMonth("reported_at")).values("month").annotate(n=Count("pk")).order_by("-month")
    )
    first = incidents(PUBLIC).aggregate(first=Min("reported_at"))["first"]
    return _page(request, "incidents/open_data.html", {"months": months, "first": first, "columns": _COLUMNS})


@require_safe
def export(request: HttpRequest, month: str, suffix: str) -> HttpResponse:
    """`/incidents/open-data/2026-11.csv` or `.geojson`: public incidents reported in a month. Raises NotFound."""
    if not _MONTH.fullmatch(month) or suffix not in ("csv", "geojson"):
        raise NotFound(_("Open data are named by month: 2026-11.csv or 2026-11.geojson."))
    year, number = map(int, month.split("-"))
    begin, end = _midnight(date(year, number, 1)), _midnight((date(year, number, 28) + timedelta(days=4)).replace(day=1))
    rows = incidents(PUBLIC).filter(reported_at__gte=begin, reported_at__lt=end).select_related("category", "admin_unit").order_by("pk")
    lines = [_line(row) for row in rows]
    if suffix == "csv":
        body, kind = csv_bytes([_COLUMNS, *lines]), "text/csv; charset=utf-8"
    else:
        body, kind = orjson.dumps({"type": "FeatureCollection", "features": [_feature(line) for line in lines]}), "application/geo+json"
    headers = {"Content-Disposition": f'attachment; filename="phan-anh-{month}.{suffix}"', "Cache-Control": "no-cache"}
    return HttpResponse(body, content_type=kind, headers=headers)


def _line(row: Incident) -> list[Any]:
    """The place to about a metre: enough for a street, too little for a bed."""
    unit = row.admin_unit
    times = [timezone.localtime(at).isoformat(timespec="minutes") if at else "" for at in (row.reported_at, row.resolved_at)]
    where = [unit.name if unit else "", unit.code if unit else "", round(row.geom.x, 5), round(row.geom.y, 5)]
    return [row.tracking_code, row.category.name, row.title, row.status, row.severity, *times, *where]


def _feature(line: list[Any]) -> dict[str, Any]:
    *values, lon, lat = line
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": dict(zip(_COLUMNS, values, strict=False))}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
