"""What every answer has, and the limits of every request."""

import re

import pytest

from gis_core.headers import CONTENT_SECURITY_POLICY, SECURITY_HEADERS
from gis_core.limits import MAX_PATH_BYTES, MAX_QUERY_BYTES
from tests.cast import Person
from tests.service import Service

_EVERYWHERE = ("/", "/wall/", "/wall/counts", "/tiles/style.json", "/tiles/roads.json", "/tiles/roads/0/0/0.mvt", "/healthz", "/nowhere")


@pytest.mark.parametrize("path", [*_EVERYWHERE, "/tiles/nowhere", "/accounts/login/", "/ogc/", "/admin/login/"])
def test_security_headers_are_on_every_answer(asgi: Service, path: str) -> None:
    """Django's and the hot path's, good and bad."""
    headers = asgi.get(path).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert re.fullmatch("[0-9a-f]{12}", headers["X-Request-Id"])


def test_the_policy_lets_nothing_out() -> None:
    """No host, no scheme but data: and blob: for images and fonts, no inline script, no eval."""
    policy = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy.get("script-src", policy["default-src"])
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert not re.search(r"https?:|\*", CONTENT_SECURITY_POLICY)


@pytest.mark.parametrize("path", ["/", "/tiles/style.json", "/live/", "/ogc/", "/query/at-point", "/wall/counts"])
def test_a_long_query_is_refused(asgi: Service, path: str) -> None:
    """414 with a sentence, at once."""
    answer = asgi.get(f"{path}?q={'x' * MAX_QUERY_BYTES}")
    assert answer.status_code == 414
    assert str(MAX_QUERY_BYTES) in answer.json()["detail"]


@pytest.mark.parametrize("prefix", ["/", "/tiles/", "/ogc/collections/"])
def test_a_long_path_is_refused(asgi: Service, prefix: str) -> None:
    """The same for paths."""
    assert asgi.get(prefix + "x" * MAX_PATH_BYTES).status_code == 414


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/roads/14/1/99999999.mvt", "/tiles/roads/23/0/0.mvt", "/tiles/roads/-1/0/0.mvt", "/tiles/roads/1e3/0/0.mvt",
        "/tiles/roads/٣/0/0.mvt", "/tiles/roads/0/0/0.mvt?datetime=gestern", "/tiles/roads/0/0/0.mvt?datetime=2025-13-01",
        "/tiles/roads/0/0/0.mvt?datetime=0000-00-00", "/tiles/roads/0/0/0.mvt?min_seq=-1", "/tiles/roads/0/0/0.mvt?nonsense=1",
        "/tiles/roads.json?datetime=%FF", "/tiles/style.json?theme=pink", "/live/?layers=", "/live/", "/live/?layers=roads&x=1",
        "/tiles/roads/0/0/0.mvt?datetime=2025-01-01&datetime=2025-02-01", "/wall/counts?x=1",
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence(asgi: Service, path: str) -> None:
    """400, never 500."""
    answer = asgi.get(path)
    assert answer.status_code == 400, answer.text[:300]
    assert len(answer.json()["detail"]) > 20


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/roads",
        "/tiles/",
        "/tiles/x/0/0/0.mvt",
        "/tiles/roads/0/0/0.png",
        "/tiles/roads/0/0/0",
        "/live/x",
        "/%00",
        "/tiles/%00.json",
        "/tiles/'; DROP TABLE x;--/0/0/0.mvt",
    ],
)
def test_what_is_not_there_is_404(asgi: Service, path: str) -> None:
    """Never 500."""
    assert asgi.get(path).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize(
    "path", ["/", "/wall/counts", "/tiles/style.json", "/tiles/roads/0/0/0.mvt", "/live/?layers=roads", "/healthz", "/readyz", "/metrics"]
)
def test_the_wrong_method_is_refused(asgi: Service, officer: Person, path: str, method: str) -> None:
    """405 and what is allowed (with a token, so that the CSRF check does not answer first)."""
    answer = asgi.request(method, path, officer, how="bearer")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "GET" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/", "/wall/counts", "/tiles/style.json", "/tiles/roads.json", "/healthz"])
def test_head_is_get_without_a_body(asgi: Service, path: str) -> None:
    """RFC 9110 9.3.2."""
    got, head = asgi.get(path), asgi.request("HEAD", path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_a_foreign_host_name_is_refused(asgi: Service) -> None:
    """It would stand in links and cookies; 400 without a traceback."""
    for path in ("/", "/tiles/style.json", "/tiles/roads.json"):
        answer = asgi.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 400, path
        assert "evil.example" not in answer.text


def test_writes_from_foreign_pages_are_refused(asgi: Service, officer: Person) -> None:
    """A session alone is no proof that the person meant it."""
    answer = asgi.request("POST", "/accounts/tokens/", officer, data={"name": "x"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_a_browser_that_repeats_basic_credentials_needs_the_csrf_token_too(asgi: Service, officer: Person) -> None:
    """With a foreign Origin."""
    headers = {"Origin": "https://evil.example"}
    assert asgi.request("POST", "/accounts/tokens/", officer, how="basic", data={"name": ""}, headers=headers).status_code == 403
