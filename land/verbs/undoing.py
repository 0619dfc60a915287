"""Undoing a published change."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import Field

from land.models import ParcelChange
from land.mutations.journal import Journal
from land.mutations.scene import version_of
from land.state import Held, Plan, Scene
from land.verbs.base import Verb
from land.verbs.written import Written
from land.violations import Violation, broken


class Undo(Verb):
    """Undo a published change: every parcel gets back the version before it, to the last digit of each coordinate."""

    respects_restrictions = False

    change: UUID = Field(description="The change's uid")

    def undone(self) -> ParcelChange | None:
        """The change; None where there is no published one."""
        return ParcelChange.objects.filter(uid=self.change, state=ParcelChange.State.PUBLISHED).first()

    def uids(self) -> list[UUID]:
        """All parcels that it touched."""
        change = self.undone()
        return [UUID(uid) for uid, _version in change.after] if change else []

    def faults(self, scene: Scene) -> Iterable[Violation]:
        """It is published, not undone yet, and nothing changed since."""
        change = self.undone()
        if change is None or ParcelChange.objects.filter(undoes=change, state=ParcelChange.State.PUBLISHED).exists():
            yield broken("nothing-to-undo")
            return
        versions = dict(change.after)
        for held in scene.targets:
            if held.version != versions[str(held.uid)] and _moved_on(change, held, versions[str(held.uid)]):
                yield broken("changed-since", held.geom, parcel=held.label)

    def plan(self, scene: Scene) -> Plan:
        """Former versions come back, parcels that the change made are retired."""
        change = self.undone()
        assert change is not None
        before = {UUID(uid): version for uid, version in change.before}
        plan = Plan()
        for held in scene.targets:
            was = version_of(held.uid, before[held.uid]) if held.uid in before else None
            if was is None:
                plan.retired.append(held.pk)
            else:
                plan.restored[held.pk] = was
        return plan

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """Rights, certificates and restrictions are as they were."""
        change = self.undone()
        assert change is not None
        journal.take_back(change.papers)


def _moved_on(change: ParcelChange, now: Held, version: int) -> bool:
    """Whether a parcel is no longer as the change left it. Later changes that were themselves undone do not count."""
    left = version_of(now.uid, version)
    if (
        left is None
        or not left.geom.equals_exact(now.geom)
        or (left.uses, left.status, left.address) != (now.uses, now.status, now.address)
    ):
        return True
    # The same outline may be in other hands.
    later = ParcelChange.objects.filter(published_at__gt=change.published_at, unit=change.unit_id, after__contains=[[str(now.uid)]])
    return any(_in_effect(one) for one in later if one.kind != ParcelChange.Kind.UNDO)


def _in_effect(change: ParcelChange) -> bool:
    """Whether a published change holds: not undone, or its undoing was undone."""
    undoing = ParcelChange.objects.filter(undoes=change).first()
    return undoing is None or not _in_effect(undoing)
