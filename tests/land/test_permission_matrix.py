"""Every verb and every page of land × everybody, as one table. Addresses of the API: tests/land/api/test_permissions.py."""

from dataclasses import dataclass
from typing import Any

import pytest
from shapely.affinity import translate

from gis_core.models import Role
from land.models import Parcel, ParcelChange, Party
from land.verbs.register import VERBS
from tests import factories
from tests.land.api.caller import Caller, caller
from tests.land.desk import Desk
from tests.land.ground import slanted
from tests.world import World

# Who draws; who opens the work list and changes; who sees parcels of unit A.
DRAW = {"officer"}
OFFICE = {"officer", "approver"}
SEE = {*OFFICE, "field", "analyst", "leader", "operator", "administrator"}
EVERYBODY = {*SEE, "sibling", "dispatcher", "stranger", "anonymous"}
_ROLES: dict[str, tuple[str, str]] = {
    "sibling": (Role.LAND_OFFICER, "B"),
    "field": (Role.FIELD_STAFF, "A"),
    "dispatcher": (Role.DISPATCHER, "A"),
    "analyst": (Role.ANALYST, "đà nẵng"),
    "leader": (Role.LEADER, "đà nẵng"),
    "operator": (Role.OPERATOR, "đà nẵng"),
    "administrator": (Role.ADMINISTRATOR, "đà nẵng"),
}


@dataclass
class Case:
    """Two neighbours with a holder, and a published change of the first one."""

    parcels: tuple[Parcel, Parcel]
    party: Party
    change: ParcelChange

    def params(self) -> dict[str, dict[str, Any]]:
        """Accepted parameters of every verb."""
        one, other = (str(parcel.uid) for parcel in self.parcels)
        x, y = self.parcels[0].geom.centroid.coords
        cut = [[[x - 500, y], [x + 500, y]]]
        holders = {"parcel": one, "holders": [{"party": str(self.party.uid)}]}
        paper, decision = {"serial": "DA 123456", "register_no": "CS 1"}, {"decision": "QĐ 12/2026"}
        return {
            "split_lines": {"parcel": one, "lines": cut},
            "split_areas": {"parcel": one, "areas": [100], "side": "west"},
            "merge": {"parcels": [one, other]},
            "adjust_boundary": {"parcels": [one, other], "lines": cut},
            "correct_corners": {"parcel": one, "moves": [{"source": [x, y], "target": [x + 1, y]}]},
            "change_use": {"parcel": one, "uses": [{"code": "CLN", "area_m2": 10}]},
            "recover": {"parcel": one, **decision},
            "transfer": holders,
            "inherit": holders,
            "gift": holders,
            "mortgage": {"parcel": one, "creditor": str(self.party.uid), "reference": "HĐ 12"},
            "restrict": {"parcel": one, "restriction": "dispute", "reference": "Đơn 12"},
            "release": {"parcel": one, "restriction": 1},
            "issue_certificate": {"parcel": one, **paper},
            "replace_certificate": {"parcel": one, **paper},
            "revoke_certificate": {"parcel": one, "serial": "DA 123456", **decision},
            "correct": {"parcel": one, "address": "Kiệt 9"},
            "undo": {"change": str(self.change.uid)},
        }

    def pages(self) -> dict[str, set[str]]:
        """Addresses with those for whom they open; for everybody else they do not exist."""
        uid = self.parcels[0].uid
        return {
            "/land/": {*OFFICE, "sibling"},  # an office of its own
            f"/land/parcels/{uid}/": SEE,
            f"/land/parcels/{uid}/versions/1": SEE,
            f"/land/changes/{self.change.uid}/drawing": OFFICE,
            f"/api/land/parcels/{uid}/extract": SEE,
            "/api/land/sheets/900/plot?unit=20341": SEE,
            f"/api/land/parcels/{uid}/holders?purpose=thử": OFFICE,
            f"/api/land/changes/{self.change.uid}/holders?purpose=thử": OFFICE,
        }


@pytest.fixture
def case(desk: Desk) -> Case:
    """In unit A."""
    first, second = desk.parcel(slanted(), 1), desk.parcel(translate(slanted(), 62, 20), 2)
    party = desk.holder(first)
    return Case((first, second), party, desk.done("correct", parcel=str(first.uid), address="12 Phan Châu Trinh"))


@pytest.fixture
def people(desk: Desk, world: World) -> dict[str, Caller]:
    """Everybody, each with a session."""
    found = {
        "officer": caller(desk.officer),
        "approver": caller(desk.approver),
        "stranger": caller(factories.user()),
        "anonymous": caller(None),
    }
    for name, (role, unit) in _ROLES.items():
        user = factories.user()
        factories.jurisdiction(user, role, world.units[unit])
        found[name] = caller(user)
    assert set(found) == EVERYBODY
    return found


def test_every_verb_is_for_officers_of_the_unit_alone(case: Case, people: dict[str, Caller]) -> None:
    """Draft and trial; whoever may not is told what they are told of parcels that do not exist, and leaves no draft."""
    params = case.params()
    # Imports are no verb of the API: they have addresses of their own (tests/land/api/test_permissions.py).
    assert set(params) == set(VERBS)
    before = ParcelChange.objects.count()
    for name in sorted(EVERYBODY - DRAW):
        for kind, given in params.items():
            for end in ("", "/trial"):
                answer = people[name].send("POST", f"/changes/{kind}{end}", {"reason": "Đơn 12", "params": given})
                assert answer.status_code == (401 if name == "anonymous" else 404), (name, kind, end)
    assert ParcelChange.objects.count() == before
    for kind, given in params.items():
        answer = people["officer"].send("POST", f"/changes/{kind}/trial", {"reason": "Đơn 12", "params": given})
        assert answer.status_code == 200, (kind, answer.content)


def test_every_page_and_paper_opens_for_whom_it_is(case: Case, people: dict[str, Caller]) -> None:
    """A visitor is asked to sign in; everybody else finds it or finds nothing."""
    for address, readers in case.pages().items():
        for name in sorted(EVERYBODY):
            answer = people[name].client.get(address)
            closed = {302, 401, 404} if name == "anonymous" else {404}
            assert answer.status_code in ({200} if name in readers else closed), (address, name, answer.status_code)
