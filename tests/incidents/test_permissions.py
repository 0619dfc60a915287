"""Every address of incidents in the name of people who have no business there: one answer, and nothing written."""

import pytest

from incidents.models import IncidentStep, Instruction
from tests import factories
from tests.incidents.api.caller import caller
from tests.incidents.post import Post
from tests.world import World

_READ = ("/{code}", "/{code}/nearest-units")
_WRITE = ("/{code}/steps/receive", "/{code}/steps/annotate", "/{code}/moderation")
_ROOMS = ("/", "/clusters?zoom=5", "/statistics", "/export")


@pytest.mark.parametrize("path", [*_READ, *_ROOMS])
def test_reading_needs_work(post: Post, path: str) -> None:
    """A visitor is asked to sign in; an account without work finds nothing."""
    address = path.format(code=post.incident(is_public=True).tracking_code)
    assert caller(None).get(address).status_code == 401
    assert caller(factories.user()).get(address).status_code == 404


@pytest.mark.parametrize("path", ["/clusters", "/clusters?zoom=x", "/?limit=0", "/statistics?by=x", "/instructions?state=x"])
def test_what_is_wrong_with_a_request_is_told_to_whoever_may_send_it(post: Post, path: str) -> None:
    """Everybody else is not told of the address's fields, for there is no such address."""
    assert caller(None).get(path).status_code == 401
    assert caller(factories.user()).get(path).status_code == 404
    assert caller(post.dispatcher).get(path).status_code == 400


@pytest.mark.parametrize("path", _READ)
def test_the_neighbours_incident_is_not_there(post: Post, world: World, path: str) -> None:
    """The same bytes as for a code that nobody has."""
    sibling = factories.user()
    factories.jurisdiction(sibling, "dispatcher", world.units["B"])
    there = caller(sibling).get(path.format(code=post.incident().tracking_code))
    nowhere = caller(sibling).get(path.format(code="ZZZZZZZZZZZZ"))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.body["detail"] == nowhere.body["detail"]


@pytest.mark.parametrize("role", [None, "leader", "analyst", "operator", "field_staff", "land_officer"])
@pytest.mark.parametrize("path", _WRITE)
def test_writing_is_for_dispatchers(post: Post, role: str | None, path: str) -> None:
    """Field staff act on what their own unit handles, and on nothing else."""
    person = factories.user()
    if role:
        factories.jurisdiction(person, role, post.area)
    incident = post.incident(is_public=True)
    answer = caller(person).post(
        path.format(code=incident.tracking_code), {} if path.endswith("receive") else {"note": "x"} if "steps" in path else {}
    )
    assert answer.status_code == 404, answer.content
    assert not IncidentStep.objects.filter(incident=incident).exists()


def test_sessions_need_the_token_of_the_form(post: Post) -> None:
    """A foreign page cannot post in a dispatcher's name."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(post.dispatcher)
    incident = post.incident()
    answer = client.post(f"/api/incidents/{incident.tracking_code}/steps/receive", b"{}", "application/json")
    assert answer.status_code == 403
    assert not IncidentStep.objects.filter(incident=incident).exists()


def test_instructions_are_the_offices_own(post: Post, world: World) -> None:
    """Neither an analyst nor the neighbour's dispatcher sees them."""
    leader = factories.user()
    factories.jurisdiction(leader, "leader", post.area)
    given = caller(leader).post("/instructions", {"title": "Mậ", "incident": post.incident().tracking_code})
    assert given.status_code == 400, "a title has three letters"
    given = caller(leader).post("/instructions", {"title": "Việc mật", "incident": post.incident().tracking_code})
    for role, unit in (("analyst", "A"), ("dispatcher", "B"), ("land_officer", "A")):
        person = factories.user()
        factories.jurisdiction(person, role, world.units[unit])
        listed = caller(person).get("/instructions")
        assert listed.status_code == (404 if role == "land_officer" else 200), "the board of analysts asks for them"
        assert given.body["uid"].encode() not in listed.content
        assert caller(person).get(f"/instructions/{given.body['uid']}").status_code == 404
        assert caller(person).post(f"/instructions/{given.body['uid']}/answer", {"answer": "x"}).status_code == 404
    assert Instruction.objects.get(uid=given.body["uid"]).answer == ""


def test_the_board_is_for_those_who_work_with_incidents(post: Post) -> None:
    """A visitor is led to the sign-in, others find nothing."""
    assert caller(None).client.get("/incidents/").status_code == 302
    assert caller(factories.user()).client.get("/incidents/").status_code == 404
    page = caller(post.dispatcher).client.get("/incidents/")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert post.incident().title.encode() not in page.content, "the shell carries no rows"
