"""Signed passes and tokens on the hot path: what ends them ends them there too, within a moment and without the database."""

import time
from collections.abc import Callable

import pytest
from django.core import signing
from django.test import Client

from gis_core.auth import passes
from gis_core.models import AccessToken, Jurisdiction, User
from land.models import Parcel
from tests import factories
from tests.cast import Person, SignIn, sign_in
from tests.service import Service
from tests.world import World

WAYS: tuple[SignIn, ...] = ("session", "basic", "bearer")
PARCELS = "/tiles/parcels.json"  # there for officers, absent for visitors


@pytest.fixture
def newcomer(scratch: World) -> Person:
    """Another land officer of A, whom a test may do anything to."""
    user = factories.user("người mới", email="moi@example.vn")
    factories.jurisdiction(user, "land_officer", scratch.units["A"])
    return Person("newcomer", user, factories.token(user), sign_in(user), {"land_officer": "A"})


def _account(person: Person) -> User:
    assert person.user is not None
    return person.user


def _status(asgi: Service, person: Person, how: SignIn = "session") -> int:
    return asgi.get(PARCELS, person, how=how).status_code


def test_a_new_account_is_known_at_once(asgi: Service, newcomer: Person) -> None:
    """By session and by token."""
    assert [_status(asgi, newcomer, how) for how in WAYS] == [200, 200, 200]


def test_signing_out_ends_the_pass(asgi: Service, newcomer: Person) -> None:
    """Even for somebody who kept the cookie."""
    client = Client()
    client.force_login(_account(newcomer))
    client.get("/healthz")
    kept = Person("kept", newcomer.user, cookies={passes.COOKIE: client.cookies[passes.COOKIE].value})
    assert _status(asgi, kept) == 200
    client.post("/accounts/logout/")
    assert client.cookies[passes.COOKIE].value == ""
    assert _status(asgi, kept) == 404
    assert _status(asgi, newcomer) == 200  # another session of the same account lives on


def test_a_new_password_ends_the_passes_of_all_sessions(asgi: Service, newcomer: Person) -> None:
    """And tokens stay: they are revoked one by one."""
    user = _account(newcomer)
    user.set_password("một mật khẩu khác hẳn")
    user.save()
    assert _status(asgi, newcomer) == 404
    assert _status(asgi, newcomer, "bearer") == 200


def test_a_deactivated_account_has_neither(asgi: Service, newcomer: Person) -> None:
    """A pass becomes a visitor's, a token is refused."""
    User.objects.filter(pk=_account(newcomer).pk).update(is_active=False)
    assert [_status(asgi, newcomer, how) for how in WAYS] == [404, 401, 401]


def test_a_revoked_token_is_refused(asgi: Service, newcomer: Person) -> None:
    """The session does not mind."""
    AccessToken.objects.filter(user=newcomer.user).delete()
    assert [_status(asgi, newcomer, how) for how in WAYS] == [200, 401, 401]


def test_an_expired_token_is_refused(asgi: Service, newcomer: Person) -> None:
    """Everywhere."""
    AccessToken.objects.filter(user=newcomer.user).update(expires_at=factories.NOON)
    assert _status(asgi, newcomer, "bearer") == 401
    assert asgi.get("/wall/counts", newcomer, how="bearer").status_code == 401


def test_a_withdrawn_jurisdiction_is_gone_at_once(asgi: Service, newcomer: Person) -> None:
    """From tiles and from pages."""
    Jurisdiction.objects.filter(user=newcomer.user).delete()
    assert _status(asgi, newcomer) == 404
    assert "parcels" not in asgi.get("/wall/counts", newcomer).json()


def test_an_open_stream_goes_silent_with_its_permission(asgi: Service, newcomer: Person, scratch: World) -> None:
    """A stream opened before tells nothing after."""
    with asgi.stream("/live/?layers=parcels", newcomer) as stream:
        stream.event()
        Jurisdiction.objects.filter(user=newcomer.user).delete()
        asgi.settle()
        _touch(scratch)
        event = stream.event(0.7)
    assert event is None or event.kind != "change"


def test_an_open_stream_ends_with_its_token(asgi: Service, newcomer: Person, scratch: World) -> None:
    """Credentials that do not hold any more end the answer."""
    with asgi.stream("/live/?layers=roads,parcels", Person("token"), headers=newcomer.headers("bearer")) as stream:
        assert stream.event() is not None
        AccessToken.objects.filter(user=newcomer.user).delete()
        asgi.settle()
        _touch(scratch)
        assert stream.ended()


@pytest.mark.parametrize(
    "damage", [lambda value: value[:-1] + ("A" if value[-1] != "A" else "B"), lambda value: "x" + value, lambda _value: "a:b:c"]
)
def test_a_forged_pass_is_a_visitors(asgi: Service, officer: Person, damage: Callable[[str], str]) -> None:
    """Its signature does not hold."""
    forged = damage(officer.cookies[passes.COOKIE])
    assert passes.unseal(forged) is None
    assert _status(asgi, Person("forger", officer.user, cookies={passes.COOKIE: forged})) == 404


def test_a_pass_ends_by_itself(asgi: Service, officer: Person) -> None:
    """At its own hour, whatever the directory says."""
    live = passes.unseal(officer.cookies[passes.COOKIE])
    assert live is not None
    over = passes.Pass(live.user, live.session, live.fingerprint, int(time.time()) - 1).sealed()
    assert passes.unseal(over) is None
    assert _status(asgi, Person("late", officer.user, cookies={passes.COOKIE: over})) == 404


def test_a_signed_value_of_another_kind_is_no_pass() -> None:
    """Same key, same salt, other content."""
    for content in ([1, 2], "text", {"user": 1}, [1, "s", "f", "soon"], None):
        assert passes.unseal(signing.dumps(content, salt="gis_core.pass")) is None


def test_the_pass_is_out_of_reach_of_scripts_and_foreign_sites(db: None, officer: Person) -> None:
    """HttpOnly, SameSite."""
    client = Client()
    client.cookies.load({"sessionid": officer.cookies["sessionid"]})
    morsel = client.get("/healthz").cookies[passes.COOKIE]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"


def test_a_token_is_never_kept_in_clear(scratch: World, newcomer: Person) -> None:
    """Only its digest is stored, and it is ASCII, so that every client can send it."""
    stored = AccessToken.objects.get(user=newcomer.user)
    assert newcomer.secret.isascii()
    assert newcomer.secret not in str(stored.__dict__)


def _touch(world: World) -> None:
    parcel = Parcel.objects.get(pk=world.row("parcels", "A").pk)
    parcel.save()
