"""One incident as the office sees it."""

from typing import Any

from django.utils import timezone

from gis_core.models import User
from incidents.board.listing import row_out
from incidents.models import Incident, IncidentStep, Photo
from incidents.notify.payload import tracking_url
from incidents.photos import addresses
from incidents.workflow.steps import hands_of
from incidents.workflow.table import BY_VERB, offered


def detail_out(incident: Incident, reader: User) -> dict[str, Any]:
    """Everything but the reporter, whose data have a door of their own."""
    names = ("description", "road", "accuracy_m", "flags", "paused_s")
    steps = offered(incident.status, hands_of(reader, incident), paused=incident.paused_at is not None)
    original = incident.duplicate_of
    return {
        **row_out(incident, timezone.now()),
        **{name: getattr(incident, name) for name in names},
        "duplicate_of": original.tracking_code if original else None,
        "duplicates": incident.duplicates.count(),
        "has_contact": hasattr(incident, "reporter") and bool(incident.reporter.phone or incident.reporter.email or incident.reporter.name),
        "photo_list": [photo_out(photo) for photo in incident.photos.all()],
        "steps": [step_out(step) for step in incident.steps.all()],
        "offered": [{"verb": step.verb, "title": str(step.title), "needs": list(step.needs)} for step in steps],
        "tracking_url": tracking_url(incident),
    }


def step_out(step: IncidentStep) -> dict[str, Any]:
    """A step with whoever took it."""
    names = ("at", "verb", "before", "after", "hand", "note", "public_note", "is_moderated")
    known = BY_VERB.get(step.verb)
    return {
        **{name: getattr(step, name) for name in names},
        "title": str(known.title) if known else step.verb,
        "actor": (step.actor.get_full_name() or step.actor.username) if step.actor else None,
        "unit": step.unit.name if step.unit else None,
        "photos": [photo.uid for photo in step.photos.all()],
    }


def photo_out(photo: Photo) -> dict[str, Any]:
    """A photo with the addresses of its pictures, where they are drawn already."""
    names = ("uid", "kind", "state", "moderation", "flags")
    return {**{name: getattr(photo, name) for name in names}, "url": addresses.picture(photo), "thumbnail": addresses.thumbnail(photo)}
