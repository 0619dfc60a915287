"""The workspace's pages: for whom they open, and that no row of anybody stands in them."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest

from gis_core.models import Role
from tests import factories
from tests.land.desk import Desk
from tests.land.ground import slanted
from tests.land.workspace.conftest import Opener
from tests.world import World


def data_of(answer: Any) -> dict[str, Any]:
    """The JSON that the page hands to its script."""
    found = re.search(r'<script id="page" type="application/json">(.*?)</script>', answer.content.decode(), re.DOTALL)
    assert found
    read: dict[str, Any] = json.loads(found[1])
    return read


@pytest.mark.parametrize("name", ["officer", "approver"])
def test_the_work_list_opens_for_the_office(desk: Desk, opened: Opener, name: str) -> None:
    """Either of them."""
    answer = opened(getattr(desk, name), "/land/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(("role", "draw", "approve"), [(Role.LAND_OFFICER, True, False), (Role.APPROVER, False, True)])
def test_the_page_says_what_its_reader_may_do(desk: Desk, opened: Opener, role: str, draw: bool, approve: bool) -> None:
    """The script shows tools and steps by it; the API asks again."""
    user = desk.officer if role == Role.LAND_OFFICER else desk.approver
    assert data_of(opened(user, "/land/"))["land"]["may"] == {"work": True, "draw": draw, "approve": approve, "holders": True}


@pytest.mark.parametrize("role", [Role.FIELD_STAFF, Role.ANALYST, Role.LEADER, Role.OPERATOR, Role.DISPATCHER])
def test_the_work_list_is_closed_to_everybody_else(world: World, db: None, opened: Opener, role: str) -> None:
    """With the answer that unknown pages give."""
    user = factories.user()
    factories.jurisdiction(user, role, world.units["A"])
    assert opened(user, "/land/").status_code == 404


@pytest.mark.parametrize("path", ["/land/", "/land/parcels/f82db3c2-159f-4709-a2ab-0f37f1943316/"])
def test_a_visitor_is_asked_to_sign_in(db: None, opened: Opener, path: str) -> None:
    """Before anything is looked up: known and unknown parcels answer alike."""
    answer = opened(None, path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_a_parcels_page_opens_where_the_parcel_may_be_seen(desk: Desk, world: World, opened: Opener) -> None:
    """Officers of the unit and analysts; for the sibling's officer it does not exist."""
    uid = desk.parcel(slanted(), 1).uid
    analyst, sibling = factories.user(), factories.user()
    factories.jurisdiction(analyst, Role.ANALYST, world.units["đà nẵng"])
    factories.jurisdiction(sibling, Role.LAND_OFFICER, world.units["B"])
    assert [opened(user, f"/land/parcels/{uid}/").status_code for user in (desk.officer, analyst, sibling)] == [200, 200, 404]


def test_forbidden_and_unknown_parcels_answer_alike(desk: Desk, opened: Opener) -> None:
    """Word for word."""
    uid = desk.parcel(slanted(), 1).uid
    stranger = factories.user()
    answers = [opened(stranger, f"/land/parcels/{one}/") for one in (uid, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    first, second = (re.sub(r"[0-9a-f]{8}[0-9a-f-]*", "", answer.content.decode()) for answer in answers)
    assert first == second


def test_no_row_and_no_holder_stands_in_the_page(desk: Desk, opened: Opener) -> None:
    """The script reads rows from the API, in the reader's name, and personal data only on demand."""
    parcel = desk.parcel(slanted(), 1)
    desk.holder(parcel, "Nguyễn Thị Bưởi")
    text = opened(desk.officer, f"/land/parcels/{parcel.uid}/").content.decode()
    assert "Bưởi" not in text
    assert "Trần Cao Vân" not in text


def test_units_of_the_search_are_the_readers_own(desk: Desk, opened: Opener) -> None:
    """An officer of one commune has nothing to choose."""
    units = data_of(opened(desk.officer, "/land/"))["land"]["units"]
    assert [unit["name"] for unit in units] == ["Phường Tam Kỳ"]
