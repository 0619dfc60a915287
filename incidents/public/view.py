"""An incident as the public sees it: one place decides what is shown of it, for the tracking page, Open311 and open data."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from incidents.models import Incident, IncidentStep, Moderation, Photo
from incidents.photos import addresses
from incidents.rows import EVERYBODY, incidents

_CODE = re.compile(r"[0-9A-Z]{4,20}")


@dataclass(frozen=True)
class Entry:
    """A line of the public log: a change of state, or a note."""

    at: datetime
    status: str
    title: str
    note: str
    by_reporter: bool
    photos: tuple[dict[str, str], ...]


def by_code(code: str) -> Incident | None:
    """The incident with a tracking code. Whoever has the code may know how far the work is; `is_public` opens the rest."""
    if not _CODE.fullmatch(code):
        return None
    steps = Prefetch("steps", IncidentStep.objects.prefetch_related("photos"))
    photos = Prefetch("photos", Photo.objects.filter(state=Photo.State.READY, moderation=Moderation.APPROVED), to_attr="shown")
    rows: QuerySet[Incident] = incidents(EVERYBODY).select_related("category", "admin_unit", "handling_unit", "duplicate_of")
    return rows.prefetch_related(steps, photos).filter(tracking_code=code).first()


def log_of(incident: Incident) -> list[Entry]:
    """Changes of state and moderated notes, oldest first; the office's own notes and people stay inside."""
    entries = [Entry(incident.reported_at, Incident.Status.NEW, str(Incident.Status.NEW.label), "", True, ())]
    for step in incident.steps.all():
        note = step.public_note if step.is_moderated else ""
        if step.before == step.after and not note:
            continue
        photos = tuple(photo_of(photo) for photo in step.photos.all() if incident.is_public and _is_shown(photo))
        entries.append(Entry(step.at, step.after, step.get_after_display(), note, step.hand == "reporter", photos))
    return entries


def answer_of(incident: Incident) -> str:
    """The last moderated note of staff: what Open311 calls status notes."""
    notes = [step.public_note for step in incident.steps.all() if step.public_note and step.is_moderated and step.hand != "reporter"]
    return notes[-1] if notes else ""


def photos_of(incident: Incident) -> list[dict[str, str]]:
    """Approved photos that came with a public report; those of the work stand in the log with their step."""
    shown: list[Photo] = getattr(incident, "shown", [])
    return [photo_of(photo) for photo in shown if photo.kind == Photo.Kind.REPORT] if incident.is_public else []


def photo_of(photo: Photo) -> dict[str, str]:
    """Addresses of the pictures that were drawn anew."""
    return {"url": addresses.picture(photo) or "", "thumbnail": addresses.thumbnail(photo) or ""}


def _is_shown(photo: Photo) -> bool:
    return photo.state == Photo.State.READY and photo.moderation == Moderation.APPROVED
