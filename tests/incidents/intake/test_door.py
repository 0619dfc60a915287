"""`/incidents/intake/` over HTTP: what it takes, what it answers, what it refuses."""

import uuid
from typing import Any

import httpx
import pytest

from incidents.models import Photo, Reporter
from incidents.rows import EVERYBODY, incidents
from tests.cast import Person
from tests.incidents.reports import IN_A, category, jpeg
from tests.service import Service
from tests.world import World

REPORTS = "/incidents/intake/reports"


@pytest.fixture(autouse=True)
def _categories(scratch: World) -> None:
    category()


def body(**values: Any) -> dict[str, Any]:
    """What the form sends."""
    given = {"uid": str(uuid.uuid4()), "category": "giao-thong", "pin": {"lon": IN_A.lon, "lat": IN_A.lat}, "description": "Ổ gà"}
    return {**given, **values}


def send(asgi: Service, report: Any, person: Person | None = None, **options: Any) -> httpx.Response:
    """The report as JSON."""
    return asgi.request("POST", REPORTS, person, json=report, **options)


def test_a_report_and_its_photo_arrive(asgi: Service) -> None:
    photo = str(uuid.uuid4())
    report = body(photos=[photo])
    made, again = send(asgi, report), send(asgi, report)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()
    assert made.json()["missing"] == [photo]
    path = f"{REPORTS}/{report['uid']}/photos/{photo}"
    first, second = (asgi.request("PUT", path, content=jpeg(), headers={"Content-Type": "image/jpeg"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == {"uid": photo, "missing": []}
    assert Photo.objects.get(uid=photo).state == "stored"
    assert incidents(EVERYBODY).get(uid=report["uid"]).photos_received == 1


def test_many_at_once_are_all_written_once(asgi: Service) -> None:
    import asyncio

    reports = [body() for _ in range(40)]

    async def flood() -> list[httpx.Response]:
        return await asyncio.gather(*(asgi.client.post(REPORTS, json=report) for report in [*reports, *reports]))

    answers = asgi.run(flood())
    assert sorted(answer.status_code for answer in answers) == [200] * 40 + [201] * 40
    codes: dict[str, set[str]] = {}
    for answer in answers:
        codes.setdefault(answer.json()["uid"], set()).add(answer.json()["tracking_code"])
    assert all(len(found) == 1 for found in codes.values())
    assert incidents(EVERYBODY).filter(uid__in=[report["uid"] for report in reports]).count() == 40


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ([], "body"),
        ("text", "body"),
        (body(uid="1"), "uid"),
        (body(uid=None), "uid"),
        (body(extra=1), "extra"),
        (body(pin=None), "pin"),
        (body(pin={"lon": "108", "lat": 15}), "pin.lon"),
        (body(pin={"lon": 15.5, "lat": 108.4}), "pin"),
        (body(description=5), "description"),
        (body(photos="all"), "photos"),
        (body(photos=["x"]), "photos"),
        (body(anonymous="yes"), "anonymous"),
        (body(contact={"phone": 5}), "phone"),
        (body(contact={"id_card": "1"}), "contact"),
        (body(made_at="gestern"), "made_at"),
        (body(category="x"), "category"),
    ],
)
def test_a_wrong_report_is_told_what_is_wrong(asgi: Service, report: Any, field: str) -> None:
    answer = send(asgi, report)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["field"] == field


def test_what_is_no_json_is_refused(asgi: Service) -> None:
    headers = {"Content-Type": "application/json"}
    assert asgi.request("POST", REPORTS, content=b"{", headers=headers).status_code == 400
    assert asgi.request("POST", REPORTS, content=b"\xff", headers=headers).status_code == 400
    assert asgi.request("POST", REPORTS, content=b"uid=1", headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code == 415
    assert asgi.request("POST", REPORTS, content=b"[" * 70_000, headers=headers).status_code == 413
    assert asgi.request("POST", REPORTS, content=b"[" * 60_000, headers=headers).status_code == 400


@pytest.mark.parametrize("path", ["", "reports/", "reports/x/photos/y", f"reports/{'x' * 36}/photos"])
def test_other_addresses_are_not_there(asgi: Service, path: str) -> None:
    assert asgi.request("POST", f"/incidents/intake/{path}").status_code == 404


def test_other_methods_are_told_which_there_are(asgi: Service) -> None:
    answer = asgi.get(REPORTS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert asgi.request("OPTIONS", REPORTS).status_code == 204
    assert asgi.request("POST", f"{REPORTS}?x=1", json=body()).status_code == 400


def test_guessed_uids_of_photos_are_not_there(asgi: Service) -> None:
    path = f"{REPORTS}/{uuid.uuid4()}/photos/{uuid.uuid4()}"
    assert asgi.request("PUT", path, content=jpeg()).status_code == 404
    assert asgi.request("PUT", f"{REPORTS}/{'x' * 36}/photos/{uuid.uuid4()}", content=jpeg()).status_code == 400


def test_a_photo_that_is_none_is_refused(asgi: Service) -> None:
    photo = str(uuid.uuid4())
    report = body(photos=[photo])
    send(asgi, report)
    path = f"{REPORTS}/{report['uid']}/photos/{photo}"
    script = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    answer = asgi.request("PUT", path, content=script, headers={"Content-Type": "image/jpeg"})
    assert (answer.status_code, answer.json()["field"]) == (415, "photo")
    assert asgi.request("PUT", path, content=b"\xff\xd8\xff" + b"\0" * 15_000_000).status_code == 413
    assert Photo.objects.get(uid=photo).state == "receiving"


def test_the_account_is_kept_only_for_reports_of_our_own_page(asgi: Service, officer: Person) -> None:
    ours, foreign, anonymous = body(), body(), body(anonymous=True)
    send(asgi, ours, officer, headers={"Origin": "http://testserver"})
    send(asgi, foreign, officer, headers={"Origin": "https://evil.example"})
    send(asgi, anonymous, officer, headers={"Origin": "http://testserver"})
    users = dict(Reporter.objects.values_list("incident__uid", "user"))
    assert officer.user is not None
    assert [users[uuid.UUID(report["uid"])] for report in (ours, foreign, anonymous)] == [officer.user.pk, None, None]


def test_a_flood_is_answered_with_a_time_to_come_back(asgi: Service, settings: Any) -> None:
    settings.REPORTS_PER_ADDRESS = 2
    answers = [send(asgi, body()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_new_report_is_not_public(asgi: Service, anonymous: Person, officer: Person) -> None:
    report = body()
    send(asgi, report)
    pk = incidents(EVERYBODY).get(uid=report["uid"]).pk
    path = f"/ogc/collections/incidents/items/{pk}"
    assert asgi.get(path, anonymous).status_code == 404
    assert asgi.get(path, officer).status_code == 200
