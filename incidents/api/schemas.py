"""The shapes of the answers and requests of `/api/incidents/`, as the OpenAPI document shows them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from incidents.models import Incident
from incidents.workflow.steps import MAX_NOTE, Asked

CODE = r"^[0-9A-Z]{4,20}$"


class Row(Schema):
    """An incident in the list."""

    id: int = Field(description="The feature's id in every map service")
    code: str = Field(description="The tracking code")
    title: str
    category: str
    category_name: str
    status: Incident.Status
    severity: Incident.Severity
    address: str
    reported_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    overdue: bool
    waiting: bool = Field(description="The clock stands: the reporter was asked")
    unit: str | None = Field(description="Code of the handling unit")
    unit_name: str | None
    area: str | None
    is_public: bool
    moderation: str
    photos: int
    channel: str
    version: int
    lon: float
    lat: float


class Page(Schema):
    """A page of the list. `counts` and `tile_filter` come with the first page alone."""

    items: list[Row]
    next: str | None = Field(description="The `cursor` of the next page")
    counts: dict[str, Any] | None = None
    tile_filter: str | None = Field(None, description="The same filter for tiles of the layer, in CQL2 text")


class StepOut(Schema):
    """A step that was taken."""

    at: datetime
    verb: str
    title: str
    before: str
    after: str
    hand: str
    actor: str | None
    note: str
    public_note: str
    is_moderated: bool
    unit: str | None
    photos: list[UUID]


class PhotoOut(Schema):
    """A photo as the office sees it."""

    uid: UUID
    kind: str
    state: str
    moderation: str
    url: str | None
    thumbnail: str | None
    flags: list[str]


class Offer(Schema):
    """A step that the reader may take now; `needs` are the fields that it wants."""

    verb: str
    title: str
    needs: list[str]


class Detail(Row):
    """An incident with everything that the office may know of it; the reporter stands apart."""

    description: str
    road: str
    accuracy_m: float | None
    flags: list[str]
    paused_s: int
    duplicate_of: str | None
    duplicates: int
    has_contact: bool
    photo_list: list[PhotoOut]
    steps: list[StepOut]
    offered: list[Offer]
    tracking_url: str


class StepIn(Schema):
    """What comes with a step."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field("", max_length=MAX_NOTE, description="For the office")
    public_note: str = Field("", max_length=MAX_NOTE, description="For the reporter and everybody who follows")
    unit: str | None = Field(None, max_length=40, description="Code of the handling unit")
    of: str | None = Field(None, pattern=CODE, description="Tracking code of the original")
    photos: list[UUID] = Field([], max_length=10, description="Photos of this incident that show the work")

    def asked(self, key: str = "") -> Asked:
        """For the verb."""
        return Asked(self.note, self.public_note, self.unit, self.of, tuple(self.photos), key)


class BulkIn(StepIn):
    """One step for several incidents."""

    codes: list[str] = Field(min_length=1, max_length=200)
    versions: dict[str, int] = Field({}, description="Versions that were seen, by tracking code")


class Outcome(Schema):
    """What became of one of several."""

    code: str
    ok: bool
    status: str | None = None
    version: int | None = None
    error: str | None = None


class NearUnit(Schema):
    """A handling unit near an incident."""

    code: str
    name: str
    distance_m: int
    open: int
    capacity: int | None
    free: bool


class ModerationIn(Schema):
    """What may be shown to everybody. Texts that are given replace the reporter's before they are published."""

    model_config = ConfigDict(extra="forbid")

    publish: bool | None = Field(None, description="true: public, false: refused, left out: as it is")
    title: str | None = Field(None, max_length=160)
    description: str | None = Field(None, max_length=4_000)
    photos: dict[UUID, bool] = Field({}, max_length=20, description="Photos to approve (true) or refuse (false)")
    steps: dict[int, bool] = Field({}, max_length=50, description="Notes of the reporter by version of their step")


class InstructionIn(Schema):
    """An instruction at an incident, or at a place."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    title: str = Field(min_length=3, max_length=160)
    text: str = Field("", max_length=4_000)
    incident: str | None = Field(None, pattern=CODE, description="Tracking code; or lon and lat")
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    assignee: str | None = Field(None, max_length=40, description="Code of the handling unit; else the area's dispatchers")
    due_at: datetime | None = None


class InstructionOut(Schema):
    """An instruction."""

    uid: UUID
    id: int
    version: int
    title: str
    text: str
    incident: str | None
    area: str | None
    assignee: str | None
    assignee_name: str | None
    state: str
    overdue: bool
    due_at: datetime | None
    given_at: datetime
    given_by: str
    answer: str
    answered_at: datetime | None
    answered_by: str | None
    may_answer: bool
    may_close: bool
    lon: float
    lat: float


class AnswerIn(Schema):
    """What came of it."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(min_length=1, max_length=4_000)
