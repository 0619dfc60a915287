"""Verbs on what a parcel is, without moving its boundary: land use, recovery, attributes."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from land.models import Certificate, ParcelLandUse, Right
from land.mutations.journal import Journal
from land.state import Plan, Scene, Use
from land.verbs.base import OnParcel
from land.verbs.written import Written


class UseIn(BaseModel):
    """A land use with its part of the area."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(min_length=3, max_length=5, description="A code in force, such as ODT")
    area_m2: float = Field(gt=0)
    term_until: date | None = Field(None, description="Left out: stable, long-term use")
    origin: ParcelLandUse.Origin = ParcelLandUse.Origin.UNKNOWN


class ChangeUse(OnParcel):
    """Change the land uses of a parcel, the whole or a part of its area. The areas must add up to the parcel's."""

    uses: Annotated[tuple[UseIn, ...], Field(min_length=1, max_length=6)]

    @model_validator(mode="after")
    def each_code_once(self) -> "ChangeUse":
        """A code has one area."""
        if len({use.code for use in self.uses}) != len(self.uses):
            raise ValueError("a land-use code is named twice")
        return self

    def plan(self, scene: Scene) -> Plan:
        """The uses are replaced, the largest first."""
        ordered = sorted(self.uses, key=lambda use: -use.area_m2)
        uses = tuple(Use(use.code, use.area_m2, use.term_until, use.origin.value) for use in ordered)
        return Plan(uses={self.target(scene).pk: uses})


class Recover(OnParcel):
    """The State takes a parcel back: the holders' rights end, their certificates are revoked."""

    decision: str = Field(min_length=3, max_length=120, description="Number and date of the decision")

    def plan(self, scene: Scene) -> Plan:
        """The parcel stays as it is."""
        return Plan(touched=[self.target(scene).pk])

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """Rights end, certificates are revoked."""
        pk = self.target(scene).pk
        for right in Right.objects.filter(parcel=pk, valid_to__isnull=True):
            journal.end(right)
        for certificate in Certificate.objects.filter(parcel=pk, status=Certificate.Status.VALID):
            journal.alter(certificate, status=Certificate.Status.REVOKED)


class Correct(OnParcel):
    """Correct what was written down wrongly: the address, the area on paper."""

    respects_restrictions = False

    address: Annotated[str, Field(max_length=200)] | None = None
    legal_area_m2: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def something(self) -> "Correct":
        """At least one."""
        if self.address is None and self.legal_area_m2 is None:
            raise ValueError("give an address or an area on paper")
        return self

    def plan(self, scene: Scene) -> Plan:
        """The attributes are replaced; the version before never held."""
        wanted = {"address": self.address, "legal_area_m2": self.legal_area_m2}
        return Plan(attributes={self.target(scene).pk: {name: value for name, value in wanted.items() if value is not None}})
