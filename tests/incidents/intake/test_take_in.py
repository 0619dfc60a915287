"""A report becomes an incident: once, whole, located, routed, with a deadline."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from gis_core.errors import BadParameter, Conflict, ServiceError
from incidents.intake import Contact, Handed, NewReport, Position, Receipt, Source, take_in, take_in_many
from incidents.models import DeadlineRule, HandlingUnit, Incident, Photo, Reporter, RoutingRule
from incidents.rows import EVERYBODY, incidents
from tests import factories
from tests.incidents.reports import IN_A, category, report
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _categories(world: World, db: None) -> None:
    category()
    category("chieu-sang", group="Hạ tầng")


def only(uid: uuid.UUID) -> Incident:
    return incidents(EVERYBODY).get(uid=uid)


def test_a_report_is_written_with_a_code_nobody_can_guess() -> None:
    receipt = take_in(report())
    row = only(receipt.uid)
    assert receipt.created
    assert receipt.incident_id == row.pk
    assert receipt.tracking_code == row.tracking_code
    assert len(set(row.tracking_code)) > 4
    assert (row.status, row.moderation, row.is_public, row.channel) == ("new", "pending", False, "form")


def test_a_repeated_report_gets_the_first_receipt() -> None:
    first = take_in(report())
    again = take_in(report(uid=first.uid, description="Cùng một phản ánh, gửi lại"))
    assert again == Receipt(first.incident_id, first.uid, first.tracking_code, created=False)
    assert incidents(EVERYBODY).filter(uid=first.uid).count() == 1


def test_the_same_report_twice_in_one_batch_is_one() -> None:
    same = report()
    outcomes = take_in_many([Handed(same), Handed(report()), Handed(same)])
    receipts = [outcome for outcome in outcomes if isinstance(outcome, Receipt)]
    assert [receipt.created for receipt in receipts] == [True, True, False]
    assert receipts[0].incident_id == receipts[2].incident_id


def test_in_a_batch_a_wrong_report_fails_alone() -> None:
    taken = uuid.uuid4()
    take_in(report(photos=(taken,)))
    handed = [report(), report(category="không có"), report(photos=(taken,)), report(pin=Position(15.56, 108.47))]
    good, unknown, foreign, swapped = take_in_many([Handed(item) for item in handed])
    assert isinstance(good, Receipt)
    assert isinstance(unknown, BadParameter)
    assert unknown.field == "category"
    assert isinstance(foreign, Conflict)
    assert isinstance(swapped, BadParameter)
    assert swapped.field == "pin"
    assert not incidents(EVERYBODY).filter(uid__in=[item.uid for item in handed[1:]]).exists()


def test_it_knows_the_units_of_every_generation(world: World) -> None:
    row = only(take_in(report()).uid)
    assert row.admin_unit == world.units["A"]
    assert set(row.all_units) == {world.units[name].pk for name in ("A", "an xuân 2025", "phước hòa")}
    assert "Phường Tam Kỳ" in row.address


def test_outside_every_unit_it_is_taken_in_all_the_same() -> None:
    assert only(take_in(report(pin=Position(109.2, 15.9))).uid).admin_unit is None


def test_the_road_says_whose_ground_it_is(world: World) -> None:
    lon, lat = 108.4781, 15.5712
    road = factories.feature(_roads(), world.units["A"], (lon, lat), name="Quốc lộ 1", road_class="national")
    near, far = take_in(report(pin=Position(lon + 0.0001, lat))), take_in(report(pin=Position(lon - 0.002, lat)))
    assert (only(near.uid).road, only(near.uid).asset) == (road.name, "national_road")
    assert only(far.uid).asset in ("off_road", "street", "provincial_road")


def _roads() -> Any:
    from layers.themes.traffic import RoadSegment

    return RoadSegment


def test_the_most_urgent_rule_routes_and_sets_the_deadline(world: World) -> None:
    ward, agency = (HandlingUnit.objects.create(code=code, name=code) for code in ("phuong", "cong-ty"))
    RoutingRule.objects.create(unit=ward, position=50)
    RoutingRule.objects.create(unit=agency, position=10, group="Giao thông", area=world.units["đà nẵng"])
    DeadlineRule.objects.create(hours=48, position=50)
    DeadlineRule.objects.create(hours=6, position=10, category=category("chieu-sang", group="Hạ tầng"))
    traffic, light = only(take_in(report()).uid), only(take_in(report(category="chieu-sang")).uid)
    assert (traffic.handling_unit, light.handling_unit) == (agency, ward)
    assert traffic.due_at is not None
    assert light.due_at is not None
    assert abs(traffic.due_at - timezone.now() - timedelta(hours=48)) < timedelta(minutes=5)
    assert abs(light.due_at - timezone.now() - timedelta(hours=6)) < timedelta(minutes=5)


def test_a_rule_for_an_abolished_ward_holds_on_its_old_ground(world: World) -> None:
    unit = HandlingUnit.objects.create(code="to-cu", name="Tổ cũ")
    RoutingRule.objects.create(unit=unit, area=world.units["phước hòa"])
    inside, beside = only(take_in(report()).uid), only(take_in(report(pin=Position(108.4755, 15.5555))).uid)
    assert inside.handling_unit == unit
    assert beside.handling_unit is None


def test_the_moment_is_told_by_our_clock_whatever_the_device_says() -> None:
    wrong = datetime(2001, 1, 1, 12, tzinfo=UTC)
    row = only(take_in(report(made_at=wrong, sent_at=wrong + timedelta(hours=3))).uid)
    assert abs(timezone.now() - timedelta(hours=3) - row.reported_at) < timedelta(minutes=5)
    assert "clock_wrong" in row.flags


@pytest.mark.parametrize("waited", [timedelta(hours=-1), timedelta(days=400)])
def test_a_span_that_cannot_be_counts_as_none(waited: timedelta) -> None:
    now = timezone.now()
    row = only(take_in(report(made_at=now - waited, sent_at=now)).uid)
    assert abs(timezone.now() - row.reported_at) < timedelta(minutes=5)


def test_what_does_not_fit_is_flagged_and_nothing_refused() -> None:
    far = Position(IN_A.lon + 0.01, IN_A.lat, 20.0)
    row = only(take_in(report(device=far)).uid)
    assert row.pin_distance_m == pytest.approx(1072, abs=3)
    assert row.flags == ["pin_far_from_device"]
    assert "inaccurate" in only(take_in(report(device=Position(IN_A.lon, IN_A.lat, 900.0), pin=Position(108.4655, 15.5655))).uid).flags
    assert only(take_in(report(pin=Position(108.4855, 15.5655))).uid).flags == ["no_device_position"]


def test_a_report_beside_an_open_one_of_its_group_is_flagged() -> None:
    take_in(report(pin=Position(108.4712, 15.5741)))
    near = Position(108.4712, 15.5741 + 40 / 111_000)
    assert "maybe_repeated" in only(take_in(report(pin=near)).uid).flags
    assert "maybe_repeated" not in only(take_in(report(pin=near, category="chieu-sang")).uid).flags
    category("den-tin-hieu", group="Giao thông")
    assert "maybe_repeated" not in only(take_in(report(pin=Position(108.4712, 15.5741 - 40 / 111_000), category="den-tin-hieu")).uid).flags


def test_the_contact_stands_in_a_table_of_its_own() -> None:
    contact = Contact("Nguyễn Văn A", "0905 000 000", "a@example.vn")
    receipt = take_in(report(contact=contact, device=IN_A), Source("d" * 32, "a" * 32))
    reporter = Reporter.objects.get(incident=receipt.incident_id)
    assert (reporter.name, reporter.phone, reporter.email) == (contact.name, contact.phone, contact.email)
    assert reporter.device_geom is not None
    assert "0905" not in str(Incident.objects.within(EVERYBODY).filter(pk=receipt.incident_id).values())


def test_an_anonymous_report_keeps_neither_contact_nor_account_nor_place_of_the_device() -> None:
    user = factories.user()
    receipt = take_in(report(contact=Contact(phone="0905"), anonymous=True, user_id=user.pk, device=IN_A))
    reporter = Reporter.objects.get(incident=receipt.incident_id)
    assert (reporter.phone, reporter.user, reporter.device_geom) == ("", None, None)


def test_announced_photos_are_expected() -> None:
    photos = (uuid.uuid4(), uuid.uuid4())
    receipt = take_in(report(photos=photos))
    assert receipt.missing == photos
    assert only(receipt.uid).waits_for_photos
    assert set(take_in(report(uid=receipt.uid)).missing) == set(photos)
    assert Photo.objects.filter(incident=receipt.incident_id, state="receiving").count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"category": "nothing"}, "category"),
        ({"pin": Position(float("nan"), 15.0)}, "pin"),
        ({"device": Position(0.0, 0.0)}, "device"),
        ({"device": Position(108.4, 15.5, -1.0)}, "device.accuracy_m"),
        ({"description": "x" * 4_001}, "description"),
        ({"title": "x" * 161}, "title"),
        ({"address": "x" * 201}, "address"),
        ({"photos": tuple(uuid.uuid4() for _ in range(6))}, "photos"),
        ({"photos": (uuid.UUID(int=1), uuid.UUID(int=1))}, "photos"),
        ({"contact": Contact(email="không phải")}, "contact.email"),
        ({"contact": Contact(name="x" * 121)}, "contact.name"),
    ],
)
def test_what_is_wrong_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(ServiceError) as refused:
        take_in(report(**values))
    assert refused.value.field == field


def test_texts_are_tidied() -> None:
    given: NewReport = report(description="  a\u0300 \u202egnp.exe\x00 \n dòng hai ", title="")
    row = only(take_in(given).uid)
    assert row.description == "à gnp.exe \n dòng hai"
    assert row.title == "à gnp.exe "
