"""Landing page and conformance: the way in (OGC API - Features 7.2, 7.4)."""

import httpx
import pytest

from layers.ogc.conformance import CLASSES
from tests.cast import Cast
from tests.ogc.conftest import Ask, link_of

_PLACES = (
    "",
    "conformance",
    "api",
    "collections",
    "collections/roads",
    "collections/roads/queryables",
    "collections/roads/items",
)


def test_the_way_to_everything(ogc: Ask) -> None:
    document = ogc().json()
    assert document["title"]
    for rel in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        assert link_of(document, rel).startswith("http://testserver/ogc/")


def test_every_link_of_the_landing_page_leads_to_its_type(ogc: Ask) -> None:
    for link in ogc().json()["links"]:
        path = link["href"].removeprefix("http://testserver/ogc/").partition("?")[0]
        answer = ogc(path, headers={"Accept": link["type"]})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].replace(" ", "").startswith(link["type"])


def test_conformance_declares_the_core(ogc: Ask) -> None:
    document = ogc("conformance").json()
    assert document["conformsTo"] == list(CLASSES)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in CLASSES


@pytest.mark.parametrize("path", _PLACES)
def test_every_resource_has_a_page_and_links_to_it(ogc: Ask, path: str) -> None:
    page = ogc(path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert _same(ogc(path, f="html"), page)
    document = ogc(path).json()
    assert all({"href", "rel", "type"} <= set(link) for link in document.get("links", ()))


def _same(one: httpx.Response, other: httpx.Response) -> bool:
    return one.headers["Content-Type"] == other.headers["Content-Type"] and one.status_code == other.status_code


@pytest.mark.parametrize("path", _PLACES)
def test_every_answer_tells_its_state(ogc: Ask, cast: Cast, path: str) -> None:
    answer = ogc(path)
    assert int(answer.headers["X-Change-Seq"]) > 0
    assert answer.headers["Cache-Control"] == "no-cache"
    assert {"Accept", "Accept-Language", "Authorization", "Cookie"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    assert ogc(path, cast["leader"]).headers["Cache-Control"] == "private, no-cache"
