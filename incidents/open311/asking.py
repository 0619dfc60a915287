"""What a request names: formats, jurisdiction, key, filters."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, NotFound, ServiceError, problem_of
from gis_core.http_errors import log
from incidents.models import Incident, Open311Key
from incidents.open311.rendering import Format, failure
from incidents.workflow.table import CLOSED, OPEN

MOST = 1_000
SPAN = timedelta(days=90)
"""What GET requests tells where no dates are named, and the longest span between two."""


class Forbidden(ServiceError):
    """No api_key, or none that is valid (GeoReport v2: 403)."""

    status = 403  # type: ignore[assignment]
    code = "api-key"


View = Callable[..., HttpResponse]


def speaks(*methods: str) -> Callable[[View], View]:
    """A view of GeoReport v2: its failures in the asked format, its methods, the jurisdiction."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, kind: Format, **rest: Any) -> HttpResponse:
            if request.method == "OPTIONS":
                return _preflight(methods)
            if request.method not in methods:
                response = failure(kind, 405, _("Possible here: %(methods)s.") % {"methods": ", ".join(methods)}, 405)
                response["Allow"] = ", ".join(methods)
                return response
            try:
                _check_jurisdiction(request.POST if request.method == "POST" else request.GET)
                response = view(request, kind, **rest)
            except Exception as error:  # noqa: BLE001  every failure is told in the format of the standard
                response = _failed(request, kind, error)
            patch_vary_headers(response, ("Accept-Language",))
            return response

        return answered

    return decorate


def key_of(values: QueryDict) -> Open311Key:
    """The application that asks. Raises Forbidden."""
    key = Open311Key.objects.presented(values.get("api_key", ""))
    if key is None:
        raise Forbidden(_("api_key is missing or not valid."), field="api_key")
    return key


def filtered(rows: Any, asked: QueryDict) -> Any:
    """Requests by id, service, dates and status (GeoReport v2, GET service requests), newest first. Raises BadParameter."""
    if ids := _list(asked, "service_request_id"):
        return rows.filter(tracking_code__in=[one.upper() for one in ids])
    if codes := _list(asked, "service_code"):
        rows = rows.filter(category__in=codes)
    if statuses := _list(asked, "status"):
        rows = rows.filter(status__in=_statuses(statuses))
    begin, end = _span(asked)
    return rows.filter(reported_at__gte=begin, reported_at__lte=end)


def _statuses(names: list[str]) -> set[str]:
    groups = {"open": OPEN, "closed": CLOSED}
    if unknown := set(names) - {*groups, *Incident.Status.values}:
        sentence = _("status knows no value “%(value)s”; accepted are: open, closed.")
        raise BadParameter(sentence % {"value": min(unknown)[:20]}, field="status")
    return set().union(*(groups.get(name, {name}) for name in names))


def _span(asked: QueryDict) -> tuple[datetime, datetime]:
    begin, end = _moment(asked, "start_date"), _moment(asked, "end_date")
    end = end or (begin + SPAN if begin else timezone.now())
    begin = begin or end - SPAN
    if end < begin:
        raise BadParameter(_("end_date lies before start_date."), field="end_date")
    if end - begin > SPAN + timedelta(days=1):
        raise BadParameter(_("start_date and end_date may lie at most 90 days apart."), field="start_date")
    return begin, end


def _moment(asked: QueryDict, name: str) -> datetime | None:
    text = asked.get(name, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except (ValueError, OverflowError):
        sentence = _("%(field)s: write a time as W3C has it, 2026-11-01T00:00:00+07:00.")
        raise BadParameter(sentence % {"field": name}, field=name) from None


def _list(asked: QueryDict, name: str) -> list[str]:
    parts = [part.strip() for part in asked.get(name, "").split(",") if part.strip()]
    if len(parts) > 100:
        raise BadParameter(_("A list has at most %(limit)d values.") % {"limit": 100}, field=name)
    return parts


def _check_jurisdiction(values: QueryDict) -> None:
    """There is one; it need not be named (GeoReport v2: 404 for another)."""
    named = values.get("jurisdiction_id", "")
    if named and named != settings.OPEN311_JURISDICTION:
        raise NotFound(
            _("jurisdiction_id is not known here; it is %(own)s.") % {"own": settings.OPEN311_JURISDICTION}, field="jurisdiction_id"
        )


def _failed(request: HttpRequest, kind: Format, error: Exception) -> HttpResponse:
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    response = failure(kind, problem.status, problem.detail, problem.status)
    for name, value in problem.headers:
        response[name] = value
    return response


def _preflight(methods: tuple[str, ...]) -> HttpResponse:
    """Applications in a browser ask first (CORS)."""
    allowed = ", ".join((*methods, "OPTIONS"))
    headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": allowed, "Access-Control-Allow-Headers": "Content-Type"}
    return HttpResponse(status=204, headers=headers)
