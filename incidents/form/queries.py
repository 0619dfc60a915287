"""What the form asks while somebody fills it in: what is here, was it reported already, tell me about that one."""

from typing import Any

import orjson
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from gis_core.access import scope_of
from gis_core.errors import BadParameter, NotFound
from incidents.intake import limits
from incidents.intake.duplicates import similar
from incidents.intake.locate import locate
from incidents.intake.reading import read_uid
from incidents.intake.report import Position
from incidents.intake.source import source_of
from incidents.models import Follow, Incident, IncidentCategory, Moderation, Photo
from incidents.photos.addresses import thumbnail
from incidents.rows import incidents

_MOST = 5
_BODY_BYTES = 2_000


@require_safe
def place(request: HttpRequest) -> HttpResponse:
    """The address and the commune over a position (lon, lat in degrees). The parcel is for the office alone."""
    found = locate([_position(request, "lon", "lat")])[0]
    return _private({"address": found.address, "unit": found.unit_name or None, "road": found.road or None})


@require_safe
def similar_reports(request: HttpRequest) -> HttpResponse:
    """Reports that the reader may see and that one of `category` at lon, lat may repeat, nearest first."""
    pin = _position(request, "lon", "lat", "category")
    category = IncidentCategory.objects.filter(pk=request.GET.get("category", "")[:40], is_active=True).first()
    if category is None:
        raise BadParameter(_("category must be the code of one of the categories of the form."), field="category")
    # Of a report that staff sees by work, too, only what was approved: the form is on a screen in the street.
    approved = Photo.objects.filter(kind=Photo.Kind.REPORT, state=Photo.State.READY, moderation=Moderation.APPROVED)
    rows = similar(pin, category, Incident.access.reach(scope_of(request.user))).prefetch_related(
        Prefetch("photos", approved, to_attr="shown")
    )[:_MOST]
    return _private({"reports": [_card(row) for row in rows]})


@csrf_exempt
@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """Follow a report instead of repeating it: {uid, incident}. Repeating the request does no harm.

    It needs no CSRF token: no session's power is used, and a page that a device kept offline has none.
    """
    given = _json(request)
    uid = read_uid(given.get("uid"), "uid")
    reach = Incident.access.reach(scope_of(request.user))
    key = given.get("incident")
    row = incidents(reach).filter(pk=key).first() if isinstance(key, int) and 0 < key < 1 << 62 else None
    if row is None:
        raise NotFound(_("There is no such report, or it is not open to you."), field="incident")
    source = source_of(_headers(request), request.META.get("REMOTE_ADDR", ""))
    if not Follow.objects.filter(pk=uid).exists():
        if refusal := limits.refusals([source])[0]:
            raise refusal
        Follow.objects.get_or_create(uid=uid, defaults={"incident": row, "device": source.device})
    return _private({"incident": row.pk})


def _card(row: Any) -> dict[str, Any]:
    """Enough to decide whether it is the same."""
    return {
        "id": row.pk,
        "title": row.title,
        "category": row.category.name,
        "status": row.get_status_display(),
        "closed": row.resolved_at is not None,
        "reported_at": row.reported_at,
        "distance_m": round(row.distance_m, 1),
        "photo": thumbnail(row.shown[0]) if row.shown and row.is_public else None,
    }


def _position(request: HttpRequest, *names: str) -> Position:
    if unknown := set(request.GET) - set(names):
        accepted = ", ".join(names)
        sentence = _("The parameter “%(name)s” is not known here; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"name": min(unknown)[:80], "accepted": accepted}, field=min(unknown)[:80])
    return Position(_degrees(request, "lon", 180), _degrees(request, "lat", 85))


def _degrees(request: HttpRequest, name: str, most: float) -> float:
    try:
        value = float(request.GET.get(name, ""))
    except ValueError:
        value = float("nan")
    if not abs(value) <= most:
        raise BadParameter(_("%(name)s must be degrees (WGS 84) from -%(most)g to %(most)g.") % {"name": name, "most": most}, field=name)
    return value


def _json(request: HttpRequest) -> dict[str, Any]:
    body = request.read(_BODY_BYTES + 1)
    try:
        given = orjson.loads(body) if len(body) <= _BODY_BYTES else None
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise BadParameter(_("The body must be a small JSON object."), field="body")
    return given


def _headers(request: HttpRequest) -> dict[bytes, bytes]:
    return {name.lower().encode(): value.encode("latin-1", "replace") for name, value in request.headers.items()}


def _private(content: dict[str, Any]) -> HttpResponse:
    return JsonResponse(content, headers={"Cache-Control": "private, no-store"})
