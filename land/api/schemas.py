"""The shapes of land's answers and requests, as the OpenAPI document shows them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from land.models import ParcelChange, Party, SourceDocument
from land.workflow.steps import Draft

Purpose = Annotated[str, Query(min_length=3, max_length=60, description="Why you read it, such as the number of the file")]


class LandUse(Schema):
    """A land use of a parcel."""

    code: str
    area_m2: float
    term_until: date | None
    origin: str


class ParcelOut(Schema):
    """A version of a parcel. `outline` is a GeoJSON polygon whose positions are east and north in EPSG:5899."""

    uid: UUID
    id: int = Field(description="The feature's id in every map service")
    version: int
    unit: str
    sheet_no: int
    parcel_no: int
    old_sheet_no: int | None
    old_parcel_no: int | None
    geohash: str
    address: str
    status: str
    area_m2: float = Field(description="Measured on the VN-2000 plane")
    legal_area_m2: float | None = Field(description="On paper")
    land_uses: list[LandUse]
    valid_from: date
    valid_to: date | None
    outline: dict[str, Any]


class VersionOut(Schema):
    """A version with both of its times."""

    version: int
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    area_m2: float
    land_use_label: str
    status: str
    address: str


class ChangeLine(Schema):
    """A published change in a parcel's history."""

    uid: UUID
    kind: str
    reason: str = Field(description="For officers and approvers of the unit; empty for others")
    published_at: datetime | None


class Kin(Schema):
    """A parent or child; `area_m2` is the ground that went from one to the other."""

    uid: UUID
    label: str
    status: str
    area_m2: float


class ParcelHistory(Schema):
    """Everything that happened to a parcel."""

    versions: list[VersionOut]
    changes: list[ChangeLine]
    parents: list[Kin]
    children: list[Kin]


class PartyOut(Schema):
    """A holder: personal data."""

    uid: UUID
    kind: str
    name: str
    id_number: str
    address: str
    phone: str
    parcels: list[UUID] = Field(default=[], description="Uids of the holder's parcels in your units")


class PartyIn(Schema):
    """A new holder."""

    model_config = ConfigDict(extra="forbid")

    kind: Party.Kind
    name: str = Field(min_length=1, max_length=200)
    id_number: str = Field("", max_length=40)
    address: str = Field("", max_length=200)
    phone: str = Field("", max_length=30)


class HoldersOut(Schema):
    """Rights with their holders, certificates and restrictions of a parcel."""

    rights: list[dict[str, Any]]
    certificates: list[dict[str, Any]]
    restrictions: list[dict[str, Any]]


class Asked(Schema):
    """What every verb's request has besides its parameters."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=3, max_length=500)
    documents: list[UUID] = Field(default=[], max_length=20, description="Uids of papers")
    seen: dict[UUID, int] = Field(default={}, description="Versions of the parcels on your screen; a newer one is a conflict (409)")
    effective_on: date | None = Field(None, description="The day from which it holds; today where left out")

    def draft(self, kind: str, params: dict[str, Any], key: str = "") -> Draft:
        """As the workflow takes it."""
        return Draft(kind, params, self.reason, self.seen, tuple(self.documents), self.effective_on, key)


class Revision(Asked):
    """The new content of a draft; its kind stays."""

    params: dict[str, Any]


class Note(Schema):
    """A remark to a step."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field("", max_length=500)


class StepOut(Schema):
    """A line of a change's log."""

    at: datetime
    actor: str
    state: str
    note: str


class DocumentOut(Schema):
    """A paper behind a change."""

    uid: UUID
    kind: SourceDocument.Kind
    number: str
    issued_on: date | None
    issuer: str
    has_scan: bool


class ChangeOut(Schema):
    """A change."""

    uid: UUID
    kind: ParcelChange.Kind
    state: ParcelChange.State
    version: int
    unit: str
    reason: str
    params: dict[str, Any]
    documents: list[DocumentOut]
    targets: list[list[Any]] = Field(description="[uid, version] of the parcels as the author saw them")
    author: str
    approver: str | None
    report: dict[str, Any] | None
    effective_on: date
    due_on: date | None
    overdue: bool
    created_at: datetime
    published_at: datetime | None
    before: list[list[Any]] = Field(description="[uid, version] before the publication")
    after: list[list[Any]] = Field(description="[uid, version] after it")
    change_seq: int | None = Field(description="Ask other services with min_seq= this to see the change")
    steps: list[StepOut]


class TrialOut(Schema):
    """What a change would do, without doing it."""

    violations: list[dict[str, Any]]
    born: list[dict[str, Any]] = Field(description="New parcels: area_m2, outline")
    reshaped: list[dict[str, Any]] = Field(description="Parcels with another outline: uid, area_m2, outline")
    knotted: list[UUID] = Field(description="Neighbours that get vertices on their boundary")
    retired: list[UUID]
