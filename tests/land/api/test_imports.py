"""Imports and exports over HTTP: bring, look, answer, hand in, approve; what is not accepted; who is not heard."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.models import Role
from land.importing import jobs
from land.models import ParcelImport
from tests import factories
from tests.land.api.caller import Caller, caller
from tests.land.desk import Desk
from tests.land.importing import files
from tests.land.importing.conftest import Counter, counter  # noqa: F401  the fixture
from tests.land.importing.files import Lot, lots, square
from tests.world import World

PATH = "/api/land/imports"


@pytest.fixture
def content(counter: Counter, settings: Any, tmp_path: Path) -> bytes:  # noqa: F811
    """A file with one bad parcel."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return files.gpkg(tmp_path / "a.gpkg", [*lots(), Lot(square(9), None)]).read_bytes()


def _sent(api: Caller, desk: Desk, content: bytes, **more: str) -> Any:
    return api.client.post(PATH, {"unit": desk.unit.code, **more, "file": SimpleUploadedFile("tờ 77.gpkg", content)})


def test_from_the_upload_to_the_map(desk: Desk, officer_api: Caller, content: bytes) -> None:
    """Each answer says how far it is and what the asker may do; the last one from which state on the map shows it."""
    sent = _sent(officer_api, desk, content)
    assert (sent.status_code, sent.json()["state"], sent.json()["unit_code"]) == (201, "queued", "20341")
    uid = sent.json()["uid"]
    jobs.work(ParcelImport.objects.get().uid)
    found = officer_api.get(f"/imports/{uid}").body
    assert (found["state"], found["parcels"], found["bad"], found["hopeless"]) == ("checked", 7, 1, False)
    assert [(kind["code"], kind["is_error"], kind["count"]) for kind in found["counts"]] == [
        ("no-number", True, 1),
    ]
    (problem,) = officer_api.get(f"/imports/{uid}/problems", code="no-number").body
    assert (problem["rows"], problem["labels"], problem["place"] is not None) == ([7], ["77/?"], True)
    west, south, east, north = found["bounds"]
    seen = officer_api.get(f"/imports/{uid}/outlines", bbox=f"{west},{south},{east},{north}").body
    assert (seen["total"], sum(feature["properties"]["bad"] for feature in seen["features"])) == (7, 1)
    refused = officer_api.post(f"/imports/{uid}/submit", {})
    assert (refused.status_code, refused.body["field"]) == (400, "leave_out")
    handed = officer_api.post(f"/imports/{uid}/submit", {"leave_out": True}).body
    assert (handed["state"], handed["may"]) == ("submitted", {"change": True, "approve": False})
    approver_api = caller(desk.approver)
    assert [(one["state"], one["may"]) for one in approver_api.get("/imports").body] == [("submitted", {"change": False, "approve": True})]
    waiting = {state: len(approver_api.get("/imports", state=state).body) for state in ("submitted", "done")}
    assert waiting == {"submitted": 1, "done": 0}
    assert approver_api.post(f"/imports/{uid}/return", {"note": ""}).body["field"] == "note"
    assert approver_api.post(f"/imports/{uid}/return", {"note": "Thiếu tờ 78"}).body["note"] == "Thiếu tờ 78"
    assert officer_api.post(f"/imports/{uid}/submit", {"leave_out": True}).body["note"] == ""
    assert officer_api.post(f"/imports/{uid}/approve", {}).status_code == 404
    approved = approver_api.post(f"/imports/{uid}/approve", {}).body
    assert (approved["state"], approved["author"], approved["approver"]) == ("confirmed", desk.officer.username, desk.approver.username)
    jobs.work(ParcelImport.objects.get().uid)
    done = officer_api.get(f"/imports/{uid}").body
    assert (done["state"], done["parcels"]) == ("done", 6)
    assert done["change_seq"]
    assert officer_api.post(f"/imports/{uid}/cancel").status_code == 409
    assert [row["parcel_no"] for row in officer_api.get("/parcels", sheet=77).body] == [1, 2, 3, 4, 5, 6]
    assert officer_api.get("/changes").body == []
    assert officer_api.get(f"/changes/{done['change']}").body["kind"] == "import"


@pytest.mark.parametrize(
    ("field", "value"),
    [("crs", "EPSG:32648"), ("crs", "EPSG:6959"), ("axes", "up"), ("sheet", "-3"), ("script", "klingon")],
)
def test_wrong_answers_are_named(desk: Desk, officer_api: Caller, content: bytes, field: str, value: str) -> None:
    """400 with the field; nothing is kept."""
    answer = _sent(officer_api, desk, content, **{field: value})
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not ParcelImport.objects.exists()


def test_a_file_is_needed_and_not_an_empty_one(desk: Desk, officer_api: Caller, content: bytes) -> None:
    """400."""
    assert officer_api.client.post(PATH, {"unit": desk.unit.code}).json()["field"] == "file"
    assert _sent(officer_api, desk, b"").json()["field"] == "file"
    job = ParcelImport.objects.create(unit=desk.unit, author=desk.officer)
    assert officer_api.get(f"/imports/{job.uid}/outlines", bbox="1,2").body["field"] == "bbox"


@pytest.mark.parametrize(
    ("role", "unit"), [(Role.LAND_OFFICER, "B"), (Role.APPROVER, "B"), (Role.ANALYST, "đà nẵng"), (Role.LEADER, "đà nẵng")]
)
def test_only_officers_of_the_unit_import(desk: Desk, world: World, content: bytes, role: str, unit: str) -> None:
    """For everybody else the unit's imports do not exist: not to bring, not to see, not to confirm."""
    job = ParcelImport.objects.create(
        unit=desk.unit, author=desk.officer, name="a.gpkg", state="checked", report={"bad": [], "hopeless": False}
    )
    person = factories.user()
    factories.jurisdiction(person, role, world.units[unit])
    api = caller(person)
    assert _sent(api, desk, content).status_code == 404
    assert api.get("/imports").body == []
    for path in ("", "/problems", "/outlines?bbox=1,1,2,2"):
        assert api.get(f"/imports/{job.uid}{path}").status_code == 404
    for step in ("submit", "cancel", "answers", "approve"):
        assert api.post(f"/imports/{job.uid}/{step}", {}).status_code == 404
    assert api.post(f"/imports/{job.uid}/return", {"note": "Thiếu"}).status_code == 404
    job.refresh_from_db()
    assert (job.state, ParcelImport.objects.count()) == ("checked", 1)


def test_exports_go_to_whoever_sees_the_parcels(desk: Desk, world: World, officer_api: Caller) -> None:
    """As a file to be saved; a unit that is not open answers as one that is not there; formats are named."""
    desk.parcel(square(0), 1, sheet_no=77)
    answer = officer_api.get("/exports/geojson", unit="20341", sheet=77)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    sibling = factories.user()
    factories.jurisdiction(sibling, Role.LAND_OFFICER, world.units["B"])
    closed, unknown = caller(sibling).get("/exports/gpkg", unit="20341"), caller(sibling).get("/exports/gpkg", unit="99999")
    assert (closed.status_code, closed.body["detail"]) == (unknown.status_code, unknown.body["detail"]) == (404, closed.body["detail"])
    assert officer_api.get("/exports/docx").body["field"] == "format"
    assert officer_api.get("/exports/gpkg", purpose="xem thử").body["field"] == "purpose"
