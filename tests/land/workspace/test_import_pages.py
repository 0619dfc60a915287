"""`/land/imports/`: for whom it opens, and what it hands to its script."""

import pytest

from gis_core.models import Role
from land.models import ParcelImport
from tests import factories
from tests.land.desk import Desk
from tests.land.workspace.conftest import Opener
from tests.land.workspace.test_pages import data_of
from tests.world import World


def test_it_opens_for_officers_with_their_communes(desk: Desk, opened: Opener) -> None:
    """And with the zones, the pilot's first."""
    answer = opened(desk.officer, "/land/imports/")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")
    data = data_of(answer)["land"]["imports"]
    assert [unit["code"] for unit in data["units"]] == ["20341"]
    assert data["zones"][0]["code"] == "EPSG:5899"


@pytest.mark.parametrize(
    ("role", "unit"), [(Role.APPROVER, "B"), (Role.ANALYST, "đà nẵng"), (Role.LEADER, "đà nẵng"), (Role.LAND_OFFICER, "B")]
)
def test_others_find_nothing(desk: Desk, world: World, opened: Opener, role: str, unit: str) -> None:
    """The page of an import is as unknown as one that never was."""
    job = ParcelImport.objects.create(unit=desk.unit, author=desk.officer, name="a.gpkg")
    person = factories.user()
    factories.jurisdiction(person, role, world.units[unit])
    assert opened(desk.officer, f"/land/imports/{job.uid}/").status_code == 200
    assert opened(person, f"/land/imports/{job.uid}/").status_code == 404
    assert opened(person, "/land/imports/").status_code == (200 if role in (Role.LAND_OFFICER, Role.APPROVER) else 404)


def test_it_opens_for_approvers_without_the_form(desk: Desk, opened: Opener) -> None:
    """They have no commune to bring a file for."""
    job = ParcelImport.objects.create(unit=desk.unit, author=desk.officer, name="a.gpkg")
    assert data_of(opened(desk.approver, "/land/imports/"))["land"]["imports"]["units"] == []
    assert opened(desk.approver, f"/land/imports/{job.uid}/").status_code == 200
