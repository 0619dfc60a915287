"""The common part of all verbs."""

from collections.abc import Iterable
from typing import Annotated, ClassVar
from uuid import UUID

import shapely
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gis_core.geometry import GeometryFault, accepted
from land.mutations.journal import Journal
from land.state import Held, Plan, Scene
from land.verbs.written import Written
from land.violations import Violation

PLANE = 5899


class Verb(BaseModel):
    """One kind of change. Instances are its checked parameters, as a draft keeps them."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    # Living mortgages, disputes and blocks forbid it.
    respects_restrictions: ClassVar[bool] = True
    # Least sizes hold for what it leaves.
    makes_lots: ClassVar[bool] = False
    # The parcels together measure afterwards what they measured before.
    keeps_area: ClassVar[bool] = True

    def uids(self) -> list[UUID]:
        """The parcels that it names, the most important first."""
        raise NotImplementedError

    def points(self) -> Iterable[tuple[float, float]]:
        """Positions beyond these parcels that it reaches: east and north in metres."""
        return ()

    def faults(self, scene: Scene) -> Iterable[Violation]:
        """Rules of this verb alone that the present state breaks."""
        return ()

    def plan(self, scene: Scene) -> Plan:
        """What it would do, planned without writing; called only where nothing forbids it. Raises TopologyFault."""
        raise NotImplementedError

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """Its effect on rights, certificates and restrictions, after the parcels are written."""


class OnParcel(Verb):
    """A verb on one parcel."""

    parcel: UUID = Field(description="The parcel's uid")

    def uids(self) -> list[UUID]:
        """The one."""
        return [self.parcel]

    def target(self, scene: Scene) -> Held:
        """The one, as it is now."""
        return scene.targets[0]


def _is_place(value: tuple[float, float]) -> tuple[float, float]:
    try:
        accepted(shapely.Point(value), PLANE)
    except GeometryFault as fault:
        raise ValueError(str(fault)) from None
    return value


def _is_line(value: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    for place in value:
        _is_place(place)
    if shapely.LineString(value).length <= 0:
        raise ValueError("the line has no length")
    return value


Place = Annotated[tuple[float, float], AfterValidator(_is_place), Field(description="East and north in VN-2000 (EPSG:5899), metres")]
Line = Annotated[
    tuple[tuple[float, float], ...],
    Field(min_length=2, max_length=2_000, description="Positions, east and north in VN-2000 (EPSG:5899), metres"),
    AfterValidator(_is_line),
]


def as_lines(lines: Iterable[tuple[tuple[float, float], ...]]) -> list[shapely.LineString]:
    """Lines for land/topology."""
    return [shapely.LineString(line) for line in lines]
