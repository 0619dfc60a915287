"""What a step does to its incident beside the state: unit, original, clock of the deadline, time of the answer."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, NotFound
from gis_core.models import User
from incidents import deadlines
from incidents.models import HandlingUnit, Incident
from incidents.rows import seen_by
from incidents.workflow.table import CLOSED, OPEN, Step

if TYPE_CHECKING:
    from incidents.workflow.steps import Asked

_LONGEST_CHAIN = 20
_NOTHING = timedelta(0)


def apply(incident: Incident, step: Step, asked: "Asked", now: datetime, actor: User | None) -> HandlingUnit | None:
    """Change the row, unsaved; the unit that was assigned, where one was. Raises BadParameter, NotFound."""
    unit = None
    if "unit" in step.needs:
        unit = _unit(incident, asked.unit or "")
        incident.handling_unit = unit
    if step.verb == "duplicate":
        incident.duplicate_of = _original(incident, asked.of or "", actor)
        incident.duplicates.update(duplicate_of=incident.duplicate_of)
    if step.verb == "reopen":
        incident.duplicate_of = None
        _allow_again(incident, now)
    if step.to is not None:
        incident.status = step.to
    if step.verb == "ask":
        deadlines.pause(incident, now)
    elif step.verb == "reply" or incident.status in CLOSED:
        deadlines.resume(incident, now)
    incident.resolved_at = now if step.verb == "resolve" else None if incident.status in OPEN else incident.resolved_at
    incident.is_overdue = overdue(incident, now)
    return unit


def overdue(incident: Incident, now: datetime) -> bool:
    """Whether something is left to do, the deadline is past, and the clock runs."""
    return incident.status in OPEN and incident.paused_at is None and incident.due_at is not None and incident.due_at < now


def overdue_at(now: datetime) -> Q:
    """The same as a predicate for rows."""
    return Q(status__in=sorted(OPEN), paused_at__isnull=True, due_at__lt=now)


def is_late(incident: Incident, step: Step, now: datetime) -> bool | None:
    """Of a step that ends the work: whether the deadline was past; None of every other, and without a deadline."""
    if step.to is None or step.to in OPEN or step.verb == "confirm" or incident.due_at is None:
        return None
    return incident.due_at < now


def _allow_again(incident: Incident, now: datetime) -> None:
    """Reopened work gets as much time again as it had at first."""
    if incident.due_at is not None:
        allowed = incident.due_at - incident.reported_at - timedelta(seconds=incident.paused_s)
        incident.due_at = now + max(allowed, _NOTHING)
        incident.paused_s = 0


def _unit(incident: Incident, code: str) -> HandlingUnit:
    unit = HandlingUnit.objects.filter(code=code, is_active=True).first()
    if unit is None:
        raise BadParameter(_("There is no active handling unit “%(code)s”.") % {"code": code[:40]}, field="unit")
    if unit.pk == incident.handling_unit_id and incident.status in (Incident.Status.ASSIGNED, Incident.Status.IN_PROGRESS):
        raise BadParameter(_("The incident is with this unit already."), field="unit")
    return unit


def _original(incident: Incident, code: str, actor: User | None) -> Incident:
    """The incident at the end of the chain, so that no duplicate points to a duplicate. Raises NotFound, BadParameter."""
    original = seen_by(actor).select_for_update(of=("self",)).filter(tracking_code=code).first() if actor else None
    if original is None:
        raise NotFound(_("There is no such incident, or it is not open to you."), field="of")
    for _link in range(_LONGEST_CHAIN):
        if original.pk == incident.pk:
            raise BadParameter(_("An incident is no duplicate of itself."), field="of")
        if original.duplicate_of is None:
            return original
        original = original.duplicate_of
    raise BadParameter(_("This incident is at the end of too long a chain of duplicates."), field="of")
