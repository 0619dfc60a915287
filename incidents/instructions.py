"""Instructions of leaders: given at an incident or a place, answered by whoever is to carry them out, closed by the leader."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import BadParameter, NotFound
from gis_core.models import AdminUnit, User
from incidents.errors import IllegalStep, KeyReused, StaleIncident
from incidents.models import HandlingUnit, Incident, Instruction
from incidents.notify import outbox
from incidents.rows import instructions, seen_by

State = Instruction.State


@dataclass(frozen=True)
class Order:
    """What a leader asks for; `incident` is a tracking code, `place` (lon, lat)."""

    title: str
    text: str = ""
    incident: str | None = None
    place: tuple[float, float] | None = None
    assignee: str | None = None
    due_at: datetime | None = None
    key: str = ""


def give(leader: User, order: Order) -> Instruction:
    """Write an instruction down. Raises NotFound, BadParameter, KeyReused."""
    with transaction.atomic():
        if earlier := _earlier(leader, order):
            return earlier
        incident, point, area = _where(leader, order)
        reach = Instruction.access.reach(scope_of(leader), "change")
        if area is None or not (reach.everything or area.pk in reach.units):
            raise NotFound(_("Instructions are given by leaders, in their own units."))
        if order.due_at is not None and order.due_at <= timezone.now():
            raise BadParameter(_("The deadline must lie ahead."), field="due_at")
        row = Instruction(incident=incident, title=order.title.strip(), text=order.text.strip(), assignee=_assignee(order.assignee))
        row.admin_unit, row.geom, row.given_by, row.due_at, row.idempotency_key = area, point, leader, order.due_at, order.key
        row.save(force_insert=True)
        outbox.tell_of_instruction(row)
        return row


def answer(actor: User, uid: UUID, text: str, version: int | None = None) -> Instruction:
    """Say what came of it: for the assignee's members and the area's dispatchers. Raises NotFound, IllegalStep, StaleIncident."""
    with transaction.atomic():
        row = _locked(actor, uid, version)
        if not may_answer(actor, row):
            raise _absent()
        _expect_state(row, State.GIVEN, State.ANSWERED)
        row.answer, row.answered_at, row.answered_by = text.strip(), timezone.now(), actor
        return _moved(row, State.ANSWERED)


def close(leader: User, uid: UUID, version: int | None = None) -> Instruction:
    """The answer is accepted. For leaders of the unit."""
    with transaction.atomic():
        row = _led(leader, uid, version)
        _expect_state(row, State.ANSWERED)
        return _moved(row, State.CLOSED)


def withdraw(leader: User, uid: UUID, version: int | None = None) -> Instruction:
    """It is no longer wanted. For leaders of the unit."""
    with transaction.atomic():
        row = _led(leader, uid, version)
        _expect_state(row, State.GIVEN, State.ANSWERED)
        return _moved(row, State.WITHDRAWN)


def may_answer(actor: User, row: Instruction) -> bool:
    """A member of the assignee, or a dispatcher of the area."""
    reach = Incident.access.reach(scope_of(actor), "change")
    if reach.everything or row.admin_unit_id in reach.units:
        return True
    return row.assignee_id is not None and actor.handling_units.filter(pk=row.assignee_id).exists()


def may_close(actor: User, row: Instruction) -> bool:
    """A leader of the area."""
    reach = Instruction.access.reach(scope_of(actor), "change")
    return reach.everything or row.admin_unit_id in reach.units


def seen(actor: User) -> Any:
    """The instructions that somebody may see."""
    return instructions(Instruction.access.reach(scope_of(actor)))


def _led(leader: User, uid: UUID, version: int | None) -> Instruction:
    row = _locked(leader, uid, version)
    if not may_close(leader, row):
        raise _absent()
    return row


def _locked(actor: User, uid: UUID, version: int | None) -> Instruction:
    row: Instruction | None = seen(actor).select_for_update(of=("self",)).filter(uid=uid).first()
    if row is None:
        raise _absent()
    if version is not None and version != row.version:
        sentence = _("The instruction is at version %(now)d, not %(seen)d. Load it again.")
        raise StaleIncident(sentence % {"now": row.version, "seen": version}, members={"version": row.version, "state": row.state})
    return row


def _absent() -> NotFound:
    return NotFound(_("There is no such instruction, or it is not open to you."))


def _expect_state(row: Instruction, *states: str) -> None:
    if row.state not in states:
        words = ", ".join(str(State(state).label) for state in states)
        sentence = _("The instruction is %(state)s; this starts from: %(states)s.") % {"state": row.get_state_display(), "states": words}
        raise IllegalStep(sentence, members={"state": row.state, "version": row.version})


def _moved(row: Instruction, state: str) -> Instruction:
    row.state = state
    row.version += 1
    row.save()
    return row


def _earlier(leader: User, order: Order) -> Instruction | None:
    found: Instruction | None = seen(leader).filter(given_by=leader, idempotency_key=order.key).first() if order.key else None
    if found is not None and (found.title, found.text) != (order.title.strip(), order.text.strip()):
        raise KeyReused(_("This Idempotency-Key was used for another request; take a new one."), field="Idempotency-Key")
    return found


def _where(leader: User, order: Order) -> tuple[Incident | None, Point, AdminUnit | None]:
    if order.incident is not None:
        incident = seen_by(leader).select_related("admin_unit").filter(tracking_code=order.incident).first()
        if incident is None:
            raise NotFound(_("There is no such incident, or it is not open to you."), field="incident")
        return incident, incident.geom, incident.admin_unit
    if order.place is None:
        raise BadParameter(_("Name an incident, or a place by lon and lat."), field="incident")
    point = Point(*order.place, srid=4326)
    communes = AdminUnit.objects.as_of(timezone.localdate()).filter(level=AdminUnit.Level.COMMUNE, geom__covers=point)
    return None, point, communes.defer("geom").first()


def _assignee(code: str | None) -> HandlingUnit | None:
    if code is None:
        return None
    unit = HandlingUnit.objects.filter(code=code, is_active=True).first()
    if unit is None:
        raise BadParameter(_("There is no active handling unit “%(code)s”.") % {"code": code[:40]}, field="assignee")
    return unit
