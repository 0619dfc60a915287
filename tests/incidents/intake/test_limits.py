"""One device cannot flood the office; a commune behind one address is not locked out."""

import pytest
from pytest_django import Settings

from gis_core.errors import TooMany
from incidents.intake import Handed, Receipt, Source, take_in, take_in_many
from incidents.intake.source import COOKIE, new_device, source_of
from incidents.models import Incident
from incidents.rows import EVERYBODY, incidents
from tests.incidents.reports import category, report
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few(world: World, db: None, settings: Settings) -> None:
    category()
    settings.REPORTS_PER_DEVICE, settings.REPORTS_PER_ADDRESS, settings.REPORTS_PER_AREA = 3, 6, 1_000


def test_a_device_has_its_own_limit() -> None:
    source = Source("device", "address", known=True)
    for _ in range(3):
        take_in(report(), source)
    with pytest.raises(TooMany) as refused:
        take_in(report(), source)
    assert 0 < int(refused.value.headers["Retry-After"]) <= 3600
    assert take_in(report(), Source("another", "address", known=True)).created


def test_new_devices_share_the_limit_of_their_address_and_known_ones_go_on() -> None:
    outcomes = take_in_many([Handed(report(), Source(f"made up {n}", "commune")) for n in range(10)])
    assert sum(isinstance(outcome, TooMany) for outcome in outcomes) in (4, 10)
    with pytest.raises(TooMany):
        take_in(report(), Source("", "commune"))
    assert take_in(report(), Source("neighbour", "commune", known=True)).created
    assert take_in(report(), Source("somebody", "elsewhere")).created


def test_a_repetition_costs_nothing() -> None:
    source = Source("device", "address", known=True)
    receipts = [take_in(report(), source) for _ in range(3)]
    assert all(take_in(report(uid=receipt.uid), source) == Receipt(receipt.incident_id, receipt.uid, receipt.tracking_code, created=False)
               for receipt in receipts)  # fmt: skip


def test_a_flood_of_one_commune_is_taken_in_and_flagged(settings: Settings) -> None:
    settings.REPORTS_PER_AREA = 2
    uids = [take_in(report(), Source(f"device {n}", f"address {n}")).uid for n in range(4)]
    flags = [incidents(EVERYBODY).get(uid=uid).flags for uid in uids]
    assert ["flood" in found for found in flags] == [False, False, True, True]
    assert incidents(EVERYBODY).get(uid=uids[-1]).status == Incident.Status.NEW


def test_a_device_is_known_by_a_cookie_that_only_we_can_make(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    value = new_device()
    ours = {b"cookie": f"{COOKIE}={value}".encode()}
    first, again = source_of(ours, "192.0.2.1"), source_of(ours, "192.0.2.9")
    assert first.device
    assert first.device == again.device
    assert first.address != again.address
    assert not first.known
    monkeypatch.setattr("incidents.intake.source.KNOWN_AFTER_SECONDS", -1)
    assert source_of(ours, "192.0.2.1").known
    assert source_of({b"cookie": f"{COOKIE}={value[:-1]}".encode()}, "192.0.2.1") == Source("", first.address, known=False)


def test_addresses_are_taken_from_our_own_proxy_alone(settings: Settings) -> None:
    headers = {b"x-forwarded-for": b"203.0.113.5, 192.0.2.1"}
    settings.SECURE_PROXY_SSL_HEADER = None
    plain = source_of(headers, "10.0.0.1").address
    assert plain == source_of({}, "10.0.0.1").address
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert source_of(headers, "10.0.0.1").address == source_of({b"x-forwarded-for": b"192.0.2.1"}, "10.0.0.2").address


def test_a_customer_with_a_whole_network_is_one_address() -> None:
    assert source_of({}, "2001:db8:1:2:3:4:5:6").address == source_of({}, "2001:db8:1:2:ffff::1").address
    assert source_of({}, "2001:db8:1:2::1").address != source_of({}, "2001:db8:1:3::1").address
