"""The head of every page leads to the pages that exist for its reader, and to no others."""

import pytest

from tests.cast import Person
from tests.service import Service
from tests.world import World

_PAGES = ("/uploads/", "/analysis/", "/briefings/")


@pytest.mark.parametrize("page", ["/accounts/tokens/", "/"])
@pytest.mark.parametrize("name", ["analyst", "leader", "operator", "officer", "stranger"])
def test_links_are_those_that_open(asgi: Service, world: World, name: str, page: str) -> None:
    """What a person may not use is not offered, what they may is."""
    person: Person = world.cast[name]
    content = asgi.get(page, person, headers={"Accept": "text/html"}).text
    for address in _PAGES:
        opens = asgi.get(address, person, headers={"Accept": "text/html"}).status_code == 200
        assert (f'href="{address}"' in content) == opens, address


def test_visitors_are_offered_none(asgi: Service, world: World) -> None:
    """Nor are they asked for at the cost of a statement."""
    content = asgi.get("/accounts/login/", headers={"Accept": "text/html"}).text
    assert not any(f'href="{address}"' in content for address in _PAGES)
