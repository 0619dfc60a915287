"""Verbs on rights, restrictions and certificates. They change no boundary, but each gives its parcel a new version."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from land.models import Certificate, Parcel, Party, Restriction, Right
from land.mutations.journal import Journal
from land.state import Held, Plan, Scene
from land.verbs.base import OnParcel
from land.verbs.written import Written
from land.violations import Violation, broken

_STATUS = {Restriction.Kind.DISPUTE: Parcel.Status.DISPUTED, Restriction.Kind.BLOCK: Parcel.Status.BLOCKED}
_HELD = (Certificate.Status.VALID, Certificate.Status.OUTDATED)


def _alive(held: Held) -> Iterable[Violation]:
    return [] if held.live else [broken("retired", held.geom, parcel=held.label)]


class Paper(OnParcel):
    """The common part: the parcel gets a new version and stays as it is."""

    def plan(self, scene: Scene) -> Plan:
        """Nothing but the version."""
        return Plan(touched=[self.target(scene).pk])


class ShareIn(BaseModel):
    """A holder's part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    party: UUID = Field(description="The holder's uid")
    numerator: int = Field(1, ge=1, le=10_000)
    denominator: int = Field(1, ge=1, le=10_000)


def _unknown(*uids: UUID) -> Iterable[Violation]:
    known = set(Party.objects.filter(uid__in=uids).values_list("uid", flat=True))
    return [broken("unknown-party", uid=uid) for uid in uids if uid not in known]


class Transfer(Paper):
    """Hand a parcel's rights to new holders: sale, inheritance or gift, as the kind of change says. The shares add up to 1."""

    holders: Annotated[tuple[ShareIn, ...], Field(min_length=1, max_length=50)]
    kind_of_right: Right.Kind = Right.Kind.USE

    @model_validator(mode="after")
    def whole(self) -> "Transfer":
        """Nothing is left over, nobody is named twice."""
        if sum(Fraction(share.numerator, share.denominator) for share in self.holders) != 1:
            raise ValueError("the shares must add up to 1")
        if len({share.party for share in self.holders}) != len(self.holders):
            raise ValueError("a holder is named twice")
        return self

    def faults(self, scene: Scene) -> Iterable[Violation]:
        """The holders are known."""
        return _unknown(*(share.party for share in self.holders))

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """Old rights end, new ones begin; the certificate is to be exchanged."""
        pk = self.target(scene).pk
        for right in Right.objects.filter(parcel=pk, valid_to__isnull=True):
            journal.end(right)
        for share in self.holders:
            party = Party.objects.get(uid=share.party)
            terms = {"numerator": share.numerator, "denominator": share.denominator, "valid_from": journal.on}
            journal.add(Right(parcel_id=pk, party=party, kind=self.kind_of_right, **terms))
        for certificate in Certificate.objects.filter(parcel=pk, status=Certificate.Status.VALID):
            journal.alter(certificate, status=Certificate.Status.OUTDATED)


class Mortgage(Paper):
    """Record a mortgage; until its release the parcel can be neither divided nor handed on."""

    creditor: UUID = Field(description="The creditor's uid")
    reference: str = Field(min_length=3, max_length=120, description="Number and date of the contract")

    def faults(self, scene: Scene) -> Iterable[Violation]:
        """The creditor is known."""
        return _unknown(self.creditor)

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """The restriction begins."""
        creditor = Party.objects.get(uid=self.creditor)
        values = {"kind": Restriction.Kind.MORTGAGE, "creditor": creditor, "reference": self.reference}
        journal.add(Restriction(parcel_id=self.target(scene).pk, valid_from=journal.on, **values))


class Restrict(OnParcel):
    """Record a dispute, or block a parcel by a decision."""

    respects_restrictions = False

    restriction: Restriction.Kind
    reference: str = Field(min_length=3, max_length=120, description="Number and date of the complaint or decision")

    @model_validator(mode="after")
    def no_mortgage(self) -> "Restrict":
        """A mortgage has a creditor and a verb of its own."""
        if self.restriction == Restriction.Kind.MORTGAGE:
            raise ValueError("accepted are dispute and block; a mortgage is recorded by its own verb")
        return self

    def plan(self, scene: Scene) -> Plan:
        """The map shows it."""
        return Plan(attributes={self.target(scene).pk: {"status": _STATUS[self.restriction]}})

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """The restriction begins."""
        values = {"kind": self.restriction, "reference": self.reference, "valid_from": journal.on}
        journal.add(Restriction(parcel_id=self.target(scene).pk, **values))


class Release(OnParcel):
    """End a mortgage, a dispute or a block."""

    respects_restrictions = False

    restriction: int = Field(description="The restriction's id, as the parcel's page lists it")

    def faults(self, scene: Scene) -> Iterable[Violation]:
        """It is in force on this parcel."""
        held = self.target(scene)
        if not Restriction.objects.filter(pk=self.restriction, parcel=held.pk, valid_to__isnull=True).exists():
            yield broken("unknown-restriction", held.geom, parcel=held.label)

    def plan(self, scene: Scene) -> Plan:
        """The map shows the gravest of those that are left."""
        pk = self.target(scene).pk
        left = Restriction.objects.filter(parcel=pk, valid_to__isnull=True).exclude(pk=self.restriction)
        kinds = set(left.values_list("kind", flat=True))
        status = next((_STATUS[kind] for kind in (Restriction.Kind.BLOCK, Restriction.Kind.DISPUTE) if kind in kinds), Parcel.Status.ACTIVE)
        return Plan(attributes={pk: {"status": status}})

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """The restriction ends."""
        journal.end(Restriction.objects.get(pk=self.restriction, parcel=self.target(scene).pk))


class IssueCertificate(Paper):
    """Issue a certificate for a parcel that has none that holds."""

    respects_restrictions = False

    serial: str = Field(min_length=4, max_length=20, description="Serial number on the paper")
    register_no: str = Field(min_length=1, max_length=20)

    def faults(self, scene: Scene) -> Iterable[Violation]:
        """A living parcel without a certificate that holds, a serial number that is free."""
        held = self.target(scene)
        yield from _alive(held)
        if Certificate.objects.filter(serial=self.serial).exists():
            yield broken("serial-taken")
        if Certificate.objects.filter(parcel=held.pk, status=Certificate.Status.VALID).exists():
            yield broken("certificate-holds", held.geom, parcel=held.label)

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """A new certificate; those that were to be exchanged are replaced by it."""
        pk = self.target(scene).pk
        new = Certificate(parcel_id=pk, serial=self.serial, register_no=self.register_no, issued_on=journal.on)
        journal.add(new)
        for old in Certificate.objects.filter(parcel=pk, status__in=_HELD).exclude(pk=new.pk):
            journal.alter(old, status=Certificate.Status.REPLACED, replaced_by=new)


class ReplaceCertificate(IssueCertificate):
    """Give a new certificate in place of one that is lost, worn or outdated."""

    def faults(self, scene: Scene) -> Iterable[Violation]:
        """A living parcel with a certificate, a serial number that is free."""
        held = self.target(scene)
        yield from _alive(held)
        if Certificate.objects.filter(serial=self.serial).exists():
            yield broken("serial-taken")
        if not Certificate.objects.filter(parcel=held.pk, status__in=_HELD).exists():
            yield broken("no-certificate", held.geom, parcel=held.label)


class RevokeCertificate(Paper):
    """Revoke a certificate by a decision."""

    respects_restrictions = False

    serial: str = Field(min_length=4, max_length=20)
    decision: str = Field(min_length=3, max_length=120, description="Number and date of the decision")

    def faults(self, scene: Scene) -> Iterable[Violation]:
        """The parcel has it, and it is not revoked yet."""
        held = self.target(scene)
        if not Certificate.objects.filter(parcel=held.pk, serial=self.serial, status__in=_HELD).exists():
            yield broken("unknown-certificate", held.geom, parcel=held.label)

    def settle(self, scene: Scene, written: Written, journal: Journal) -> None:
        """It no longer holds."""
        certificate = Certificate.objects.get(parcel=self.target(scene).pk, serial=self.serial)
        journal.alter(certificate, status=Certificate.Status.REVOKED)
