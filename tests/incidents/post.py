"""A dispatch post for tests: a dispatcher, a crew with its unit, a second unit, and incidents to work on."""

import itertools
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point

from gis_core.models import AdminUnit, Role, User
from incidents.models import HandlingUnit, Incident, IncidentCategory, Reporter
from incidents.workflow import steps
from incidents.workflow.steps import Asked, Taken
from tests import factories

HERE = (108.475, 15.565)
NOTE, ANSWER = "Cần xe cẩu", "Đã sửa xong"
# What each verb needs beside itself.
GIVEN: dict[str, dict[str, Any]] = {
    "assign": {"unit": "doi-a"},
    "transfer": {"unit": "doi-b", "note": NOTE},
    "resolve": {"public_note": ANSWER},
    "reject": {"public_note": "Không thuộc thẩm quyền"},
    "reopen": {"note": "Chưa xong"},
    "ask": {"public_note": "Ở số nhà nào?"},
    "reply": {"public_note": "Số 12"},
    "annotate": {"note": NOTE},
}
_numbers = itertools.count(1)


@dataclass
class Post:
    """Everything happens in one administrative unit."""

    area: AdminUnit
    dispatcher: User
    crew: User
    unit: HandlingUnit
    other: HandlingUnit

    @classmethod
    def open(cls, area: AdminUnit) -> "Post":
        """New accounts, two units with their bases; the crew belongs to the first."""
        dispatcher, crew = factories.user(), factories.user()
        factories.jurisdiction(dispatcher, Role.DISPATCHER, area)
        factories.jurisdiction(crew, Role.FIELD_STAFF, area)
        first = HandlingUnit.objects.create(code="doi-a", name="Đội A", email="a@example.vn", base=Point(*HERE, srid=4326), capacity=2)
        second = HandlingUnit.objects.create(code="doi-b", name="Đội B", base=Point(HERE[0] + 0.01, HERE[1], srid=4326))
        first.members.add(crew)
        return cls(area, dispatcher, crew, first, second)

    def incident(self, status: str = "new", **values: Any) -> Incident:
        """An incident in a state, with its unit where the state means one."""
        category, _made = IncidentCategory.objects.get_or_create(code="o-ga", defaults={"name": "Ổ gà", "group": "giao thông"})
        if status in ("assigned", "in_progress", "resolved", "confirmed"):
            values.setdefault("handling_unit", self.unit)
        place = values.pop("at", HERE)
        defaults = {"title": f"Ổ gà số {next(_numbers)}", "category": category, "reported_at": factories.NOON, "admin_unit": self.area}
        return Incident.objects.create(status=status, geom=Point(place[0], place[1], srid=4326), **{**defaults, **values})

    def reporter(self, incident: Incident, email: str = "dan@example.vn") -> Reporter:
        """Somebody who left an address."""
        row, _made = Reporter.objects.update_or_create(incident=incident, defaults={"email": email, "name": "Lê Thị Mận"})
        return row

    def take(self, incident: Incident, verb: str, actor: User | None = None, version: int | None = None, **asked: Any) -> Taken:
        """A step with everything that it needs, by the dispatcher where nobody else is named."""
        given = {**GIVEN.get(verb, {}), **asked}
        return steps.take(actor or self.dispatcher, incident.tracking_code, verb, Asked(**given), version)
