"""Papers and their scans."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.models import Role
from land.models import Parcel, ParcelChange, PersonalDataRead, SourceDocument
from tests import factories
from tests.land.api.caller import Caller, caller
from tests.land.desk import Desk
from tests.land.ground import slanted
from tests.world import World

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
PATH = "/api/land/documents"


@pytest.fixture
def parcel(desk: Desk, settings: Any, tmp_path: Path) -> Parcel:
    """A parcel of the unit; scans go into a directory of the test."""
    settings.MEDIA_ROOT = tmp_path
    return desk.parcel(slanted(), 1)


def _sent(api: Caller, parcel: Parcel, content: bytes = PDF, name: str = "Đơn của bà Bưởi.pdf", **more: str) -> Any:
    form = {"parcel": str(parcel.uid), "kind": "application", "number": "12/2026", **more}
    return api.client.post(PATH, {**form, "scan": SimpleUploadedFile(name, content)})


def test_a_paper_goes_with_a_change(desk: Desk, officer_api: Caller, parcel: Parcel) -> None:
    """Its number is named by the draft; its file has a name that tells nothing."""
    answer = _sent(officer_api, parcel, issued_on="2026-11-02")
    assert (answer.status_code, answer.json()["has_scan"]) == (201, True)
    uid = answer.json()["uid"]
    body = {"reason": "Đơn 12", "documents": [uid], "params": {"parcel": str(parcel.uid), "address": "Kiệt 7"}}
    change = officer_api.post("/changes/correct", body)
    assert change.status_code == 201
    (document,) = ParcelChange.objects.get(uid=change.body["uid"]).documents.all()
    assert str(document.uid) == uid
    assert Path(str(document.file.name)).name == f"{uid}.pdf"
    unknown = officer_api.post("/changes/correct", {**body, "documents": [str(parcel.uid)]})
    assert (unknown.status_code, unknown.body["field"]) == (404, "documents")


def test_the_scan_comes_back_and_the_reading_is_logged(desk: Desk, officer_api: Caller, approver_api: Caller, parcel: Parcel) -> None:
    """To be saved, in a sandbox, kept by no cache."""
    uid = _sent(officer_api, parcel).json()["uid"]
    answer = approver_api.client.get(f"{PATH}/{uid}/scan")
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (answer.headers["Cache-Control"], answer.headers["Content-Security-Policy"]) == ("private, no-store", "sandbox")
    (read,) = PersonalDataRead.objects.all()
    assert (read.user, read.purpose) == (desk.approver, f"document {uid}")


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<html>%PDF-1.7", b"\xff\xd8\xff\xe0JFIF", b"PK\x03\x04"])
def test_other_files_are_refused_whatever_they_are_called(officer_api: Caller, parcel: Parcel, content: bytes) -> None:
    """By their first bytes."""
    answer = _sent(officer_api, parcel, content, "đơn.pdf")
    assert (answer.status_code, answer.json()["field"]) == (400, "scan")
    assert not SourceDocument.objects.exists()


def test_wrong_fields_are_named(officer_api: Caller, parcel: Parcel) -> None:
    """400, with the field."""
    assert officer_api.client.post(PATH, {"kind": "application"}).json()["field"] == "parcel"
    assert officer_api.client.post(PATH, {"parcel": str(parcel.uid), "kind": "poem"}).json()["field"] == "kind"


def test_papers_belong_to_their_unit(desk: Desk, officer_api: Caller, parcel: Parcel, world: World) -> None:
    """The officer next door, the leader and the analyst get the answer of what does not exist."""
    uid = _sent(officer_api, parcel).json()["uid"]
    for role, unit in ((Role.LAND_OFFICER, "B"), (Role.LEADER, "đà nẵng"), (Role.ANALYST, "đà nẵng"), (Role.FIELD_STAFF, "A")):
        person = factories.user()
        factories.jurisdiction(person, role, world.units[unit])
        api = caller(person)
        assert api.get(f"/documents/{uid}/scan").status_code == 404
        assert _sent(api, parcel).status_code == 404
    assert SourceDocument.objects.count() == 1
