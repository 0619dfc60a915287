"""Taking steps. Each locks its incident, asks the table, writes the state, the step and what is to be told, or nothing at all."""

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import BadParameter, NotFound
from gis_core.models import User
from incidents.errors import IllegalStep, KeyReused, StaleIncident
from incidents.models import Incident, IncidentStep, Photo
from incidents.notify import outbox
from incidents.rows import EVERYBODY, incidents, seen_by
from incidents.workflow import effects
from incidents.workflow.table import BY_VERB, Hand, Step, offered

MAX_NOTE = 2_000
SYSTEM = frozenset({Hand.SYSTEM})
REPORTER = frozenset({Hand.REPORTER})


@dataclass(frozen=True)
class Asked:
    """What comes with a step: notes, the unit's code, the tracking code of the original, photos of the work, an idempotency key."""

    note: str = ""
    public_note: str = ""
    unit: str | None = None
    of: str | None = None
    photos: tuple[UUID, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Taken:
    """A step with its incident as it then was."""

    incident: Incident
    step: IncidentStep
    repeated: bool = False


def take(actor: User, code: str, verb: str, asked: Asked, version: int | None = None) -> Taken:
    """A step of staff. Raises NotFound, StaleIncident, IllegalStep, BadParameter, KeyReused."""
    step = known(verb)
    with transaction.atomic():
        incident = locked(seen_by(actor).filter(tracking_code=code))
        hands = hands_of(actor, incident)
        if not hands:
            raise _absent()
        if earlier := _earlier(incident, step, asked, actor):
            return earlier
        expect(incident, version)
        return _written(incident, step, asked, hands, actor)


def take_as_reporter(code: str, key: str, verb: str, text: str, idempotency_key: str = "") -> Taken:
    """A step of the reporter, who proves to be it by the report's own key. Raises NotFound, IllegalStep, BadParameter."""
    step = known(verb)
    with transaction.atomic():
        incident = locked(incidents(EVERYBODY).filter(tracking_code=code))
        if not is_reporter(incident, key):
            raise _absent()
        asked = Asked(public_note=text, key=idempotency_key)
        return _earlier(incident, step, asked, None) or _written(incident, step, asked, REPORTER, None)


def take_by_system(pk: int, verb: str) -> Taken | None:
    """A step of the service itself; None where it no longer fits."""
    step = known(verb)
    with transaction.atomic():
        incident = incidents(EVERYBODY).select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if incident is None or step not in offered(incident.status, SYSTEM):
            return None
        return _written(incident, step, Asked(), SYSTEM, None)


def known(verb: str) -> Step:
    """The step of a verb. Raises BadParameter with those that there are."""
    if verb not in BY_VERB:
        sentence = _("There is no step “%(verb)s”; there are: %(verbs)s.")
        raise BadParameter(sentence % {"verb": verb[:20], "verbs": ", ".join(BY_VERB)}, field="verb")
    return BY_VERB[verb]


def hands_of(user: User, incident: Incident) -> frozenset[Hand]:
    """In which roles somebody who sees the incident may act on it."""
    reach = Incident.access.reach(scope_of(user), "change")
    hands = {Hand.DISPATCHER} if reach.everything or incident.admin_unit_id in reach.units else set()
    if incident.handling_unit_id and user.handling_units.filter(pk=incident.handling_unit_id).exists():
        hands.add(Hand.UNIT)
    return frozenset(hands)


def is_reporter(incident: Incident, key: str) -> bool:
    """Whether the key is the report's own: the UUID that the reporting client made and nobody publishes."""
    try:
        return UUID(key) == incident.uid
    except (ValueError, AttributeError):
        return False


def locked(rows: Any) -> Incident:
    """The one incident of `rows`, for this transaction alone. Raises NotFound."""
    incident: Incident | None = rows.select_for_update(of=("self",)).first()
    if incident is None:
        raise _absent()
    return incident


def _absent() -> NotFound:
    return NotFound(_("There is no such incident, or it is not open to you."))


def expect(incident: Incident, version: int | None) -> None:
    """Raises StaleIncident where the caller saw another version."""
    if version is not None and version != incident.version:
        sentence = _("The incident is at version %(now)d, not %(seen)d. Load it again.")
        members: dict[str, object] = {"version": incident.version, "status": incident.status}
        raise StaleIncident(sentence % {"now": incident.version, "seen": version}, members=members)


def _earlier(incident: Incident, step: Step, asked: Asked, actor: User | None) -> Taken | None:
    """The same request again is answered with what it did the first time."""
    found = IncidentStep.objects.filter(incident=incident, idempotency_key=asked.key).first() if asked.key else None
    if found is None:
        return None
    same = (found.verb, found.note, found.public_note, found.actor_id)
    if same != (step.verb, asked.note.strip(), asked.public_note.strip(), actor.pk if actor else None):
        raise KeyReused(_("This Idempotency-Key was used for another request; take a new one."), field="Idempotency-Key")
    return Taken(incident, found, repeated=True)


def _written(incident: Incident, step: Step, asked: Asked, hands: Collection[Hand], actor: User | None) -> Taken:
    """The step, its effect and its notices in the caller's transaction."""
    asked = _clean(step, asked)
    paused = incident.paused_at is not None
    if step not in offered(incident.status, hands, paused=paused):
        raise _illegal(incident, step, offered(incident.status, hands, paused=paused))
    before, now = incident.status, timezone.now()
    unit = effects.apply(incident, step, asked, now, actor)
    incident.version += 1
    incident.save()
    hand = next(hand for hand in Hand if hand in step.hands and hand in hands)
    row = IncidentStep(incident=incident, verb=step.verb, at=now, actor=actor, hand=hand, before=before, after=incident.status)
    row.note, row.public_note, row.unit, row.idempotency_key = asked.note, asked.public_note, unit, asked.key
    row.is_moderated, row.late, row.version = hand != Hand.REPORTER, effects.is_late(incident, step, now), incident.version
    row.save(force_insert=True)
    _attach(row, asked.photos)
    outbox.tell_of_step(incident, row, told=step.tells and (before != row.after or bool(asked.public_note)))
    return Taken(incident, row)


def _clean(step: Step, asked: Asked) -> Asked:
    """Notes without edges, and everything that the step needs. Raises BadParameter."""
    asked = dataclasses.replace(asked, note=asked.note.strip(), public_note=asked.public_note.strip())
    for field in ("note", "public_note"):
        text: str = getattr(asked, field)
        if len(text) > MAX_NOTE or "\x00" in text:
            raise BadParameter(_("A note has at most %(limit)d characters.") % {"limit": MAX_NOTE}, field=field)
    sentences = {
        "unit": _("Name the handling unit."),
        "of": _("Name the incident that this one repeats."),
        "note": _("Say why in the internal note."),
        "public_note": _("Say it in the public note: the reporter reads it."),
        "text": _("Write a note."),
    }
    for need in step.needs:
        given = (asked.note or asked.public_note) if need == "text" else getattr(asked, need)
        if not given:
            raise BadParameter(sentences[need], field="note" if need == "text" else need)
    return asked


def _illegal(incident: Incident, step: Step, allowed: list[Step]) -> IllegalStep:
    sentence = _("“%(step)s” is not possible while the incident is %(status)s; possible are: %(allowed)s.")
    words = {"step": step.title, "status": incident.get_status_display(), "allowed": ", ".join(str(s.title) for s in allowed) or _("none")}
    members: dict[str, object] = {"status": incident.status, "version": incident.version, "allowed": [s.verb for s in allowed]}
    return IllegalStep(sentence % words, members=members)


def _attach(row: IncidentStep, photos: tuple[UUID, ...]) -> None:
    """Photos of the incident itself and of no other. Raises NotFound."""
    if not photos:
        return
    found = list(Photo.objects.filter(incident_id=row.incident_id, uid__in=photos).exclude(state=Photo.State.RECEIVING))
    if len(found) != len(set(photos)):
        raise NotFound(_("There is no such photo of this incident."), field="photos")
    try:
        row.photos.set(found)
    except IntegrityError as error:  # taken away meanwhile
        raise NotFound(_("There is no such photo of this incident."), field="photos") from error
