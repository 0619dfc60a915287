"""Whatever is asked, the answer is a sentence, never a failure of ours."""

import pytest

from gis_core.limits import MAX_QUERY_BYTES
from tests.cast import Person
from tests.ogc.conftest import Ask
from tests.service import Service

RESOURCES = (
    "",
    "conformance",
    "api",
    "collections",
    "collections/roads",
    "collections/roads/queryables",
    "collections/roads/items",
)


@pytest.mark.parametrize("path", RESOURCES)
def test_unknown_parameters_are_refused_everywhere(ogc: Ask, path: str) -> None:
    answer = ogc(path, unheard_of="1")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["field"] == "unheard_of"
    assert "min_seq" in answer.json()["detail"]


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize("value", ["xml", "", "JSON"])
def test_unknown_formats_are_refused(ogc: Ask, path: str, value: str) -> None:
    answer = ogc(path, f=value)
    assert answer.status_code == 400
    assert answer.json()["field"] == "f"


@pytest.mark.parametrize("path", RESOURCES)
def test_formats_that_nobody_offers(ogc: Ask, path: str) -> None:
    assert ogc(path, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused_and_the_right_ones_told(asgi: Service, leader: Person, path: str, method: str) -> None:
    answer = asgi.request(method, f"/ogc/{path}", leader, how="bearer")
    if (method, path) == ("POST", "collections/roads/items"):
        assert answer.status_code == 403, "others may add roads"
        return
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", RESOURCES)
def test_options_tells_the_methods(asgi: Service, path: str) -> None:
    """200, as Part 4 wants it (/req/create-replace-delete/options-response)."""
    answer = asgi.request("OPTIONS", f"/ogc/{path}")
    assert answer.status_code == 200
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", RESOURCES)
def test_head_is_get_without_the_body(asgi: Service, path: str) -> None:
    body, head = asgi.get(f"/ogc/{path}"), asgi.request("HEAD", f"/ogc/{path}")
    assert head.status_code == 200
    assert head.content == b""
    assert int(head.headers["Content-Length"]) == pytest.approx(len(body.content), abs=8)  # timeStamp may drop its zeros
    for name in ("Content-Type", "ETag", "Vary", "Cache-Control"):
        assert head.headers[name] == body.headers[name]


@pytest.mark.parametrize("name", ["nowhere", "Roads", "roads ", "roads%00", "..%2fadmin", "a" * 500, "%ff", "đường"])
def test_unknown_collections(ogc: Ask, name: str) -> None:
    for path in (f"collections/{name}", f"collections/{name}/items", f"collections/{name}/queryables", f"collections/{name}/items/1"):
        answer = ogc(path)
        assert answer.status_code == 404
        assert "Traceback" not in answer.text


def test_a_query_of_ten_megabytes(asgi: Service) -> None:
    assert asgi.get("/ogc/collections/roads/items?name=" + "a" * MAX_QUERY_BYTES).status_code == 414


def test_a_problem_reads_as_a_page_where_a_page_was_asked_for(ogc: Ask) -> None:
    answer = ogc("collections/roads/items", f="html", limit="0")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "limit" in answer.text


@pytest.mark.parametrize("value", ["-1", "x", "1.5", "9" * 30, ""])
def test_change_numbers_that_are_none(ogc: Ask, value: str) -> None:
    for path in RESOURCES:
        answer = ogc(path, min_seq=value)
        assert answer.status_code == 400
        assert answer.json()["field"] == "min_seq"
