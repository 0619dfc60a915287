"""Signing in: how often it may fail, who is not hit by that, and the second factor."""

import re
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis_core.auth import second_factor, throttle
from gis_core.models import User
from tests import factories
from tests.cast import Person
from tests.factories import PASSWORD
from tests.service import Service

pytestmark = pytest.mark.django_db


def _try(client: Client, name: str, typed: str = "wrong", address: str = "10.0.0.1", **more: str) -> int:
    data = {"username": name, "password": typed, **more}
    return client.post("/accounts/login/", data, REMOTE_ADDR=address).status_code


def _person(name: str) -> User:
    return factories.user(name)


def test_an_account_cannot_be_tried_for_long_from_one_place() -> None:
    """Then 429 with Retry-After, even for the right password; another place is not hit."""
    _person("an")
    assert [_try(Client(), "an") for _each in range(throttle.PAIR)] == [200] * throttle.PAIR
    answer = Client().post("/accounts/login/", {"username": "an", "password": PASSWORD}, REMOTE_ADDR="10.0.0.1")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= throttle.SPAN_SECONDS
    assert _try(Client(), "an", PASSWORD, "10.0.0.2") == 302


def test_the_neighbour_at_the_same_address_is_not_hit() -> None:
    """A commune's building has one address."""
    _person("binh")
    _person("cuong")
    for _each in range(throttle.PAIR):
        _try(Client(), "binh")
    assert _try(Client(), "cuong", PASSWORD) == 302


def test_known_browsers_stay_open_while_their_building_is_shut() -> None:
    """One person tries a hundred accounts; whoever signed in here before is not locked out."""
    _person("dung")
    _person("em")
    known = Client()
    assert _try(known, "dung", PASSWORD) == 302
    known.post("/accounts/logout/")
    for number in range(throttle.ADDRESS):
        _try(Client(), f"ai{number}")
    assert _try(Client(), "em", PASSWORD) == 429
    assert _try(known, "dung", PASSWORD) == 302


def test_an_owner_is_not_locked_out_by_strangers_everywhere() -> None:
    """Thirty failures from thirty addresses."""
    _person("giang")
    known = Client()
    assert _try(known, "giang", PASSWORD, "10.9.9.9") == 302
    known.post("/accounts/logout/")
    for number in range(throttle.ACCOUNT):
        _try(Client(), "giang", address=f"10.0.1.{number}")
    assert _try(Client(), "giang", PASSWORD, "10.0.2.1") == 429
    assert _try(known, "giang", PASSWORD, "10.9.9.9") == 302


def test_a_known_browser_is_known_for_its_own_account_alone() -> None:
    """And its mark cannot be made up."""
    _person("hoa")
    known = Client()
    _try(known, "hoa", PASSWORD)
    mark = known.cookies[throttle.COOKIE].value
    forged = Client()
    forged.cookies[throttle.COOKIE] = mark[:-2] + "xx"
    request = forged.get("/accounts/login/").wsgi_request
    assert throttle._known(request) == []


def _code(user: User, offset: int = 0) -> str:
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key, device.step, device.t0, device.digits, device.drift + offset):06d}"


def _enrolled(client: Client, name: str) -> tuple[User, list[str]]:
    user = _person(name)
    client.force_login(user)
    page = client.get("/accounts/two-factor/").content.decode()
    assert "<svg" in page
    answer = client.post("/accounts/two-factor/", {"code": _code(user)})
    return user, re.findall(r"<code>([a-z2-7]{8})</code>", answer.content.decode())


def test_a_second_factor_is_asked_of_whoever_has_one() -> None:
    """The password alone does not open; the next code does; a used code does not open twice."""
    user, codes = _enrolled(Client(), "khanh")
    assert len(codes) == second_factor.RECOVERY_CODES
    assert _try(Client(), "khanh", PASSWORD) == 200
    assert _try(Client(), "khanh", PASSWORD, code="000000") == 200
    TOTPDevice.objects.filter(user=user).update(throttling_failure_count=0, throttling_failure_timestamp=None, last_t=-1)
    code = _code(user)
    assert _try(Client(), "khanh", PASSWORD, code=code) == 302
    assert _try(Client(), "khanh", PASSWORD, code=code) == 200


def test_a_recovery_code_works_once() -> None:
    """For the day the phone is lost."""
    _user, codes = _enrolled(Client(), "lan")
    assert _try(Client(), "lan", PASSWORD, code=codes[0]) == 302
    assert _try(Client(), "lan", PASSWORD, code=codes[0]) == 200


def test_removing_needs_the_code_that_it_removes() -> None:
    """A browser left open is not enough."""
    client = Client()
    user, codes = _enrolled(client, "minh")
    client.post("/accounts/two-factor/", {"action": "remove", "code": "123456"})
    assert second_factor.has_one(user)
    TOTPDevice.objects.filter(user=user).update(throttling_failure_count=0, throttling_failure_timestamp=None)
    client.post("/accounts/two-factor/", {"action": "remove", "code": codes[0]})
    assert not second_factor.has_one(user)


def test_the_administration_wants_a_second_factor(settings: Any) -> None:
    """Where it is required: staff without one are led to the page that begins it, and then get in."""
    settings.ADMIN_TWO_FACTOR = True
    boss, client = factories.superuser(), Client()
    client.force_login(boss)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/")["Location"] == "/accounts/two-factor/"
    client.get("/accounts/two-factor/")
    client.post("/accounts/two-factor/", {"code": _code(boss)})
    assert client.get("/admin/").status_code == 200
    other = Client()
    other.force_login(boss)
    assert other.get("/admin/").status_code == 302


def test_the_administration_signs_in_by_the_same_door(client: Client) -> None:
    """And lands where it wanted to."""
    boss = factories.superuser()
    answer = client.post("/admin/login/", {"username": boss.username, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("path", ["/accounts/tokens/", "/accounts/password/", "/accounts/two-factor/", "/admin/", "/admin/gis_core/user/"])
@pytest.mark.parametrize("how", ["basic", "bearer"])
def test_a_token_opens_neither_accounts_nor_the_administration(asgi: Service, leader: Person, path: str, how: str) -> None:
    """Whoever finds QGIS's token must not make itself another."""
    assert asgi.get(path, leader, how=how).status_code == 403
