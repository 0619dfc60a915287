"""What a person may ask: to be told, to be forgotten; and what is forgotten by itself."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from django.utils import timezone

from gis_core.audit import privacy
from gis_core.models import AccessToken, AuditEntry, User
from incidents import privacy as incidents
from incidents.models import Follow, Incident, Photo, Reporter
from incidents.photos import store
from land.models import Party
from tests import factories
from tests.world import SOUTH, WEST

pytestmark = pytest.mark.django_db
PHONE, MAIL, NUMBER = "0905 000 111", "nguoi.dan@example.vn", "049 000 000 111"


def _report(**values: Any) -> Incident:
    incident = factories.feature(Incident, None, (WEST, SOUTH), "ổ gà", **values)
    Reporter.objects.create(incident=incident, name="Nguyễn Thị Hoa", phone=PHONE, email=MAIL, device="d", device_geom=Point(WEST, SOUTH))
    return incident


def _photo(incident: Incident) -> Photo:
    original, picture = store.put(store.originals(), b"with a position inside"), store.put(store.pictures(), b"drawn anew")
    return Photo.objects.create(
        incident=incident,
        state=Photo.State.READY,
        content_type="image/png",
        size=9,
        exif={"model": "X"},
        original=original,
        picture=picture,
        thumbnail=picture,
        exif_geom=Point(WEST, SOUTH),
    )


def test_a_person_is_told_what_is_held() -> None:
    """Over all packages, and the reading stands in the audit log without the person."""
    incident = _report()
    Party.objects.create(kind="person", name="Nguyễn Thị Hoa", id_number=NUMBER, phone=PHONE)
    told = privacy.export(privacy.Subject(phone=PHONE, id_number=NUMBER), "Đơn 7")
    assert [one["incident"] for one in told["incidents.privacy.subjects"]["reports"]] == [incident.pk]
    assert [one["name"] for one in told["land.privacy.subjects"]["holders"]] == ["Nguyễn Thị Hoa"]
    entry = AuditEntry.objects.get(action="data-subject.export")
    assert entry.object == "Đơn 7"
    assert PHONE not in str(entry.detail)


def test_nobody_else_is_told() -> None:
    """An empty part of the question matches nothing."""
    _report()
    told = privacy.export(privacy.Subject(phone="0905 999 999"), "Đơn 8")
    assert told["incidents.privacy.subjects"] == {"reports": [], "follows": []}
    assert told["land.privacy.subjects"] == {"holders": []}


def test_a_person_is_forgotten_and_the_report_stays(django_capture_on_commit_callbacks: Any) -> None:
    """Contact, device, what the device wrote into the photo, and whom to tell."""
    incident = _report()
    photo = _photo(incident)
    before = photo.original
    Follow.objects.create(uid="6a5b1d3e-0000-4000-8000-000000000001", incident=incident, email=MAIL)
    with django_capture_on_commit_callbacks(execute=True):
        done = privacy.erase(privacy.Subject(phone=PHONE, email=MAIL), "Đơn 9")
    reporter = Reporter.objects.get(incident=incident)
    assert (reporter.name, reporter.phone, reporter.email, reporter.device, reporter.device_geom) == ("", "", "", "", None)
    photo.refresh_from_db()
    assert (photo.exif, photo.exif_geom) == ({}, None)
    assert store.get(store.originals(), photo.original) == b"drawn anew"
    assert not store.originals().exists(store.path_of(before))
    assert not Follow.objects.exists()
    assert Incident._base_manager.filter(pk=incident.pk).exists()
    assert done["incidents.privacy.subjects"]["kept"]


def test_the_land_register_is_kept_and_says_so() -> None:
    """By law; the answer tells the person why."""
    Party.objects.create(kind="person", name="Nguyễn Thị Hoa", id_number=NUMBER)
    done = privacy.erase(privacy.Subject(id_number=NUMBER), "Đơn 10")
    assert Party.objects.filter(id_number=NUMBER).exists()
    assert "kept by law" in done["land.privacy.subjects"]["kept"][0]


def test_an_account_is_emptied_and_closed() -> None:
    """What it did stays under its number."""
    user = factories.user("hoa.tk", first_name="Hoa", email="hoa@example.vn")
    AccessToken.objects.issue(user, "QGIS")
    privacy.erase(privacy.Subject(username="hoa.tk"), "Đơn 11")
    user = User.objects.get(pk=user.pk)
    assert (user.first_name, user.email, user.is_active, user.has_usable_password()) == ("", "", False, False)
    assert not user.access_tokens.exists()


def test_contacts_are_forgotten_after_their_time() -> None:
    """Of resolved reports; open ones and young ones keep theirs. The number is proved in the audit log."""
    now = timezone.now()
    old, young, open_one = (_report(resolved_at=now - timedelta(days=400)), _report(resolved_at=now - timedelta(days=3)), _report())
    assert incidents.forget_old() == 1
    held = set(Reporter.objects.exclude(phone="").values_list("incident_id", flat=True))
    assert held >= {young.pk, open_one.pk}
    assert old.pk not in held
    assert AuditEntry.objects.get(action="retention.contacts").detail["reports"] == 1
    assert incidents.forget_old() == 0


def test_the_command_names_the_request_and_writes_json(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """To a file, or to standard output."""
    _report()
    call_command("data_subject", "export", phone=PHONE, reason="Đơn 12", out=str(tmp_path / "told.json"))
    assert PHONE.encode() in (tmp_path / "told.json").read_bytes()
    call_command("data_subject", "export", email=MAIL, reason="Đơn 12")
    assert orjson.loads(capsys.readouterr().out)["incidents.privacy.subjects"]["reports"]
    with pytest.raises(CommandError, match="Name the person"):
        call_command("data_subject", "erase", reason="Đơn 12")
