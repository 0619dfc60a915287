"""`/qgis/`: what it offers to whom, and the project with a token inside."""

import io
import zipfile

import pytest
from django.test import Client

from gis_core.models import AccessToken
from tests.cast import Person

pytestmark = pytest.mark.django_db


def test_a_visitor_gets_what_is_open(world: object) -> None:
    """Without any credentials, and with the way to sign in."""
    page = Client().get("/qgis/").content.decode()
    assert "/qgis/roads.qlr" in page
    assert "/qgis/parcels.qlr" not in page
    text = _inside(Client().get("/qgis/project.qgz").content)
    assert "authcfg" not in text
    assert "password" not in text


def test_a_project_with_a_token(officer: Person) -> None:
    """A new token, listed under its day, that opens the door."""
    assert officer.user is not None
    before = officer.user.access_tokens.count()
    answer = officer.client().post("/qgis/project-with-token.qgz")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ioc-map.qgz"'
    assert "no-store" in answer.headers["Cache-Control"]
    text = _inside(answer.content)
    assert officer.user.access_tokens.count() == before + 1
    secret = text.partition("password='")[2].partition("'")[0]
    assert secret.isascii()
    assert AccessToken.objects.filter(user=officer.user).count() == before + 1
    assert "authcfg" not in text


@pytest.mark.parametrize("method", ["get", "post"])
def test_tokens_are_made_by_people_alone(method: str) -> None:
    """A visitor is sent to sign in; a link alone makes none."""
    answer = getattr(Client(), method)("/qgis/project-with-token.qgz")
    assert answer.status_code == 302


def test_a_link_makes_no_token(officer: Person) -> None:
    """Reading changes nothing."""
    assert officer.client().get("/qgis/project-with-token.qgz").status_code == 405


def test_parameters_are_refused(officer: Person) -> None:
    """By name."""
    answer = officer.client().get("/qgis/parcels.qlr?style=odd")
    assert answer.status_code == 400
    assert answer.json()["field"] == "style"


def test_styles_are_files(officer: Person) -> None:
    """QML and SLD under their names."""
    for ending, mark in (("qml", b"<renderer-v2"), ("sld", b"StyledLayerDescriptor")):
        answer = officer.client().get(f"/qgis/parcels.{ending}")
        assert mark in answer.content
        assert answer.headers["Content-Disposition"].endswith(f'parcels.{ending}"')


def _inside(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("ioc-map.qgs").decode()
