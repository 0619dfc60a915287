"""`/api/alerts`: what is wrong now, and a person who says that it is being seen to."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.params.functions import Body, Query
from pydantic import ConfigDict, Field

from gis_core.access import Scope, scope_of
from gis_core.changes.clock import clock
from gis_core.changes.hub import hub, unready_after
from gis_core.errors import NotFound
from gis_core.models import AdminUnit, Jurisdiction, User
from layers.alerts.reading import alerts_for, may_answer, told
from layers.catalogue import catalogue
from layers.freshness import digest, matches
from layers.models.alert import Alert, AlertRule

router = Router(tags=["Alerts"])
MOST = 500
_BODY: Any = Body(...)
_HOURS: Any = Query(0, ge=0, le=24 * 31, description="Also those that were over, of so many hours; 0: the open ones")
_TABLES = [model._meta.db_table for model in (Alert, AlertRule, AdminUnit, User, Jurisdiction)]


class AcknowledgeIn(Schema):
    """Who says it is known from the session; what is done about it may be said."""

    model_config = ConfigDict(extra="forbid")
    note: str = Field("", max_length=300)


class AlertsOut(Schema):
    """Newest first. `may_answer`: whether the caller may acknowledge. `more`: how many older ones were left out."""

    alerts: list[dict[str, Any]]
    may_answer: bool
    more: int


@router.get("", response=AlertsOut, auth=None, summary="Alerts that you may know of, newest first")
def listed(request: HttpRequest, response: HttpResponse, hours: int = _HOURS) -> Any:
    """Visitors get those of open data. Answers are exact: 304 while nothing changed."""
    hub.catch_up()
    scope = scope_of(request.user)
    etag = _etag(scope, hours)
    vouches = not hub.running or hub.age < unready_after()
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    # A period moves on by itself; what is open does not.
    if vouches and not hours and matches(request.headers.get("If-None-Match", ""), etag):
        return HttpResponseNotModified(headers={"ETag": etag, "Cache-Control": "private, no-cache"})
    rows = alerts_for(scope).select_related("rule", "admin_unit", "acknowledged_by")
    open_ones = rows.filter(cleared_at__isnull=True)
    wanted = rows.filter(raised_at__gte=timezone.now() - timedelta(hours=hours)) | open_ones if hours else open_ones
    found = list(wanted.order_by("-raised_at", "-pk")[:MOST])
    more = wanted.count() - MOST if len(found) == MOST else 0
    return {"alerts": [told(alert) for alert in found], "may_answer": may_answer(scope), "more": more}


@router.post("/{uuid:uid}/acknowledge", response=dict[str, Any], summary="Say that somebody is seeing to an alert")
def acknowledge(request: HttpRequest, uid: UUID, asked: AcknowledgeIn = _BODY) -> dict[str, Any]:
    """For operators, dispatchers and leaders. The first one counts; said again, nothing changes."""
    scope = scope_of(request.user)
    with transaction.atomic():
        alert = alerts_for(scope).select_for_update(of=("self",)).filter(uid=uid).first()
        if alert is None:
            raise NotFound(_("There is nothing at this address, or it is not open to you."))
        if not may_answer(scope) or not isinstance(request.user, User):
            raise PermissionDenied
        if alert.acknowledged_at is None:
            alert.acknowledged_at, alert.acknowledged_by, alert.note = timezone.now(), request.user, asked.note.strip()
            alert.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
    return told(Alert.objects.select_related("rule", "admin_unit", "acknowledged_by").get(pk=alert.pk))


def _etag(scope: Scope, hours: int) -> str:
    stamps = [str(clock.stamp(table)) for table in _TABLES]
    parts = (scope.key, str(scope.read_only), str(hours), get_language() or "", str(catalogue.generation), *stamps)
    return f'W/"{digest(parts)}"'
