"""The restricted layer: there for people with clearance, in their units; for all others (superusers too) it is nowhere.

For the seven of the cast the whole contract suite says so, in every service (tests/contract).
"""

from collections.abc import Iterator

import pytest

from gis_core.access import scope_of
from gis_core.models import Role
from layers.catalogue import catalogue
from layers.models import SecurityEvent
from tests import factories
from tests.cast import Person, sign_in
from tests.service import Service
from tests.themes.cases import LAT, LON
from tests.themes.feeding import items, metric, send
from tests.world import CELL, World

NAME = "security_events"
EVENT = {"code": "AN-1", "kind": "order", "level": "high", "title": "Diễn tập", "starts_at": "2026-01-15T08:00:00+07:00"}


@pytest.fixture
def cleared(scratch: World) -> Iterator[Person]:
    """Somebody with clearance in unit A."""
    user = factories.user("cleared.world")
    factories.jurisdiction(user, Role.SECURITY, scratch.units["A"])
    yield Person("cleared", user, factories.token(user), sign_in(user))


def test_clearance_opens_the_rows_of_its_units(asgi: Service, cleared: Person, scratch: World) -> None:
    mine = {row.pk for row in scratch.rows[NAME] if row.home == "A"}
    assert {feature["id"] for feature in items(asgi, cleared, NAME)} == mine
    assert metric(asgi, cleared, f"{NAME}.count")["value"] == len(mine)
    assert asgi.get("/wall/counts", cleared).json()[NAME] == len(mine)
    assert NAME in asgi.get("/wfs?SERVICE=WFS&REQUEST=GetCapabilities", cleared).text


def test_what_is_sent_with_clearance_reaches_nobody_else(asgi: Service, cleared: Person, scratch: World) -> None:
    """Not the leader, who sees everything else; not a superuser; not as a change on a stream of other layers."""
    rows = [{**EVENT, "lon": LON, "lat": LAT}]
    answer = send(asgi, cleared, f"/api/feeds/{NAME}", rows)
    assert answer.json()["created"] == 1, answer.text
    assert send(asgi, cleared, f"/api/feeds/{NAME}", [{**rows[0], "lon": LON + 2 * CELL}]).status_code == 422
    assert metric(asgi, cleared, f"{NAME}.high")["value"] == 1
    boss = factories.superuser("boss.world")
    others = [*scratch.cast, Person("boss", boss, factories.token(boss), sign_in(boss))]
    for person in others:
        for path in (
            f"/ogc/collections/{NAME}/items",
            f"/tiles/{NAME}.json",
            f"/live/?layers={NAME}",
            f"/query/metrics?metrics={NAME}.count",
        ):
            assert asgi.get(path, person).status_code == 404, (person.name, path)
        assert send(asgi, person, f"/api/feeds/{NAME}", rows).status_code in (401, 404)
        for path in ("/query/search?q=tap", "/ogc/collections?f=json", "/wfs?SERVICE=WFS&REQUEST=GetCapabilities", "/wall/counts"):
            assert NAME not in asgi.get(path, person).text, (person.name, path)


@pytest.mark.django_db
def test_a_superuser_alone_has_no_reach(world: World) -> None:
    scope = scope_of(factories.superuser())
    layer = next(layer for layer in catalogue.feature_layers() if layer.name == NAME)
    assert not layer.reach(scope)
    assert not layer.reach(scope, "change")
    assert not SecurityEvent.objects.restrict(factories.superuser()).exists()
    assert not SecurityEvent.access.reach(scope)
