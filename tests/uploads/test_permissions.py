"""Who may bring files, see uploads and change layers: everybody else finds nothing there."""

from collections.abc import Callable

import pytest
from django.test import Client

from gis_core.models import Role
from tests.uploads.conftest import Desk

_VERBS = (
    ("GET", ""),
    ("GET", "/layers"),
    ("GET", "/layers/{layer}"),
    ("GET", "/layers/{layer}/looks/single"),
    ("PUT", "/layers/{layer}/look"),
    ("PATCH", "/layers/{layer}"),
    ("DELETE", "/layers/{layer}"),
    ("POST", "/layers/{layer}/versions/1/restore"),
    ("GET", "/{uid}"),
    ("POST", "/{uid}/answers"),
    ("POST", "/{uid}/confirm"),
    ("POST", "/{uid}/cancel"),
)
_PAGES = ("/uploads/", "/uploads/{uid}/", "/uploads/layers/{layer}/")
OTHERS = (Role.LAND_OFFICER, Role.APPROVER, Role.FIELD_STAFF, Role.DISPATCHER, Role.OPERATOR, Role.LEADER, None)


@pytest.fixture
def known(desk: Desk, two: str) -> dict[str, str]:
    """An upload that waits and a layer of one analyst."""
    layer = desk.published("a.geojson", two)
    return {"uid": desk.examined("b.geojson", two)["uid"], "layer": layer.name}


@pytest.mark.parametrize("role", OTHERS)
def test_uploads_exist_for_analysts_alone(desks: Callable[..., Desk], known: dict[str, str], two: str, role: str | None) -> None:
    """Every verb and page is a 404 for everybody else."""
    other = desks(role)
    assert other.bring("c.geojson", two).status_code == 404
    for method, path in _VERBS:
        assert other.send(method, path.format(**known)).status_code == 404, (method, path)
    # Nor are they told what is wrong with a request that nobody but an analyst may send.
    assert other.send("GET", f"/layers/{known['layer']}/looks/nothing?count=0").status_code == 404
    for page in _PAGES:
        assert other.client.get(page.format(**known)).status_code == 404


def test_an_analyst_sees_the_own_ones(desks: Callable[..., Desk], known: dict[str, str]) -> None:
    """Another analyst's are not there; the lists are empty."""
    other = desks()
    assert (other.get("").body, other.get("/layers").body) == ([], [])
    for method, path in _VERBS[2:]:
        assert other.send(method, path.format(**known)).status_code == 404, (method, path)
    for page in _PAGES[1:]:
        assert other.client.get(page.format(**known)).status_code == 404


def test_an_administrator_changes_every_layer(desks: Callable[..., Desk], known: dict[str, str]) -> None:
    """But sees no uploads of others."""
    admin = desks(Role.ADMINISTRATOR)
    assert [layer["name"] for layer in admin.get("/layers").body] == [known["layer"]]
    assert admin.send("PATCH", f"/layers/{known['layer']}", {"public": True}).body["public"] is True
    assert admin.get(f"/{known['uid']}").status_code == 404


def test_an_analyst_opens_nothing_to_everybody(desk: Desk, known: dict[str, str]) -> None:
    """Neither at the upload nor afterwards."""
    for method, path in (("POST", f"/{known['uid']}/confirm"), ("PATCH", f"/layers/{known['layer']}")):
        answer = desk.send(method, path, {"title": "x", "public": True})
        assert (answer.status_code, answer.body["field"]) == (400, "public")


def test_visitors_are_asked_to_sign_in(known: dict[str, str]) -> None:
    """Pages lead to the form, the API says so."""
    assert Client().get("/uploads/").status_code == 302
    assert Client().get("/api/uploads").status_code == 401


def test_a_layer_of_somebody_else_is_no_target(desks: Callable[..., Desk], known: dict[str, str], two: str) -> None:
    """Replacing it is a 404."""
    other = desks()
    job = other.examined("c.geojson", two)
    for mode in ("replace", "append", "upsert"):
        answer = other.send("POST", f"/{job['uid']}/confirm", {"mode": mode, "target": known["layer"]})
        assert answer.status_code == 404
