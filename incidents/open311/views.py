"""The resources of GeoReport v2 under `/open311/v2/`."""

from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from gis_core.errors import BadParameter, NotFound
from incidents.models import IncidentCategory, IncidentStep, Moderation, Photo
from incidents.notify.payload import absolute
from incidents.open311 import content
from incidents.open311.asking import MOST, filtered, key_of, speaks
from incidents.open311.posting import post, receipt_out
from incidents.open311.rendering import Format, answer
from incidents.public.view import by_code
from incidents.rows import PUBLIC, incidents


@speaks("GET", "HEAD")
def discovery(request: HttpRequest, kind: Format) -> HttpResponse:
    """Where the service is, in which formats, and whom to ask for a key."""
    endpoint: dict[str, Any] = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": request.build_absolute_uri(reverse("open311:root")).rstrip("/") if not settings.PUBLIC_URL else absolute("/open311/v2"),
        "changeset": settings.OPEN311_CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    told = {
        "changeset": settings.OPEN311_CHANGESET,
        "contact": settings.OPEN311_CONTACT,
        "key_service": settings.OPEN311_CONTACT,
        "endpoints": [endpoint],
    }
    return answer(kind, "discovery", told)


@speaks("GET", "HEAD")
def services(request: HttpRequest, kind: Format) -> HttpResponse:
    """What can be reported."""
    return answer(kind, "services", content.services())


@speaks("GET", "HEAD")
def service(request: HttpRequest, kind: Format, code: str) -> HttpResponse:
    """The attributes of one service. Raises NotFound."""
    category = IncidentCategory.objects.prefetch_related("questions").filter(code=code, is_active=True).first()
    if category is None:
        raise NotFound(_("There is no service “%(code)s”.") % {"code": code[:40]}, field="service_code")
    return answer(kind, "service_definition", content.definition(category))


@csrf_exempt  # applications, not pages: the api_key is the proof
@speaks("GET", "HEAD", "POST")
def requests(request: HttpRequest, kind: Format) -> HttpResponse:
    """Read public requests, or post one."""
    if request.method == "POST":
        receipt = post(request, key_of(request.POST))
        told = receipt_out(receipt, is_public=incidents(PUBLIC).filter(pk=receipt.incident_id).exists())
        return answer(kind, "service_requests", [told], 201 if receipt.created else 200)
    shown = Prefetch("photos", Photo.objects.filter(state=Photo.State.READY, moderation=Moderation.APPROVED), to_attr="shown")
    steps = Prefetch("steps", IncidentStep.objects.prefetch_related("photos"))
    rows = incidents(PUBLIC).select_related("category", "handling_unit", "duplicate_of").prefetch_related(shown, steps)
    found = filtered(rows, request.GET).order_by("-reported_at", "-pk")[:MOST]
    extended = _extended(request)
    return answer(kind, "service_requests", [content.request(row, extended=extended) for row in found])


@speaks("GET", "HEAD")
def one(request: HttpRequest, kind: Format, code: str) -> HttpResponse:
    """One request. Raises NotFound."""
    incident = by_code(code.upper())
    if incident is None:
        raise NotFound(_("There is no request “%(code)s”.") % {"code": code[:20]}, field="service_request_id")
    return answer(kind, "service_requests", [content.request(incident, extended=_extended(request))])


@speaks("GET", "HEAD")
def token(request: HttpRequest, kind: Format, code: str) -> HttpResponse:
    """From a token to a request: requests have their id at once here, so the token is the id. Raises NotFound."""
    incident = by_code(code.upper())
    if incident is None:
        raise NotFound(_("There is no token “%(code)s”.") % {"code": code[:20]}, field="token")
    return answer(kind, "service_requests", [{"service_request_id": incident.tracking_code, "token": incident.tracking_code}])


def _extended(request: HttpRequest) -> bool:
    value = request.GET.get("extensions", "false").lower()
    if value not in ("true", "false"):
        raise BadParameter(_("extensions must be true or false."), field="extensions")
    return value == "true"


def root(request: HttpRequest) -> HttpResponse:
    """Whoever opens the bare address is told where to begin."""
    return discovery(request, kind="json")
