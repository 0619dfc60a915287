"""What is told: services, their attributes, requests. A request shows what the public page shows and no more."""

from typing import Any

from django.db.models import Exists, OuterRef

from incidents.models import CategoryAttribute, Incident, IncidentCategory
from incidents.notify.payload import absolute
from incidents.public.view import answer_of, log_of, photos_of
from incidents.workflow.table import OPEN


def services() -> list[dict[str, Any]]:
    """The categories that are offered."""
    asked = Exists(CategoryAttribute.objects.filter(category=OuterRef("pk")))
    return [_service(category) for category in IncidentCategory.objects.filter(is_active=True).annotate(has_questions=asked)]


def definition(category: IncidentCategory) -> dict[str, Any]:
    """The questions of a category."""
    attributes = []
    for order, question in enumerate(category.questions.all(), start=1):
        attribute: dict[str, Any] = {
            "variable": question.is_asked,
            "code": question.code,
            "datatype": question.kind,
            "required": question.required,
            "datatype_description": question.hint,
            "order": order,
            "description": question.question,
        }
        if question.choices():
            attribute["values"] = [{"key": key, "name": words} for key, words in question.choices().items()]
        attributes.append(attribute)
    return {"service_code": category.code, "attributes": attributes}


def request(incident: Incident, *, extended: bool) -> dict[str, Any]:
    """A request. Of what is not public only state and answers are told, to whoever has its unguessable id."""
    shown = incident.is_public
    photos = photos_of(incident)
    unit = incident.handling_unit
    told: dict[str, Any] = {
        "service_request_id": incident.tracking_code,
        "status": "open" if incident.status in OPEN else "closed",
        "status_notes": answer_of(incident),
        "service_name": incident.category.name,
        "service_code": incident.category_id,
        "description": (incident.description or incident.title) if shown else "",
        "agency_responsible": unit.name if unit else "",
        "service_notice": "",
        "requested_datetime": incident.reported_at,
        "updated_datetime": incident.updated_at,
        "expected_datetime": incident.due_at,
        "address": incident.address if shown else "",
        "address_id": "",
        "zipcode": "",
        "lat": round(incident.geom.y, 6) if shown else None,
        "long": round(incident.geom.x, 6) if shown else None,
        "media_url": absolute(photos[0]["url"]) if photos else "",
    }
    if extended:
        told["extended_attributes"] = _extended(incident, photos)
    return told


def _extended(incident: Incident, photos: list[dict[str, str]]) -> dict[str, Any]:
    """Our own: all photos, the fine states, the public log."""
    history = [{"datetime": entry.at, "status": entry.status, "notes": entry.note} for entry in log_of(incident)]
    original = incident.duplicate_of
    return {
        "detailed_status": incident.status,
        "title": incident.title if incident.is_public else "",
        "severity": incident.severity,
        "media_urls": [absolute(photo["url"]) for photo in photos],
        "duplicate_of": original.tracking_code if original and original.is_public else "",
        "status_history": history,
    }


def _service(category: Any) -> dict[str, Any]:
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": category.name if not category.group else f"{category.group}: {category.name}",
        "metadata": category.has_questions,
        "type": "realtime",
        "keywords": category.group,
        "group": category.group,
    }
