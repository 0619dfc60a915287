"""GeoReport v2: every method in both formats against the specification's fields; keys, filters, errors, attacks."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from lxml import etree
from PIL import Image

from incidents.models import CategoryAttribute, Incident, IncidentCategory, Open311Key, Photo, Reporter
from tests.incidents.post import ANSWER, HERE, Post

BASE = "/open311/v2"
# wiki.open311.org/GeoReport_v2, copied by hand.
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
ATTRIBUTE = {"variable", "code", "datatype", "required", "datatype_description", "order", "description"}
REQUEST = {
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible"),
    *("service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode"),
    *("lat", "long", "media_url"),
}
FORMATS = ("xml", "json")


def ask(path: str, kind: str, expected: int = 200, **query: Any) -> Any:
    """Objects of an answer as dictionaries, whatever the format."""
    return read(Client().get(f"{BASE}/{path}.{kind}", query), kind, expected)


def read(answer: Any, kind: str, status: int = 200) -> Any:
    """See `ask`."""
    assert answer.status_code == status, answer.content
    if kind == "json":
        assert answer.headers["Content-Type"].startswith("application/json")
        return orjson.loads(answer.content)
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    return plain(etree.fromstring(answer.content))


def plain(element: Any) -> Any:
    """XML as the JSON of the same answer would be, all values texts."""
    lists = {"services", "service_requests", "errors", "attributes", "values", "endpoints", "formats", "media_urls", "status_history"}
    if element.tag in lists:
        return [plain(child) for child in element]
    return {child.tag: plain(child) for child in element} if len(element) else element.text or ""


@pytest.fixture
def key(post: Post) -> str:
    """A citizens' application's."""
    return Open311Key.objects.issue("Smart Quảng Nam")[1]


@pytest.fixture
def category(post: Post) -> Iterator[IncidentCategory]:
    """With one question of each kind."""
    found = post.incident().category
    for code, kind, required in (("size", "singlevaluelist", True), ("depth", "number", False), ("when", "datetime", False)):
        values = "s: nhỏ\nl: lớn" if "list" in kind else ""
        CategoryAttribute.objects.create(category=found, code=code, kind=kind, question=code, required=required, values=values)
    CategoryAttribute.objects.create(category=found, code="hint", question="Gọi 113 nếu nguy hiểm", is_asked=False, position=200)
    yield found


def given(key: str, **values: Any) -> dict[str, Any]:
    """A good POST, changed by `values`; None leaves a field out."""
    fields = {
        "api_key": key,
        "service_code": "o-ga",
        "lat": str(HERE[1]),
        "long": str(HERE[0]),
        "description": "Ổ gà trước số 12",
        "email": "dan@example.vn",
        "first_name": "Mận",
        "last_name": "Lê Thị",
        "phone": "0905",
        "attribute[size]": "l",
    }
    return {name: value for name, value in {**fields, **values}.items() if value is not None}


@pytest.mark.parametrize("kind", FORMATS)
def test_discovery(db: None, kind: str) -> None:
    """Where, in which formats, whom to ask."""
    told = ask("discovery", kind)
    assert set(told) == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = told["endpoints"]
    assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}
    assert endpoint["url"].endswith("/open311/v2")
    assert endpoint["formats"] == ["text/xml", "application/json"]


@pytest.mark.parametrize("kind", FORMATS)
def test_services_and_their_attributes(category: IncidentCategory, kind: str) -> None:
    """A category that is not offered is not there."""
    IncidentCategory.objects.create(code="alt", name="Cũ", is_active=False)
    services = {service["service_code"]: service for service in ask("services", kind)}
    assert "alt" not in services
    assert all(set(service) == SERVICE for service in services.values())
    assert str(services["o-ga"]["metadata"]).lower() == "true"
    definition = ask("services/o-ga", kind)
    assert definition["service_code"] == "o-ga"
    assert [one["code"] for one in definition["attributes"]] == ["size", "depth", "when", "hint"]
    assert all(set(one) - {"values"} == ATTRIBUTE for one in definition["attributes"])
    assert definition["attributes"][0]["values"] == [{"key": "s", "name": "nhỏ"}, {"key": "l", "name": "lớn"}]
    assert ask("services/alt", kind, 404)[0]["code"] in (404, "404")


@pytest.mark.parametrize("kind", FORMATS)
def test_posting(category: IncidentCategory, key: str, kind: str) -> None:
    """The report is there with its place, answers and reporter; nothing of the reporter is told to anybody."""
    told = read(Client().post(f"{BASE}/requests.{kind}", given(key)), kind, 201)
    assert len(told) == 1
    assert set(told[0]) == {"service_request_id", "service_notice", "account_id"}
    incident = _found(told[0]["service_request_id"])
    assert (incident.channel, incident.description, incident.attributes["size"]) == ("open311", "Ổ gà trước số 12", "l")
    assert (round(incident.geom.x, 6), round(incident.geom.y, 6)) == HERE
    reporter = Reporter.objects.get(incident=incident)
    assert (reporter.email, reporter.name, reporter.phone) == ("dan@example.vn", "Mận Lê Thị", "0905")
    (one,) = ask(f"requests/{incident.tracking_code}", kind)
    assert one["status"] == "open"
    assert not one["description"], "nobody looked at it yet"
    assert (one["lat"] or None, one["address"]) == (None, "")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"api_key": None}, 403),
        ({"api_key": "x"}, 403),
        ({"service_code": None}, 400),
        ({"service_code": "nowhere"}, 404),
        ({"lat": None}, 400),
        ({"lat": "x"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "1e9"}, 400),
        ({"lat": str(HERE[0]), "long": str(HERE[1])}, 400),
        ({"attribute[size]": None}, 400),
        ({"attribute[size]": "x"}, 400),
        ({"attribute[depth]": "tief"}, 400),
        ({"attribute[when]": "heute"}, 400),
        ({"attribute[nowhere]": "1"}, 400),
        ({"email": "x"}, 400),
        ({"description": "x" * 4001}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
        ({"jurisdiction_id": "elsewhere"}, 404),
    ],
)
def test_refused_posts(category: IncidentCategory, key: str, kind: str, values: dict[str, Any], status: int) -> None:
    """The specification's errors, in the asked format; nothing is written."""
    before = _count()
    (error,) = read(Client().post(f"{BASE}/requests.{kind}", given(key, **values)), kind, status)
    assert set(error) == {"code", "description"}
    assert error["description"]
    assert _count() == before


def test_a_key_that_was_switched_off(category: IncidentCategory, key: str) -> None:
    """Opens nothing."""
    Open311Key.objects.update(is_active=False)
    assert Client().post(f"{BASE}/requests.json", given(key)).status_code == 403


def test_the_same_idempotency_key_is_one_report(category: IncidentCategory, key: str) -> None:
    """An application that lost the answer asks again."""
    first, again = (Client().post(f"{BASE}/requests.json", given(key), headers={"Idempotency-Key": "a1"}) for _ in "ab")
    assert (first.status_code, again.status_code) == (201, 200)
    assert orjson.loads(first.content) == orjson.loads(again.content)


def test_photos_come_as_files_and_addresses_are_never_fetched(
    category: IncidentCategory, key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """A media_url is kept as a text; not one connection is made."""
    import socket

    url = "http://169.254.169.254/latest/meta-data"
    connected: list[Any] = []
    real = socket.socket.connect

    def connect(self: Any, to: Any) -> Any:
        connected.append(to)
        return real(self, to)

    monkeypatch.setattr(socket.socket, "connect", connect)
    answer = Client().post(f"{BASE}/requests.json", given(key, media=[_photo(), _photo(9)], media_url=url))
    (told,) = read(answer, "json", 201)
    incident = _found(told["service_request_id"])
    assert incident.attributes["media_url"] == url
    assert Photo.objects.filter(incident=incident, state="stored").count() == 2
    assert not [to for to in connected if "169.254" in str(to)]


def test_a_bad_photo_refuses_the_whole(category: IncidentCategory, key: str) -> None:
    """No report without its photos."""
    before = _count()
    svg = SimpleUploadedFile("a.jpg", b"<svg onload='alert(1)'/>", "image/jpeg")
    assert Client().post(f"{BASE}/requests.json", given(key, media=svg)).status_code in (400, 415)
    assert _count() == before


@pytest.mark.parametrize("kind", FORMATS)
def test_requests_have_the_specifications_fields(post: Post, kind: str) -> None:
    """All of them, in their order of meaning; extended answers say more."""
    incident = post.incident("in_progress", is_public=True, description="Sâu 20 cm", due_at=timezone.now(), reported_at=timezone.now())
    post.take(incident, "resolve")
    (one,) = ask("requests", kind, service_request_id=incident.tracking_code)
    assert set(one) == REQUEST
    assert (one["status"], one["status_notes"], one["agency_responsible"]) == ("closed", ANSWER, "Đội A")
    assert (float(one["lat"]), float(one["long"])) == (HERE[1], HERE[0])
    assert one["requested_datetime"].endswith("+07:00")
    (extended,) = ask("requests", kind, service_request_id=incident.tracking_code, extensions="true")
    told = extended["extended_attributes"]
    assert told["detailed_status"] == "resolved"
    assert [entry["status"] for entry in told["status_history"]] == ["new", "resolved"]


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({}, "new done"),
        ({"status": "open"}, "new"),
        ({"status": "closed"}, "done"),
        ({"status": "open,closed"}, "new done"),
        ({"service_code": "o-ga"}, "new done"),
        ({"service_code": "x"}, ""),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-02-01T00:00:00Z"}, "old"),
    ],
)
def test_filters_of_requests(post: Post, query: dict[str, Any], fits: str) -> None:
    """Ninety days where no dates are named; what is not public never."""
    now = timezone.now()
    rows = {
        "new": post.incident(is_public=True, reported_at=now),
        "done": post.incident("confirmed", is_public=True, reported_at=now - timedelta(days=80)),
        "old": post.incident(is_public=True),
        "hidden": post.incident(reported_at=now),
    }
    found = {one["service_request_id"] for one in ask("requests", "json", **query)}
    assert {name for name, row in rows.items() if row.tracking_code in found} == set(fits.split())


@pytest.mark.parametrize(
    "query",
    [
        *({"start_date": "x"}, {"end_date": "2026-99-01"}, {"status": "x"}, {"extensions": "x"}),
        *({"start_date": "2020-01-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},),
        *({"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, {"service_code": ",".join("x" * 200)}),
    ],
)
def test_wrong_filters(db: None, query: dict[str, Any]) -> None:
    """400 with code and description in both formats."""
    for kind in FORMATS:
        (error,) = ask("requests", kind, 400, **query)
        assert set(error) == {"code", "description"}


@pytest.mark.parametrize("kind", FORMATS)
def test_tokens(post: Post, kind: str) -> None:
    """Ids exist at once, so a token is one."""
    code = post.incident().tracking_code
    assert ask(f"tokens/{code}", kind) == [{"service_request_id": code, "token": code}]
    assert ask("tokens/ZZZZZZZZZZZZ", kind, 404)


@pytest.mark.parametrize("kind", FORMATS)
def test_other_methods(db: None, kind: str) -> None:
    """405 with those that are possible; browsers of other origins may ask."""
    answer = Client().delete(f"{BASE}/requests.{kind}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert Client().options(f"{BASE}/requests.{kind}").status_code == 204
    assert Client().get(f"{BASE}/services.{kind}").headers["Access-Control-Allow-Origin"] == "*"


def test_texts_that_xml_cannot_hold(post: Post) -> None:
    """Control characters and markup come through as text or not at all."""
    incident = post.incident(is_public=True, description="a\x0b<b>&]]>\ufffe", reported_at=timezone.now())
    (one,) = ask("requests", "xml", service_request_id=incident.tracking_code)
    assert one["description"] == "a<b>&]]>"


def _photo(shade: int = 3) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 90, 9)).save(out, "JPEG")
    return SimpleUploadedFile(f"{shade}.jpg", out.getvalue(), "image/jpeg")


def _found(code: str) -> Incident:
    from incidents.rows import EVERYBODY, incidents

    return incidents(EVERYBODY).get(tracking_code=code)


def _count() -> int:
    from incidents.rows import EVERYBODY, incidents

    return incidents(EVERYBODY).count()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("body", [b"x" * 9_000, b"--x\r\nContent-Disposition: form-data; name=a\r\n" + b"X: " + b"y" * 9_000 + b"\r\n\r\n"])
def test_a_form_that_cannot_be_read(db: None, kind: str, body: bytes) -> None:
    """400 or 403, with a sentence in the asked format."""
    answer = Client().post(f"{BASE}/requests.{kind}", body, "multipart/form-data; boundary=x")
    (error,) = read(answer, kind, answer.status_code)
    assert answer.status_code in (400, 403)
    assert error["description"]
