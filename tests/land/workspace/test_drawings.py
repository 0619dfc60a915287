"""Versions and drawings: the same picture before, at and after the publication, for the change's own unit alone."""

from uuid import uuid4

import pytest
import shapely

from gis_core.models import Role
from land.models import ParcelChange
from land.workflow import steps
from tests import factories
from tests.land.desk import Desk, shape_of
from tests.land.ground import slanted
from tests.land.workspace.conftest import Opener
from tests.world import World


def _split(desk: Desk) -> ParcelChange:
    parcel = desk.parcel(slanted(), 1)
    return desk.draft("split_areas", parcel=str(parcel.uid), areas=[150], side="west")


def _areas(body: dict[str, list[dict[str, float]]], side: str) -> list[float]:
    return sorted(shape["area_m2"] for shape in body[side])


def test_a_draft_shows_what_it_would_make(desk: Desk, opened: Opener) -> None:
    """One parcel before, two after, the same ground."""
    change = _split(desk)
    body = opened(desk.approver, f"/land/changes/{change.uid}/drawing").json()
    assert len(body["before"]) == 1
    assert _areas(body, "after")[0] == pytest.approx(150, abs=0.01)
    assert sum(_areas(body, "after")) == pytest.approx(sum(_areas(body, "before")), abs=0.02)


def test_the_picture_stays_when_it_is_published(desk: Desk, opened: Opener) -> None:
    """Read from the versions then, no longer planned."""
    change = _split(desk)
    planned = opened(desk.officer, f"/land/changes/{change.uid}/drawing").json()
    steps.submit(desk.officer, change.uid)
    steps.approve(desk.approver, change.uid)
    steps.publish(desk.approver, change.uid)
    done = opened(desk.officer, f"/land/changes/{change.uid}/drawing").json()
    for side in ("before", "after"):
        assert _areas(done, side) == pytest.approx(_areas(planned, side), abs=0.01)


def test_broken_rules_come_with_their_place(desk: Desk, opened: Opener) -> None:
    """A line that misses the parcel."""
    parcel = desk.parcel(slanted(), 1)
    x, y = shape_of(parcel).centroid.coords[0]
    change = desk.draft("split_lines", parcel=str(parcel.uid), lines=[[[x + 500, y], [x + 510, y]]])
    body = opened(desk.officer, f"/land/changes/{change.uid}/drawing").json()
    assert [found["code"] for found in body["violations"]] == ["line-misses"]
    assert body["violations"][0]["place"]


def test_a_parcel_that_moved_on_is_a_conflict_with_both_shapes(desk: Desk, opened: Opener) -> None:
    """409 with what was seen and what is."""
    parcel = desk.parcel(slanted(), 1)
    waiting = desk.draft("split_areas", parcel=str(parcel.uid), areas=[150], side="west")
    desk.done("split_areas", parcel=str(parcel.uid), areas=[90], side="north")
    answer = opened(desk.officer, f"/land/changes/{waiting.uid}/drawing")
    assert answer.status_code == 409
    state = answer.json()["parcels"][0]
    assert shapely.from_wkt(state["seen"]["wkt"]).area == pytest.approx(shape_of(parcel).area, abs=0.01)
    assert state["now"]["live"] is False


def test_a_withdrawn_change_has_no_picture(desk: Desk, opened: Opener) -> None:
    """It will never be carried out."""
    change = _split(desk)
    steps.withdraw(desk.officer, change.uid)
    assert opened(desk.officer, f"/land/changes/{change.uid}/drawing").json() == {"before": [], "after": [], "violations": []}


def test_drawings_are_for_the_changes_own_unit(desk: Desk, world: World, opened: Opener) -> None:
    """The sibling's officer, a leader, a stranger and a visitor get what an unknown change gets."""
    change = _split(desk)
    sibling, leader, stranger = factories.user(), factories.user(), factories.user()
    factories.jurisdiction(sibling, Role.LAND_OFFICER, world.units["B"])
    factories.jurisdiction(leader, Role.LEADER, world.units["đà nẵng"])
    people = (None, sibling, leader, stranger)
    assert [opened(one, f"/land/changes/{change.uid}/drawing").status_code for one in people] == [404] * 4
    assert opened(desk.officer, f"/land/changes/{uuid4()}/drawing").status_code == 404


def test_a_former_version_keeps_its_outline(desk: Desk, opened: Opener) -> None:
    """Corner by corner."""
    parcel = desk.parcel(slanted(), 1)
    was = shape_of(parcel)
    desk.done("correct", parcel=str(parcel.uid), address="Kiệt 3")
    body = opened(desk.officer, f"/land/parcels/{parcel.uid}/versions/1").json()
    assert body["version"] == 1
    assert shapely.geometry.shape(body["outline"]).equals_exact(was)


def test_versions_are_for_who_sees_the_parcel(desk: Desk, world: World, opened: Opener) -> None:
    """Unknown versions and unknown readers get the same answer."""
    parcel = desk.parcel(slanted(), 1)
    sibling = factories.user()
    factories.jurisdiction(sibling, Role.LAND_OFFICER, world.units["B"])
    path = f"/land/parcels/{parcel.uid}/versions/"
    assert [opened(user, path + number).status_code for user, number in ((desk.officer, "1"), (desk.officer, "9"), (sibling, "1"))] == [
        200,
        404,
        404,
    ]
