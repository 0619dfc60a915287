"""What everybody sees: the tracking page, following by e-mail, open data. Nothing personal, nothing unmoderated."""

import re
from typing import Any

import orjson
import pytest
from django.core import mail
from django.test import Client

from incidents.models import Follow, Incident, Notice, Photo
from incidents.notify.delivery import deliver
from incidents.notify.signing import leave_token
from tests.incidents.notify.test_outbox import follow
from tests.incidents.post import ANSWER, NOTE, Post


def page(incident: Incident, **query: str) -> str:
    """The tracking page as a visitor reads it."""
    answer = Client().get(f"/incidents/{incident.tracking_code}/", query)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.content.decode()


def test_a_public_report_shows_its_words_and_its_answers(post: Post) -> None:
    """And neither the office's notes nor anybody's name."""
    incident = post.incident(is_public=True, description="Trước trường học")
    post.reporter(incident)
    for verb in ("receive", "assign", "start"):
        post.take(incident, verb)
    post.take(incident, "annotate")
    post.take(incident, "resolve")
    text = page(incident)
    assert incident.title in text
    assert "Trước trường học" in text
    assert ANSWER in text
    for secret in (NOTE, post.dispatcher.username, "Mận", "dan@example.vn", str(incident.uid)):
        assert secret not in text


def test_what_nobody_looked_at_yet_shows_only_how_far_it_is(post: Post) -> None:
    """No words, no place, no photo."""
    incident = post.incident(title="Ông Nguyễn Văn A đổ rác", address="12 Trần Cao Vân", description="số 0905")
    post.take(incident, "receive")
    text = page(incident)
    for secret in ("Nguyễn Văn A", "Trần Cao Vân", "0905", "108.47", 'id="page"'):
        assert secret not in text


def test_photos_appear_once_approved(post: Post) -> None:
    """Unmoderated and refused ones leave no trace."""
    incident = post.incident(is_public=True)
    shown, hidden = (
        Photo.objects.create(incident=incident, state="ready", moderation=state, size=1, original=state, picture=state, thumbnail=state)
        for state in ("approved", "pending")
    )
    text = page(incident)
    assert str(shown.uid) in text
    assert str(hidden.uid) not in text


def test_words_of_the_reporter_wait_for_moderation(post: Post) -> None:
    """Also those of a reply."""
    incident = post.incident("resolved", is_public=True)
    answer = Client().post(
        f"/incidents/{incident.tracking_code}/reply", {"verb": "reopen", "key": str(incident.uid), "text": "Số của tôi 0905"}
    )
    assert answer.status_code == 302
    assert "0905" not in page(incident)
    incident.refresh_from_db()
    assert incident.status == "reopened"


def test_only_the_reporter_has_buttons(post: Post) -> None:
    """With the key of the own report; a guessed one opens nothing."""
    incident = post.incident("resolved", is_public=True)
    assert 'name="verb"' not in page(incident)
    assert 'name="verb"' not in page(incident, key="00000000-0000-0000-0000-000000000000")
    assert 'name="verb"' in page(incident, key=str(incident.uid))
    for key, verb, status in (("x", "confirm", 404), (str(incident.uid), "reject", 400), (str(incident.uid), "reply", 409)):
        assert Client().post(f"/incidents/{incident.tracking_code}/reply", {"verb": verb, "key": key, "text": "x"}).status_code == status


@pytest.mark.parametrize("code", ["ZZZZZZZZZZZZ", "1", "%00", "x" * 300])
def test_unknown_codes(db: None, code: str) -> None:
    """A sentence, never a fault."""
    assert Client().get(f"/incidents/{code}/").status_code == 404


def test_following_needs_the_mailbox(post: Post) -> None:
    """Asked, confirmed by a button behind the link of the mail, left by one click; then the address is gone."""
    incident = post.incident(is_public=True)
    assert Client().post(f"/incidents/{incident.tracking_code}/follow", {"email": "b@example.vn"}).status_code == 200
    post.take(incident, "receive")
    assert not Notice.objects.filter(incident=incident, channel="follower").exists()
    deliver(Notice.objects.get(incident=incident, channel="confirm").uid)
    found = re.search(r"/incidents/follow/confirm/\S+", str(mail.outbox[0].body))
    assert found
    assert Client().get(found[0]).status_code == 200
    assert Follow.objects.get(email="b@example.vn").confirmed_at is None, "programs that look at links confirm nothing"
    assert Client().post(found[0]).status_code == 200
    post.take(incident, "assign")
    assert Notice.objects.filter(incident=incident, channel="follower").count() == 1
    leave = f"/incidents/follow/leave/{leave_token(Follow.objects.get(email='b@example.vn').uid)}/"
    assert Client().get(leave).status_code == 200
    assert Client(enforce_csrf_checks=True).post(leave, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follow.objects.filter(email="b@example.vn").exists()
    assert Client().get("/incidents/follow/leave/x/").status_code == 404


def test_nobody_floods_a_mailbox(post: Post) -> None:
    """Five mails a day that ask to confirm; the answer is the same."""
    for _number in range(9):
        incident = post.incident(is_public=True)
        assert Client().post(f"/incidents/{incident.tracking_code}/follow", {"email": "C@example.vn"}).status_code == 200
    assert Notice.objects.filter(channel="confirm").count() == 5


@pytest.mark.parametrize("email", ["", "x", "a@b", "a@b.vn\nBcc: c@d.vn"])
def test_wrong_addresses(post: Post, email: str) -> None:
    """400 with the field."""
    incident = post.incident(is_public=True)
    assert Client().post(f"/incidents/{incident.tracking_code}/follow", {"email": email}).status_code == 400


def test_what_is_not_public_cannot_be_followed(post: Post) -> None:
    """Nor is it there for the map's link."""
    incident = post.incident()
    assert Client().post(f"/incidents/{incident.tracking_code}/follow", {"email": "a@example.vn"}).status_code == 404
    assert Client().get(f"/incidents/at/{incident.pk}/").status_code == 404
    public = post.incident(is_public=True)
    assert Client().get(f"/incidents/at/{public.pk}/").headers["Location"] == f"/incidents/{public.tracking_code}/"


@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_open_data_of_a_month(post: Post, suffix: str) -> None:
    """Public reports of the month by local time, to a metre, and nobody's name."""
    public, hidden = post.incident(is_public=True), post.incident()
    post.reporter(public)
    follow(public)
    content = Client().get(f"/incidents/open-data/2026-01.{suffix}").content
    assert public.tracking_code.encode() in content
    for secret in (hidden.tracking_code, "Mận", "dan@example.vn", str(public.uid), "theo-doi"):
        assert secret.encode() not in content
    assert public.tracking_code.encode() not in Client().get(f"/incidents/open-data/2026-02.{suffix}").content
    if suffix == "geojson":
        (feature,) = (one for one in orjson.loads(content)["features"] if one["properties"]["code"] == public.tracking_code)
        assert all(round(value, 5) == value for value in feature["geometry"]["coordinates"])


@pytest.mark.parametrize("path", ["2026-13.csv", "2026-01.exe", "x.csv"])
def test_other_names_of_open_data(db: None, path: str) -> None:
    """Are not there."""
    assert Client().get(f"/incidents/open-data/{path}").status_code == 404


@pytest.mark.parametrize("path", ["/incidents/map/", "/incidents/open-data/"])
def test_public_pages(post: Post, path: str) -> None:
    """Without any row that is not public."""
    hidden = post.incident(title="Riêng tư 77")
    answer: Any = Client().get(path)
    assert answer.status_code == 200
    assert hidden.title.encode() not in answer.content
