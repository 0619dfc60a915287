"""Checking and publishing a change: the one door through which the cadastre changes."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.changes.position import position
from land.errors import RulesBroken, StaleParcels
from land.models import ParcelChange
from land.mutations import scene as scenes
from land.mutations.journal import Journal
from land.mutations.writing import write
from land.rules import before_planning, of_plan
from land.state import Held, Plan, Scene
from land.topology.faults import TopologyFault
from land.topology.knots import knit
from land.verbs.base import Verb
from land.verbs.register import verb_of
from land.verbs.undoing import Undo
from land.violations import Violation

SAME_M = 0.002
"""Outlines whose points are nowhere further apart are the same outline: a neighbour's split put a vertex on an edge."""


@dataclass(frozen=True)
class Trial:
    """A change as it would be carried out now: on what, how, and what forbids it."""

    scene: Scene
    plan: Plan
    violations: tuple[Violation, ...]


def check(change: ParcelChange) -> Trial:
    """Try a change without writing or locking anything. Raises StaleParcels."""
    return _tried(change, verb_of(change.kind, change.params), lock=False)


def publish(change: ParcelChange) -> ParcelChange:
    """Carry out an approved change: one transaction, all or nothing. Raises StaleParcels, RulesBroken.

    Afterwards `change_seq` is the position in the change log from which readers see it.
    """
    with transaction.atomic():
        verb = verb_of(change.kind, change.params)
        trial = _tried(change, verb, lock=True)
        if trial.violations:
            raise RulesBroken(_sentence(trial.violations), members={"violations": [found.as_dict() for found in trial.violations]})
        written = write(trial.plan, trial.scene, change)
        journal = Journal(trial.scene.on)
        verb.settle(trial.scene, written, journal)
        if isinstance(verb, Undo):
            change.undoes = verb.undone()
        change.before, change.after, change.papers = written.before, written.after, journal.entries
        change.published_at = timezone.now()
        change.change_seq = position()
        change.save(update_fields=["before", "after", "papers", "published_at", "change_seq", "undoes", "updated_at"])
    return change


def _tried(change: ParcelChange, verb: Verb, *, lock: bool) -> Trial:
    uids = verb.uids()
    scene = scenes.read(uids, change.effective_on, _ground(verb, uids, change.effective_on), lock=lock)
    _refuse_stale(change, scene, uids)
    violations = before_planning(verb, scene, change.unit_id)
    if violations:
        return Trial(scene, Plan(), tuple(violations))
    try:
        plan = _finished(verb.plan(scene), scene)
    except TopologyFault as fault:
        return Trial(scene, Plan(), (_of_topology(fault),))
    return Trial(scene, plan, tuple(of_plan(verb, scene, plan, change.unit)))


def _ground(verb: Verb, uids: list[UUID], on: date) -> list[shapely.Geometry]:
    """The ground that a verb reaches beyond its parcels: planned without locks, so that all of it can be locked at once.

    A corner that goes far away leaves edges across parcels that touch neither its old place nor its new one.
    """
    places = [shapely.Point(place) for place in verb.points()]
    scene = scenes.read(uids, on, places, lock=False) if places else None
    if scene is None or len(scene.targets) != len(uids):
        return [*places]
    held = scene.everyone()
    try:
        won = [shapely.difference(shape, held[pk].geom) for pk, shape in verb.plan(scene).reshaped.items() if shape.is_valid]
    except TopologyFault:
        return [*places]
    # Not the whole outlines: a road among them would lock the town.
    return [*places, *(shape for shape in won if not shape.is_empty)]


def _finished(plan: Plan, scene: Scene) -> Plan:
    """The plan with common vertices: new outlines take the neighbours' corners, neighbours get the new ones."""
    if plan.restored or not (plan.born or plan.reshaped):
        return plan
    held = scene.everyone()
    still = [pk for pk, one in held.items() if one.live and pk not in plan.retired and pk not in plan.reshaped]
    pieces = [*(born.geom for born in plan.born), *plan.reshaped.values()]
    knit_pieces, knit_still = knit(pieces, [held[pk].geom for pk in still])
    plan.born = [replace(born, geom=shape) for born, shape in zip(plan.born, knit_pieces, strict=False)]
    plan.reshaped = dict(zip(plan.reshaped, knit_pieces[len(plan.born) :], strict=True))
    after = zip(still, knit_still, strict=True)
    plan.knotted = {pk: shape for pk, shape in after if len(shapely.get_coordinates(shape)) != len(shapely.get_coordinates(held[pk].geom))}
    return plan


def _refuse_stale(change: ParcelChange, scene: Scene, uids: list[UUID]) -> None:
    """Compare the parcels with what the author saw. A vertex that a neighbour's change put on an edge is no difference."""
    found = {held.uid: held for held in scene.targets}
    seen = {UUID(uid): version for uid, version in change.targets}
    stale = []
    for uid in uids:
        now, version = found.get(uid), seen.get(uid)
        if now is None or version is None:
            raise StaleParcels(_("A parcel of this change is not there any more."), members={"parcels": [{"uid": str(uid)}]})
        if now.version != version:
            was = scenes.version_of(uid, version)
            if was is None or not _alike(was, now):
                stale.append({"uid": str(uid), "seen": state_of(was), "now": state_of(now)})
    if stale:
        sentence = _("Parcels changed since this change was drawn. Compare both states, then draw it anew.")
        raise StaleParcels(sentence, members={"parcels": stale})


def _alike(was: Held, now: Held) -> bool:
    same = (was.live, was.status, was.uses, was.sheet_no, was.parcel_no, was.address)
    if same != (now.live, now.status, now.uses, now.sheet_no, now.parcel_no, now.address):
        return False
    # Not only a paper of the parcel may have changed in between: more vertices on the same line are the one thing allowed.
    more = len(shapely.get_coordinates(now.geom)) > len(shapely.get_coordinates(was.geom))
    return more and shapely.hausdorff_distance(was.geom, now.geom) < SAME_M


def state_of(held: Held | None) -> dict[str, Any] | None:
    """A parcel's state for the answer to a conflict; the outline in WKT on the VN-2000 plane."""
    if held is None:
        return None
    uses = [{"code": use.code, "area_m2": use.area_m2} for use in held.uses]
    wkt = shapely.to_wkt(held.geom, rounding_precision=4)
    return {"version": held.version, "label": held.label, "status": held.status, "live": held.live, "land_uses": uses, "wkt": wkt}


def _of_topology(fault: TopologyFault) -> Violation:
    return Violation(fault.code, tuple((name, str(value)) for name, value in fault.params.items()), fault.place)


def _sentence(violations: tuple[Violation, ...]) -> str:
    return " ".join(dict.fromkeys(str(found.as_dict()["detail"]) for found in violations[:3]))
