"""Who may analyse, and who sees which analysis: everybody else finds nothing there."""

from collections.abc import Callable

import pytest
from django.test import Client

from gis_core.models import Role
from tests.analysis.conftest import Table

_READS = ("/{uid}", "/{uid}/file", "/{uid}/tiles/0/0/0.mvt")
_WRITES = ("/{uid}/keep", "/{uid}/again", "/{uid}/cancel")
OTHERS = (Role.LAND_OFFICER, Role.APPROVER, Role.FIELD_STAFF, Role.DISPATCHER, None)


@pytest.fixture
def uid(table: Table) -> str:
    """An analysis of one analyst with its result."""
    return str(table.computed("buffer", layer="facilities")["uid"])


@pytest.mark.parametrize("role", OTHERS)
def test_analyses_exist_for_some_people_alone(tables: Callable[..., Table], uid: str, role: str | None) -> None:
    """Every verb and page is a 404 for everybody else."""
    other = tables(role)
    assert [other.get(path).status_code for path in ("", "/kinds", *(path.format(uid=uid) for path in _READS))] == [404] * 5
    assert other.ask("buffer", layer="facilities").status_code == 404
    for page in ("/analysis/", f"/analysis/{uid}/"):
        assert other.client.get(page).status_code == 404


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEADER, Role.ADMINISTRATOR])
def test_everybody_sees_the_own_ones(tables: Callable[..., Table], uid: str, role: str) -> None:
    """Others' are not there, whatever one's role."""
    other = tables(role)
    assert other.get("").body == []
    assert [other.get(path.format(uid=uid)).status_code for path in _READS] == [404] * 3
    assert [other.send(path.format(uid=uid), {"title": "x"} if "keep" in path else {}).status_code for path in _WRITES] == [404] * 3
    assert other.client.get(f"/analysis/{uid}/").status_code == 404


def test_visitors_sign_in(uid: str, db: None) -> None:
    """The pages lead to the sign-in, the API says that nothing is there."""
    client = Client()
    assert client.get("/analysis/").status_code == 302
    assert client.get(f"/api/analyses/{uid}").status_code in (401, 404)


def test_pages_show_their_forms(table: Table, uid: str) -> None:
    """Everything that a form needs stands in the page."""
    for page in ("/analysis/", f"/analysis/{uid}/"):
        answer = table.client.get(page)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")
        assert b"getis_ord" in answer.content


@pytest.mark.parametrize("body", ["{}", "[]", '{"kind": 1}', '{"kind": "buffer", "parameters": {"layer": "nowhere"}}', "{"])
def test_what_is_wrong_with_a_question_is_told_to_whoever_may_ask(tables: Callable[..., Table], body: str) -> None:
    """Everybody else is not told of the address's fields, for there is no such address."""
    answers = [desk.client.post("/api/analyses", body, "application/json") for desk in (tables(None), tables(Role.LAND_OFFICER))]
    assert {answer.status_code for answer in answers} == {404}
    assert Client().post("/api/analyses", body, "application/json").status_code == 401
    assert tables(Role.ANALYST).client.post("/api/analyses", body, "application/json").status_code in (400, 404, 422)
