"""Every address there is, asked by a visitor and by an account without work: nothing opens but what the short lists name.

The lists of tests/architecture/test_habits.py say which addresses the contract holds to the oracle and which have no rows. All
others (domain verbs, workspaces, the administration) must be closed to both; a new address that is not falls through here.
"""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture import test_habits as habits
from tests.service import Service
from tests.world import World

CLOSED = {301, 302, 401, 403, 404, 405, 406, 410}
# Open to everybody by purpose, each with what holds it to the rules instead.
PUBLIC = {
    "incidents/new/": "the citizens' form, no rows (tests/incidents/form/test_queries.py)",
    "incidents/map/": "published incidents alone (tests/incidents/test_public.py)",
    "incidents/open-data/": "published incidents alone (tests/incidents/test_public.py)",
    "open311/v2/": "published incidents alone (tests/incidents/test_open311.py)",
    "openrosa/": "blank forms; what is sent is never shown (tests/incidents/test_openrosa.py)",
    "api/alerts": "alerts of layers that the asker reaches (tests/layers/alerts/test_api.py)",
    "admin/login/": "no rows",
    "admin/logout/": "no rows",
    "admin/jsi18n/": "no rows",
    "admin/password_change/": "one's own password",
}
_DUMMIES = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "slug": "x", "str": "x", "path": "x"}


def _routes(resolver: URLResolver, prefix: str = "") -> list[str]:
    found: list[str] = []
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern).lstrip("^")
        found += [route] if isinstance(entry, URLPattern) else _routes(entry, route)
    return found


def _address(route: str) -> str:
    """The route with something in each place; regular expressions become what they match most simply."""
    text = re.sub(r"<(?:(\w+):)?\w+>", lambda found: _DUMMIES.get(found[1] or "str", "x"), route)
    text = re.sub(r"\(\?P[^()]*(?:\([^()]*\)[^()]*)*\)", "x", text)
    return "/" + text.replace("\\.", ".").replace("\\Z", "").replace("$", "").replace("(?:", "").rstrip("?)")


def _listed(route: str) -> bool:
    plain = re.sub(r"<\w+:(?!pk)", "<", route)
    return plain in {*habits._CONTRACT, *habits._WITHOUT_ROWS, *habits._DECLARATIONS} or any(_is_of(route, open_) for open_ in PUBLIC)


def _is_of(route: str, open_: str) -> bool:
    return route == open_ or (open_.endswith("/") and route.startswith(open_))


ROUTES = sorted({route for route in _routes(get_resolver()) if not _listed(route)})


def test_there_are_addresses_to_ask() -> None:
    """The resolver was understood."""
    assert len(ROUTES) > 80
    assert any(route.startswith("admin/gis_core/user") for route in ROUTES)


@pytest.mark.parametrize("prefix", PUBLIC)
def test_the_list_of_open_addresses_is_no_longer_than_they_are(prefix: str) -> None:
    """An entry whose addresses are gone would let in whatever comes there next."""
    assert any(_is_of(route, prefix) for route in _routes(get_resolver()))


@pytest.mark.parametrize("name", ["anonymous", "stranger"])
def test_nothing_else_opens(asgi: Service, world: World, name: str) -> None:
    """By reading."""
    person, opened = world.cast[name], []
    for route in ROUTES:
        answer = asgi.get(_address(route), person, headers={"Accept": "text/html,application/json"})
        if answer.status_code not in CLOSED and not _is_empty(answer.content):
            opened.append(f"{route} → {_address(route)}: {answer.status_code} {answer.text[:80]!r}")
    assert opened == []


@pytest.mark.parametrize("name", ["anonymous", "stranger"])
def test_nothing_else_takes_anything(asgi: Service, world: World, name: str) -> None:
    """By writing: with a token, so that no missing CSRF token hides an open door."""
    person, opened = world.cast[name], []
    for route in (route for route in ROUTES if not route.startswith("admin/")):
        for method in ("POST", "PUT", "DELETE"):
            answer = asgi.request(
                method, _address(route), person, how="bearer", headers={"Content-Type": "application/json"}, content=b"{}"
            )
            if answer.status_code < 400 and answer.status_code not in CLOSED:
                opened.append(f"{method} {route}: {answer.status_code} {answer.text[:80]!r}")
            assert answer.status_code < 500, f"{method} {_address(route)}: {answer.text[:300]}"
    assert opened == []


def _is_empty(content: bytes) -> bool:
    """One's own list, with nothing in it."""
    return content.strip() in (b"[]", b"{}")
