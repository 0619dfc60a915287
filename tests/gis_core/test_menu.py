"""The head of pages: whoever sees a link may follow it, and what is not shown is not there."""

import pytest

from gis_core.access import scope_of
from gis_core.views.menu import entries
from tests.cast import Person
from tests.service import Service
from tests.world import World

PAGES = {"/land/", "/incidents/", "/reports/", "/uploads/", "/analysis/", "/briefings/"}


@pytest.fixture
def everything(world: World) -> dict[str, str]:
    """All entries: address -> words."""
    return dict(entry for person in world.cast if person.user for entry in entries(scope_of(person.user)))


def test_links_are_followed_by_those_who_see_them_alone(asgi: Service, world: World, everything: dict[str, str]) -> None:
    """For each of the cast and each page."""
    assert set(everything) == PAGES
    differing = set()
    for person in (person for person in world.cast if person.user):
        own = dict(entries(scope_of(person.user)))
        differing.add(frozenset(own))
        for address in everything:
            answer = asgi.get(address, person, headers={"Accept": "text/html"})
            assert (answer.status_code == 200) == (address in own), f"{person.name}: {address} {answer.status_code}"
    assert len(differing) > 2


def test_the_head_has_the_links(asgi: Service, officer: Person) -> None:
    """On any page of an account."""
    page = asgi.get("/accounts/tokens/", officer).text
    assert 'href="/land/"' in page
    assert 'href="/incidents/"' in page


def test_visitors_have_none(asgi: Service) -> None:
    """Of pages that need an account."""
    page = asgi.get("/ogc/?f=html").text
    assert 'href="/land/"' not in page
