"""Screens and links: they show what their account may see, change nothing, and end when they are closed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gis_core.auth import screens
from gis_core.models import ScreenPass, User
from tests.cast import Person
from tests.service import Service
from tests.world import World


def _made(person: Person, kind: str = "screen", days: int = 7) -> tuple[ScreenPass, str]:
    assert person.user is not None
    end = timezone.now() + timedelta(days=days) if kind == "link" else None
    one = ScreenPass.objects.create(user=person.user, name="Phòng trực", kind=kind, expires_at=end)
    return one, f"/wall/?token={screens.token_of(one.uid)}"


def _opened(asgi: Service, address: str, held: str = "") -> str:
    """The cookie that an address leaves."""
    answer = asgi.get(address, headers={"Cookie": held} if held else {})
    asgi.client.cookies.clear()  # each test is browsers of its own
    assert answer.status_code == 302, answer.text[:300]
    assert "token" not in answer.headers["Location"]
    return answer.headers["Set-Cookie"].partition(";")[0]


def _count(asgi: Service, cookie: str, layer: str = "incidents") -> int:
    answer = asgi.get(f"/ogc/collections/{layer}/items?limit=1", headers={"Cookie": cookie, "Accept": "application/geo+json"})
    assert answer.status_code == 200
    return int(answer.json()["numberMatched"])


@pytest.mark.parametrize("kind", ["screen", "link"])
def test_it_shows_what_its_account_may_see(asgi: Service, scratch: World, kind: str) -> None:
    """In Django's services and on the hot path: the same rows, the same door."""
    leader = scratch.cast["leader"]
    _one, address = _made(leader, kind)
    cookie = _opened(asgi, address)
    for layer in ("incidents", "parcels"):
        own = asgi.get(f"/ogc/collections/{layer}/items?limit=1", leader, headers={"Accept": "application/geo+json"}).json()
        assert _count(asgi, cookie, layer) == own["numberMatched"]
    assert asgi.get("/tiles/parcels.json", headers={"Cookie": cookie}).status_code == 200
    assert asgi.get("/wall/", headers={"Cookie": cookie, "Accept": "text/html"}).status_code == 200
    assert asgi.get("/api/alerts", headers={"Cookie": cookie}).json()["may_answer"] is False


def test_everywhere_else_its_browser_is_a_visitors(asgi: Service, scratch: World) -> None:
    """No account page, no register, no board, no administration."""
    cookie = _opened(asgi, _made(scratch.cast["officer"])[1])
    for path in ("/accounts/tokens/", "/accounts/screens/", "/land/", "/admin/"):
        answer = asgi.get(path, headers={"Cookie": cookie, "Accept": "text/html"})
        assert answer.status_code in (302, 401, 403, 404), path
    page = asgi.get("/", headers={"Cookie": cookie, "Accept": "text/html"}).text
    assert "officer.world" not in page


def test_it_changes_nothing(asgi: Service, scratch: World) -> None:
    """By no verb of any service."""
    cookie = _opened(asgi, _made(scratch.cast["officer"])[1])
    pk = scratch.row("facilities", "A").pk
    for method, path in (
        ("DELETE", f"/ogc/collections/facilities/items/{pk}"),
        ("POST", "/api/land/parcels/split"),
        ("POST", "/api/observations"),
    ):
        answer = asgi.request(method, path, headers={"Cookie": cookie}, json={})
        assert answer.status_code in (401, 403, 404, 405), (path, answer.text)


@pytest.mark.parametrize("kind", ["screen", "link"])
def test_closed_is_closed_everywhere_at_once(asgi: Service, scratch: World, kind: str) -> None:
    """401 instead of a visitor's view: the page must not look as if all were well."""
    one, address = _made(scratch.cast["leader"], kind)
    cookie = _opened(asgi, address)
    assert asgi.get("/wall/screen", headers={"Cookie": cookie}).json() == {"state": "open"}
    ScreenPass.objects.filter(pk=one.pk).update(revoked_at=timezone.now())
    for path in ("/wall/", "/query/metrics?metrics=incidents.open", "/tiles/parcels.json", "/live/?layers=facilities", "/api/alerts"):
        assert asgi.get(path, headers={"Cookie": cookie}).status_code == 401, path
    assert asgi.get("/wall/screen", headers={"Cookie": cookie}).json() == {"state": "revoked"}
    assert asgi.get(address).status_code == 401


def test_a_link_ends_by_itself(asgi: Service, scratch: World) -> None:
    one, address = _made(scratch.cast["leader"], "link")
    cookie = _opened(asgi, address)
    ScreenPass.objects.filter(pk=one.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert asgi.get("/tiles/parcels.json", headers={"Cookie": cookie}).status_code == 401
    assert asgi.get("/wall/screen", headers={"Cookie": cookie}).json() == {"state": "over"}


def test_a_screen_belongs_to_its_first_browser(asgi: Service, scratch: World) -> None:
    """Which may open its address again; a link opens on any device."""
    _one, address = _made(scratch.cast["operator"])
    cookie = _opened(asgi, address)
    assert asgi.get(address).status_code == 401
    assert _opened(asgi, address, cookie)
    _link, shared = _made(scratch.cast["operator"], "link")
    assert _opened(asgi, shared) and _opened(asgi, shared)


def test_an_account_that_is_closed_closes_its_screens(asgi: Service, scratch: World) -> None:
    leader = scratch.cast["leader"]
    cookie = _opened(asgi, _made(leader)[1])
    User.objects.filter(pk=leader.user.pk if leader.user else 0).update(is_active=False)
    assert asgi.get("/wall/", headers={"Cookie": cookie}).status_code == 401
    assert asgi.get("/tiles/parcels.json", headers={"Cookie": cookie}).status_code == 401


def test_forged_addresses_and_cookies_open_nothing(asgi: Service, world: World) -> None:
    assert asgi.get("/wall/?token=forged").status_code == 401
    for path in ("/wall/", "/tiles/parcels.json"):
        assert asgi.get(path, headers={"Cookie": f"{screens.COOKIE}=forged"}).status_code == 401


@pytest.mark.django_db
def test_a_person_makes_and_closes_their_own(world: World) -> None:
    """What is missing is said; somebody else's is not there."""
    leader, stranger = world.cast["leader"].client(), world.cast["stranger"].client()
    for values in ({"name": "", "kind": "screen"}, {"name": "x", "kind": "door"}, {"name": "x", "kind": "link", "days": "400"}):
        leader.post("/accounts/screens/", values)
    assert not ScreenPass.objects.exists()
    leader.post("/accounts/screens/", {"name": "Điện thoại", "kind": "link", "days": "7"})
    one = ScreenPass.objects.get()
    assert screens.token_of(one.uid).encode() in leader.get("/accounts/screens/").content
    assert stranger.post(f"/accounts/screens/{one.pk}/revoke").status_code == 404
    assert leader.post(f"/accounts/screens/{one.pk}/revoke").status_code == 302
    one.refresh_from_db()
    assert one.state == "revoked"


@pytest.mark.django_db
def test_an_administrator_is_not_looked_through(world: World) -> None:
    from django.test import Client

    from tests import factories

    client = Client()
    client.force_login(factories.superuser())
    client.post("/accounts/screens/", {"name": "x", "kind": "screen"})
    assert not ScreenPass.objects.exists()
