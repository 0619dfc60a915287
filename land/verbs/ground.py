"""Verbs that move boundaries: split, merge, adjust, correct corners."""

from collections.abc import Iterable
from typing import Annotated, Literal
from uuid import UUID

import shapely
from pydantic import BaseModel, ConfigDict, Field, model_validator

from land.models import Certificate, Right
from land.mutations.journal import Journal
from land.state import Born, Held, Plan, Scene
from land.topology import dividing, joining
from land.verbs.base import Line, OnParcel, Place, Verb, as_lines
from land.verbs.written import Written
from land.violations import Violation, broken


class Splitting(OnParcel):
    """The common part of splits."""

    makes_lots = True

    def pieces(self, parcel: shapely.Polygon) -> list[shapely.Polygon]:
        """The children's ground. Raises TopologyFault."""
        raise NotImplementedError

    def plan(self, scene: Scene) -> Plan:
        """The parent is retired, each piece becomes a parcel."""
        parent = self.target(scene)
        return Plan(born=[Born(piece, (parent.pk,)) for piece in self.pieces(parent.geom)], retired=[parent.pk])

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """Every child has the parent's holders; the certificate is to be exchanged."""
        pass_on(scene, written, journal)


class SplitByLines(Splitting):
    """Split a parcel along one or more lines that run from boundary to boundary."""

    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]

    def pieces(self, parcel: shapely.Polygon) -> list[shapely.Polygon]:
        """Along the lines."""
        return dividing.by_lines(parcel, as_lines(self.lines))


class SplitByAreas(Splitting):
    """Cut given areas off a side: "120 m² from the west"; what is left is the last piece."""

    areas: Annotated[
        tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1, max_length=50, description="m², one cut after the other")
    ]
    side: Literal["north", "east", "south", "west"] | None = None
    bearing: Annotated[float, Field(ge=0, lt=360)] | None = Field(None, description="Instead of a side: degrees clockwise from north")

    @model_validator(mode="after")
    def one_direction(self) -> "SplitByAreas":
        """A side or a bearing."""
        if (self.side is None) == (self.bearing is None):
            raise ValueError("give either side or bearing")
        return self

    def pieces(self, parcel: shapely.Polygon) -> list[shapely.Polygon]:
        """From the side."""
        bearing = dividing.SIDES[self.side] if self.side else self.bearing
        return dividing.by_areas(parcel, self.areas, bearing or 0.0)


class Merge(Verb):
    """Make one parcel of several neighbours in the same hands."""

    parcels: Annotated[tuple[UUID, ...], Field(min_length=2, max_length=50)]

    @model_validator(mode="after")
    def different_parcels(self) -> "Merge":
        """Each once."""
        if len(set(self.parcels)) != len(self.parcels):
            raise ValueError("a parcel is named twice")
        return self

    def uids(self) -> list[UUID]:
        """All of them."""
        return list(self.parcels)

    def faults(self, scene: Scene) -> Iterable[Violation]:
        """One parcel has one set of holders."""
        if not same_hands(scene.targets):
            yield broken("holders-differ", scene.targets[0].geom)

    def plan(self, scene: Scene) -> Plan:
        """The parents are retired, their union is born."""
        parents = tuple(held.pk for held in scene.targets)
        return Plan(born=[Born(joining.merge([held.geom for held in scene.targets]), parents)], retired=list(parents))

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """The holders are the same for all parents (a rule), so those of the first go on."""
        pass_on(scene, written, journal)


class AdjustBoundary(Verb):
    """Draw the common boundary of two parcels anew. Their outline together stays."""

    parcels: tuple[UUID, UUID]
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=10, description="The new common boundary")]

    @model_validator(mode="after")
    def two_parcels(self) -> "AdjustBoundary":
        """Not the same one twice."""
        if self.parcels[0] == self.parcels[1]:
            raise ValueError("a parcel is named twice")
        return self

    def uids(self) -> list[UUID]:
        """Both."""
        return list(self.parcels)

    def plan(self, scene: Scene) -> Plan:
        """Both change their outline."""
        one, other = scene.targets
        shapes = joining.adjust(one.geom, other.geom, as_lines(self.lines))
        return Plan(reshaped=dict(zip((one.pk, other.pk), shapes, strict=True)))


class CornerMove(BaseModel):
    """A corner that was recorded at a wrong place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Place
    target: Place


class CorrectCorners(OnParcel):
    """Put corners where they were measured. Every parcel that has the corner follows, so common edges stay common."""

    # A corner at the edge of the surveyed ground takes or leaves ground that is nobody's parcel.
    keeps_area = False

    moves: Annotated[tuple[CornerMove, ...], Field(min_length=1, max_length=500)]

    def points(self) -> Iterable[tuple[float, float]]:
        """Where the corners go."""
        return [move.target for move in self.moves]

    def plan(self, scene: Scene) -> Plan:
        """All parcels around the corners change."""
        everyone = [self.target(scene), *scene.around]
        shapes = joining.move_corners([held.geom for held in everyone], [(move.source, move.target) for move in self.moves])
        changed = {held.pk: shape for held, shape in zip(everyone, shapes, strict=True) if not shape.equals_exact(held.geom)}
        return Plan(reshaped=changed)


def same_hands(parcels: Iterable[Held]) -> bool:
    """Whether all parcels have the same holders with the same shares."""
    hands: dict[int, set[tuple[int, str, int, int]]] = {held.pk: set() for held in parcels}
    for right in Right.objects.filter(parcel__in=list(hands), valid_to__isnull=True):
        hands[right.parcel_id].add((right.party_id, right.kind, right.numerator, right.denominator))
    return len({frozenset(held) for held in hands.values()}) <= 1


def pass_on(scene: Scene, written: Written, journal: Journal) -> None:
    """End the parents' rights, give the first parent's to each child, and mark certificates for exchange."""
    parents = [held.pk for held in scene.targets]
    rights = list(Right.objects.filter(parcel__in=parents, valid_to__isnull=True).order_by("pk"))
    for child in written.children:
        for right in (one for one in rights if one.parcel_id == child.parents[0]):
            journal.add(_right_to(child.pk, right, journal))
    for right in rights:
        journal.end(right)
    for certificate in Certificate.objects.filter(parcel__in=parents, status=Certificate.Status.VALID):
        journal.alter(certificate, status=Certificate.Status.OUTDATED)


def _right_to(parcel: int, right: Right, journal: Journal) -> Right:
    return Right(
        parcel_id=parcel,
        party_id=right.party_id,
        kind=right.kind,
        numerator=right.numerator,
        denominator=right.denominator,
        valid_from=journal.on,
    )
