"""The steps. Each locks the change, asks for the right, and leaves a line in its log."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import AccessRule, scope_of
from gis_core.errors import BadParameter, NotFound
from gis_core.models import User
from land.errors import KeyReused, SameHands, StaleChange, WrongState
from land.models import ChangeStep, Parcel, ParcelChange, SourceDocument
from land.mutations import publish as mutations
from land.rows import heads
from land.verbs.register import verb_of
from land.workflow.deadlines import due_on

State = ParcelChange.State
EDITABLE = (State.DRAFT, State.RETURNED)


@dataclass(frozen=True)
class Draft:
    """What an officer asks for. `seen` gives the versions of parcels on the officer's screen; others are taken as they are."""

    kind: str
    params: Mapping[str, Any]
    reason: str
    seen: Mapping[UUID, int] = field(default_factory=dict)
    documents: Collection[UUID] = ()
    effective_on: date | None = None
    key: str = ""


def draft(author: User, asked: Draft) -> ParcelChange:
    """Write a draft. The same idempotency key again gives the first draft again; for another request it raises KeyReused."""
    if asked.key and (earlier := ParcelChange.objects.filter(author=author, idempotency_key=asked.key).first()):
        return _same(earlier, asked)
    change = ParcelChange(author=author, idempotency_key=asked.key)
    try:
        with transaction.atomic():
            _fill(change, author, asked)
            change.save()
            change.documents.set(_documents(change, asked.documents))
            _log(change, author)
    except IntegrityError:
        # The same request came twice at once; whoever was first has written it.
        earlier = ParcelChange.objects.filter(author=author, idempotency_key=asked.key).first() if asked.key else None
        if earlier is None:
            raise
        return _same(earlier, asked)
    return change


def trial(author: User, asked: Draft) -> mutations.Trial:
    """What a draft would do, without writing anything. Raises NotFound, StaleParcels."""
    change = ParcelChange(author=author)
    _fill(change, author, asked)
    return mutations.check(change)


def revise(author: User, uid: UUID, asked: Draft, version: int | None = None) -> ParcelChange:
    """Replace the content of an own draft or returned change."""
    with transaction.atomic():
        change = _own(author, uid, version, EDITABLE)
        _fill(change, author, asked)
        change.documents.set(_documents(change, asked.documents))
        return _step(change, author, State.DRAFT)


def submit(author: User, uid: UUID, version: int | None = None) -> ParcelChange:
    """Hand in an own draft. The rules are tried at once: with no violation it is checked, else it comes back with the report."""
    with transaction.atomic():
        change = _own(author, uid, version, EDITABLE)
        change.due_on = due_on(change.kind, timezone.localdate())
        change = _step(change, author, State.SUBMITTED)
        return _checked(change, author)


def check(actor: User, uid: UUID, version: int | None = None) -> ParcelChange:
    """Try the rules on a submitted change again, by either officer or approver."""
    with transaction.atomic():
        change = _locked(actor, uid, version, ParcelChange.view_rule, (State.SUBMITTED, State.CHECKED))
        return _checked(change, actor)


def approve(approver: User, uid: UUID, version: int | None = None, note: str = "") -> ParcelChange:
    """Approve a checked change. Raises SameHands for its author, whatever else the account may do."""
    with transaction.atomic():
        change = _locked(approver, uid, version, ParcelChange.approve_rule, (State.CHECKED,), action="change")
        if change.author_id == approver.pk:
            raise SameHands(_("Who drew a change cannot approve it; another approver of the unit must."))
        change.approver = approver
        return _step(change, approver, State.APPROVED, note)


def send_back(approver: User, uid: UUID, note: str, version: int | None = None) -> ParcelChange:
    """Return a submitted, checked or approved change to its author, saying why."""
    if not note.strip():
        raise BadParameter(_("Say why the change is returned."), field="note")
    with transaction.atomic():
        states = (State.SUBMITTED, State.CHECKED, State.APPROVED)
        change = _locked(approver, uid, version, ParcelChange.approve_rule, states, action="change")
        return _step(change, approver, State.RETURNED, note)


def withdraw(author: User, uid: UUID, version: int | None = None) -> ParcelChange:
    """Give up an own change that is not approved yet."""
    with transaction.atomic():
        change = _own(author, uid, version, (*EDITABLE, State.SUBMITTED, State.CHECKED))
        return _step(change, author, State.WITHDRAWN)


def publish(approver: User, uid: UUID, version: int | None = None) -> ParcelChange:
    """Carry out an approved change; published already, it is answered as it is. Raises StaleParcels, RulesBroken."""
    with transaction.atomic():
        change = _locked(approver, uid, None, ParcelChange.approve_rule, (State.APPROVED, State.PUBLISHED), action="change")
        if change.state == State.PUBLISHED:
            return change
        _expect(change, version)
        mutations.publish(change)
        return _step(change, approver, State.PUBLISHED)


def visible(user: User) -> Any:
    """The changes that a person may see: those of the own units."""
    reach = ParcelChange.view_rule.reach(scope_of(user))
    changes = ParcelChange.objects.select_related("unit", "author", "approver")
    return changes if reach.everything else changes.filter(unit__in=reach.units)


def _checked(change: ParcelChange, actor: User) -> ParcelChange:
    trial = mutations.check(change)
    change.report = {
        "at": timezone.now().isoformat(),
        "violations": [found.as_dict() for found in trial.violations],
        "parcels": [held.label for held in trial.scene.targets],
        "new_parcels": [round(born.geom.area, 2) for born in trial.plan.born],
        "knotted": sorted(trial.scene.everyone()[pk].label for pk in trial.plan.knotted),
    }
    return _step(
        change, actor, State.RETURNED if trial.violations else State.CHECKED, "" if not trial.violations else _("The rules forbid it.")
    )


def _fill(change: ParcelChange, author: User, asked: Draft) -> None:
    """Content into the row: the verb's parameters, and the parcels as the author saw them."""
    verb = verb_of(asked.kind, asked.params)
    uids = verb.uids()
    parcels = {parcel.uid: parcel for parcel in _reached(author, uids)}
    if not uids or set(uids) != set(parcels):
        raise NotFound(_("There is no such parcel, or it is not open to you."), field="params")
    change.unit_id = parcels[uids[0]].admin_unit_id or 0
    change.kind, change.reason = asked.kind, asked.reason
    change.params = verb.model_dump(mode="json")
    change.targets = [[str(uid), asked.seen.get(uid, parcels[uid].version)] for uid in uids]
    change.effective_on = asked.effective_on or timezone.localdate()
    if change.effective_on > timezone.localdate():
        raise BadParameter(_("A change takes effect today or earlier."), field="effective_on")
    change.report = None


def _reached(author: User, uids: Iterable[UUID]) -> Iterable[Parcel]:
    """Heads of parcels in the units where the author is an officer."""
    reach = ParcelChange.write_rule.reach(scope_of(author), "change")
    return heads(reach).filter(uid__in=list(uids)).defer("geom", "geom_3857")


def _documents(change: ParcelChange, uids: Collection[UUID]) -> list[SourceDocument]:
    found = list(SourceDocument.objects.filter(uid__in=list(uids), unit=change.unit_id))
    if len(found) != len(set(uids)):
        raise NotFound(_("There is no such paper in this unit."), field="documents")
    return found


def _same(earlier: ParcelChange, asked: Draft) -> ParcelChange:
    params = verb_of(asked.kind, asked.params).model_dump(mode="json")
    if (earlier.kind, earlier.params, earlier.reason) != (asked.kind, params, asked.reason):
        raise KeyReused(_("This Idempotency-Key was used for another request; take a new one."), field="Idempotency-Key")
    return earlier


def _own(author: User, uid: UUID, version: int | None, states: Collection[str]) -> ParcelChange:
    change = _locked(author, uid, version, ParcelChange.write_rule, states, action="change")
    if change.author_id != author.pk:
        raise SameHands(_("This change is another officer's; only its author can do that."))
    return change


def _locked(user: User, uid: UUID, version: int | None, rule: AccessRule, states: Collection[str], *, action: Any = "view") -> ParcelChange:
    """The change, for this transaction alone. Raises NotFound, StaleChange, WrongState."""
    change = ParcelChange.objects.select_for_update(of=("self",)).select_related("unit").filter(uid=uid).first()
    reach = rule.reach(scope_of(user), action)
    if change is None or not (reach.everything or change.unit_id in reach.units):
        raise NotFound(_("There is no such change, or it is not open to you."))
    _expect(change, version)
    if change.state not in states:
        wanted = ", ".join(str(State(state).label) for state in states)
        raise WrongState(
            _("The change is %(state)s; this step starts from: %(states)s.") % {"state": change.get_state_display(), "states": wanted}
        )
    return change


def _expect(change: ParcelChange, version: int | None) -> None:
    if version is not None and version != change.version:
        sentence = _("The change is at version %(now)d, not %(seen)d. Load it again.")
        raise StaleChange(sentence % {"now": change.version, "seen": version}, members={"version": change.version, "state": change.state})


def _step(change: ParcelChange, actor: User, state: str, note: str = "") -> ParcelChange:
    change.state = state
    change.version += 1
    change.save()
    _log(change, actor, note)
    return change


def _log(change: ParcelChange, actor: User, note: str = "") -> None:
    ChangeStep.objects.create(change=change, actor=actor, state=change.state, note=note[:500])
