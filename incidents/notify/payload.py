"""What other systems are told: states and answers, never a person. Of what is not public, not even its words or its place."""

from typing import Any

import orjson
from django.conf import settings
from django.urls import reverse

from incidents.models import Incident, Notice
from incidents.notify import alerts


def payload(notice: Notice) -> bytes:
    """The message as standardwebhooks.com shapes it: type, timestamp, data. The same bytes at each attempt."""
    if notice.alert is not None:
        return orjson.dumps(alerts.payload(notice), option=orjson.OPT_UTC_Z)
    incident, step = notice.incident, notice.step
    assert incident is not None
    data: dict[str, Any] = {
        "service_request_id": incident.tracking_code,
        "service_code": incident.category_id,
        "severity": incident.severity,
        "is_public": incident.is_public,
        "url": tracking_url(incident),
    }
    if step is None:
        data |= {"status": Incident.Status.NEW}
    else:
        note = step.public_note if step.is_moderated else ""
        data |= {"step": step.verb, "before": step.before, "status": step.after, "version": step.version, "note": note}
        data["unit"] = step.unit.code if step.unit else None
    if incident.is_public:
        data |= {"title": incident.title, "lon": round(incident.geom.x, 7), "lat": round(incident.geom.y, 7)}
    at = step.at if step else notice.created_at
    kind = "incident.step" if step else "incident.opened"
    return orjson.dumps({"type": kind, "timestamp": at, "data": data}, option=orjson.OPT_UTC_Z)


def tracking_url(incident: Incident, query: str = "") -> str:
    """The address of the tracking page, as somebody outside opens it."""
    return absolute(reverse("incidents:tracking", args=[incident.tracking_code])) + query


def absolute(path: str) -> str:
    """A path of ours with PUBLIC_URL before it."""
    return f"{settings.PUBLIC_URL}{path}"
