"""What the form asks: the place, similar reports, following; and the pages that a device keeps."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from incidents.intake.source import COOKIE
from incidents.models import Follow, Incident, Photo
from incidents.rows import EVERYBODY, incidents
from tests import factories
from tests.cast import Cast, Person
from tests.incidents.reports import IN_A, category
from tests.world import World

pytestmark = pytest.mark.django_db
AT = {"lon": str(IN_A.lon), "lat": str(IN_A.lat)}


@pytest.fixture(autouse=True)
def _categories(world: World, db: None) -> None:
    category()


def incident(world: World, north_m: float = 0, **values: Any) -> Incident:
    """A report near the middle of unit A."""
    given = {"category": category(), "reported_at": timezone.now(), "status": "received", "is_public": True, **values}
    return factories.feature(Incident, world.units["A"], (IN_A.lon, IN_A.lat + north_m / 110_600), "ổ gà", **given)


def similar(client: Client, **values: str) -> list[dict[str, Any]]:
    """What the form is shown."""
    answer = client.get("/incidents/new/similar", {**AT, "category": "giao-thong", **values})
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["reports"]
    return found


def test_the_place_in_words(client: Client) -> None:
    answer = client.get("/incidents/new/place", AT)
    assert answer.json()["unit"] == "Phường Tam Kỳ"
    assert "no-store" in answer.headers["Cache-Control"]


def test_near_reports_of_the_category_nearest_first(client: Client, world: World) -> None:
    far, near = incident(world, 45), incident(world, 10)
    incident(world, 60)
    assert [card["id"] for card in similar(client)] == [near.pk, far.pk]
    assert similar(client)[0]["distance_m"] == pytest.approx(10, abs=0.5)


def test_a_card_shows_the_first_photo_that_was_approved(client: Client, world: World) -> None:
    """None that nobody looked at, none of the work, none of a report that is not public, though staff sees it."""
    row = incident(world)
    kept = {"incident": row, "state": "ready", "size": 1, "original": "a", "picture": "a", "thumbnail": "a"}
    Photo.objects.create(**kept, position=0)
    Photo.objects.create(**kept, position=1, moderation="approved", kind="work")
    assert similar(client)[0]["photo"] is None
    shown = Photo.objects.create(**kept, position=2, moderation="approved")
    assert similar(client)[0]["photo"] == f"/incidents/photos/{shown.pk}/thumbnail"
    incidents(EVERYBODY).filter(pk=row.pk).update(is_public=False)
    assert similar(world.cast["leader"].client())[0]["photo"] is None


def test_siblings_count_within_a_smaller_radius_and_strangers_not_at_all(client: Client, world: World) -> None:
    sibling, other = category("den-tin-hieu"), category("cay-xanh", group="Môi trường")
    close = incident(world, 15, category=sibling)
    incident(world, 30, category=sibling)
    incident(world, 5, category=other)
    assert [card["id"] for card in similar(client)] == [close.pk]


def test_recently_closed_ones_are_shown_and_old_or_rejected_ones_are_not(client: Client, world: World) -> None:
    now = timezone.now()
    lately = incident(world, 1, status="resolved", resolved_at=now - timedelta(days=3))
    incident(world, 2, status="resolved", resolved_at=now - timedelta(days=90))
    incident(world, 3, status="rejected")
    incident(world, 4, status="duplicate")
    assert [card["id"] for card in similar(client)] == [lately.pk]


def test_everybody_is_shown_only_what_they_may_see(world: World, cast: Cast) -> None:
    hidden = incident(world, 1, is_public=False)
    shown = {person.name: [card["id"] for card in similar(person.client())] for person in cast}
    assert shown == {
        "officer": [hidden.pk], "operator": [hidden.pk], "leader": [hidden.pk], "analyst": [hidden.pk],
        "sibling": [], "stranger": [], "anonymous": [],
    }  # fmt: skip


def test_a_card_tells_nothing_personal_and_no_code(client: Client, world: World) -> None:
    row = incident(world, 1)
    (card,) = similar(client)
    assert set(card) == {"id", "title", "category", "status", "closed", "reported_at", "distance_m", "photo"}
    assert row.tracking_code not in str(card)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"lon": "x"}, "lon"), ({"lat": "91"}, "lat"), ({"lat": "nan"}, "lat"), ({"category": "x"}, "category"), ({"more": "1"}, "more")],
)
def test_a_wrong_question_is_told_what_is_wrong(client: Client, values: dict[str, str], field: str) -> None:
    answer = client.get("/incidents/new/similar", {**AT, "category": "giao-thong", **values})
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def follow(client: Client, **given: Any) -> Any:
    """The form's request."""
    return client.post("/incidents/new/follow", given, content_type="application/json")


def test_following_twice_is_following_once(client: Client, world: World) -> None:
    row, uid = incident(world), str(uuid.uuid4())
    assert [follow(client, uid=uid, incident=row.pk).status_code for _ in range(2)] == [200, 200]
    assert Follow.objects.filter(incident=row).count() == 1


def test_what_one_may_not_see_one_cannot_follow(client: Client, world: World, officer: Person) -> None:
    row = incident(world, is_public=False)
    hidden, absent = (follow(client, uid=str(uuid.uuid4()), incident=key) for key in (row.pk, 10**9))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"] == absent.json()["detail"]
    assert follow(officer.client(), uid=str(uuid.uuid4()), incident=row.pk).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"uid": "x", "incident": 1}', b'"' + b"x" * 3_000 + b'"'])
def test_a_wrong_wish_is_refused(client: Client, body: bytes) -> None:
    assert client.post("/incidents/new/follow", body, content_type="application/json").status_code == 400


def test_the_page_is_the_same_for_everybody(client: Client, officer: Person) -> None:
    pages = [one.get("/incidents/new/").content.decode() for one in (client, officer.client())]
    assert pages[0] == pages[1]
    assert "giao-thong" in pages[0]


def test_the_page_gives_the_device_a_name_that_only_intake_hears(client: Client) -> None:
    first = client.get("/incidents/new/")
    morsel = first.cookies[COOKIE]
    assert (morsel["path"], morsel["httponly"], morsel["samesite"]) == ("/incidents/", True, "Lax")
    assert COOKIE not in client.get("/incidents/new/").cookies


def test_the_worker_names_every_file_of_the_page(client: Client) -> None:
    page, worker = client.get("/incidents/new/").content.decode(), client.get("/incidents/new/worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    assert files
    assert all(f'"{file}"' in worker.content.decode() for file in files)
