"""Deciding what everybody may see: text, photos, what reporters wrote. A step like any other, with whoever decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, NotFound
from gis_core.models import User
from incidents.errors import IllegalStep
from incidents.models import Incident, IncidentStep, Moderation, Photo
from incidents.notify import outbox
from incidents.rows import seen_by
from incidents.workflow.steps import Taken, expect, hands_of, locked
from incidents.workflow.table import Hand

VERB = "moderate"


@dataclass(frozen=True)
class Decision:
    """`publish` None leaves the report as it is; texts that are given replace the reporter's."""

    publish: bool | None = None
    title: str | None = None
    description: str | None = None
    photos: Mapping[UUID, bool] = field(default_factory=dict)
    steps: Mapping[int, bool] = field(default_factory=dict)


def moderate(actor: User, code: str, decision: Decision, version: int | None = None) -> Taken:
    """For dispatchers. Raises NotFound, StaleIncident, IllegalStep where the category is never public, BadParameter."""
    with transaction.atomic():
        incident = locked(seen_by(actor).filter(tracking_code=code))
        if Hand.DISPATCHER not in hands_of(actor, incident):
            raise NotFound(_("There is no such incident, or it is not open to you."))
        expect(incident, version)
        _decide_text(incident, decision)
        _decide_photos(incident, decision.photos)
        _decide_notes(incident, decision.steps)
        incident.version += 1
        incident.save()
        step = IncidentStep(incident=incident, verb=VERB, actor=actor, hand=Hand.DISPATCHER, before=incident.status, after=incident.status)
        step.note = "" if decision.publish is None else str(incident.get_moderation_display())
        step.version = incident.version
        step.save(force_insert=True)
        if decision.publish:
            outbox.tell_of_publication(incident, step)
        return Taken(incident, step)


def _decide_text(incident: Incident, decision: Decision) -> None:
    for name in ("title", "description"):
        text = getattr(decision, name)
        if text is not None:
            if "\x00" in text or (name == "title" and not text.strip()):
                raise BadParameter(_("%(field)s cannot be used.") % {"field": name}, field=name)
            setattr(incident, name, text.strip())
    if decision.publish and not incident.category.may_be_public:
        sentence = _("Reports of the category “%(category)s” are never published.")
        raise IllegalStep(sentence % {"category": incident.category.name}, field="publish")
    if decision.publish is not None:
        incident.is_public = decision.publish
        incident.moderation = Moderation.APPROVED if decision.publish else Moderation.REFUSED


def _decide_photos(incident: Incident, decided: Mapping[UUID, bool]) -> None:
    photos = {photo.uid: photo for photo in Photo.objects.filter(incident=incident, uid__in=list(decided))}
    if missing := set(decided) - set(photos):
        raise NotFound(_("There is no such photo of this incident."), field=f"photos.{min(missing, key=str)}")
    for uid, shown in decided.items():
        if shown and photos[uid].state != Photo.State.READY:
            raise BadParameter(_("A photo can be approved once it was drawn anew."), field=f"photos.{uid}")
        photos[uid].moderation = Moderation.APPROVED if shown else Moderation.REFUSED
        photos[uid].save(update_fields=["moderation"])


def _decide_notes(incident: Incident, decided: Mapping[int, bool]) -> None:
    """What a reporter wrote: shown, or its words left out for everybody but the office."""
    steps = {step.version: step for step in IncidentStep.objects.filter(incident=incident, hand=Hand.REPORTER, version__in=list(decided))}
    if missing := set(decided) - set(steps):
        raise NotFound(_("There is no such note of the reporter."), field=f"steps.{min(missing)}")
    for version, shown in decided.items():
        steps[version].is_moderated = shown
        steps[version].save(update_fields=["is_moderated"])
