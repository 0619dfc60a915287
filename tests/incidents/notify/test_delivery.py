"""Sending: what a mail and a message contain, second attempts, dead processes, the standard's signature."""

import base64
import hashlib
import hmac
import uuid
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.core import mail
from django.utils import timezone

from gis_core.outbound.addresses import AddressRefused, Unreachable
from gis_core.outbound.client import Answer
from incidents.models import Follow, Incident, Notice, Webhook
from incidents.notify import delivery, signing
from incidents.notify.delivery import deliver, due
from tests.incidents.notify.test_outbox import ADDRESS, follow, hook
from tests.incidents.post import ANSWER, Post

Sent = list[tuple[str, bytes, dict[str, str]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What goes out by webhook, answered with 200."""
    found: Sent = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        found.append((url, body, headers))
        return Answer(200, b"")

    monkeypatch.setattr(delivery, "post", post)
    return found


def notice(incident: Incident, channel: str) -> Notice:
    """The one of a channel."""
    return Notice.objects.get(incident=incident, channel=channel)


def resolved(post: Post, **values: Any) -> Incident:
    """An answered incident with a follower, a reporter, a hook."""
    incident = post.incident("in_progress", is_public=True, **values)
    follow(incident)
    post.reporter(incident)
    hook()
    post.take(incident, "resolve", note="nội bộ: gọi chị Mận 0905")
    return incident


def test_a_follower_reads_the_answer_and_can_leave(post: Post) -> None:
    """State, answer, page, a way out that mail programs know; nothing internal, no title in the subject."""
    incident = resolved(post, title="Bà Lê Thị Mận đổ rác")
    assert deliver(notice(incident, "follower").uid) == "sent"
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    assert ANSWER in letter.body
    assert incident.tracking_code in letter.subject
    assert "Mận" not in letter.subject + str(letter.body)
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["List-Unsubscribe"].strip("<>") in letter.body


def test_a_reporter_gets_the_own_link(post: Post) -> None:
    """The key goes to the reporter's mailbox and nowhere else."""
    incident = resolved(post)
    for channel in ("reporter", "follower"):
        deliver(notice(incident, channel).uid)
    bodies = {letter.to[0]: str(letter.body) for letter in mail.outbox}
    assert str(incident.uid) in bodies["dan@example.vn"]
    assert str(incident.uid) not in bodies[ADDRESS]


def test_nothing_is_sent_twice(post: Post, sent: Sent) -> None:
    """Whoever calls again finds nothing to do."""
    incident = resolved(post)
    uids = [row.uid for row in Notice.objects.filter(incident=incident)]
    states = [deliver(uid) for uid in uids + uids]
    assert states == ["sent"] * 3 + [None] * 3
    assert (len(mail.outbox), len(sent)) == (2, 1)


def test_the_signature_is_the_standards(post: Post, sent: Sent) -> None:
    """standardwebhooks.com: HMAC-SHA256 over id.timestamp.body with the shown secret."""
    incident = resolved(post)
    deliver(notice(incident, "webhook").uid)
    _url, body, headers = sent[0]
    receiver = Webhook.objects.get()
    secret = base64.b64decode(signing.shown(signing.secret_of(receiver.uid, receiver.generation)).removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_a_message_carries_states_and_no_people(post: Post, sent: Sent) -> None:
    """Neither notes of the office nor names of anybody."""
    incident = resolved(post)
    deliver(notice(incident, "webhook").uid)
    told = orjson.loads(sent[0][1])
    assert told["type"] == "incident.step"
    assert told["data"] | {"url": "", "title": "", "lon": 0, "lat": 0} == {
        "service_request_id": incident.tracking_code,
        "service_code": "o-ga",
        "severity": "low",
        "is_public": True,
        "url": "",
        "step": "resolve",
        "before": "in_progress",
        "status": "resolved",
        "version": 2,
        "note": ANSWER,
        "unit": None,
        "title": "",
        "lon": 0,
        "lat": 0,
    }
    for secret in ("nội bộ", post.dispatcher.username, "Mận", "dan@example.vn", str(incident.uid)):
        assert secret.encode() not in sent[0][1]


def test_messages_about_what_is_not_public_have_no_words_and_no_place(post: Post, sent: Sent) -> None:
    """Only systems that hear of everything get them at all."""
    incident = post.incident(title="Riêng tư")
    hook(public_only=False)
    post.take(incident, "receive")
    deliver(notice(incident, "webhook").uid)
    assert not {"title", "lon", "lat"} & set(orjson.loads(sent[0][1])["data"])


@pytest.mark.parametrize("failure", [Unreachable("x"), AddressRefused("x"), OSError("x"), Answer(500, b""), Answer(302, b"")])
def test_failures_are_tried_again_later_with_growing_pauses(post: Post, monkeypatch: pytest.MonkeyPatch, failure: object) -> None:
    """And given up after ten attempts; the same id each time."""
    incident = resolved(post)
    row = notice(incident, "webhook")
    ids = []

    def post_(_url: str, _body: bytes, headers: dict[str, str]) -> object:
        ids.append(headers["webhook-id"])
        if isinstance(failure, Exception):
            raise failure
        return failure

    monkeypatch.setattr(delivery, "post", post_)
    pauses = []
    for _attempt in range(delivery.MOST_ATTEMPTS):
        Notice.objects.filter(pk=row.pk).update(next_at=timezone.now())
        deliver(row.uid)
        row.refresh_from_db()
        pauses.append((row.next_at - timezone.now()).total_seconds())
        assert deliver(row.uid) is None, "not before its time"
    assert (row.state, len(ids), len(set(ids))) == ("failed", 10, 1)
    assert pauses == sorted(pauses)
    assert 25 < pauses[0] < 31
    assert row.error


def test_what_is_no_longer_wanted_is_dropped(post: Post, sent: Sent) -> None:
    """Left, withdrawn from the public, a hook that was switched off."""
    incident = resolved(post)
    Follow.objects.update(confirmed_at=None)
    Webhook.objects.update(is_active=False)
    assert deliver(notice(incident, "follower").uid) == "dropped"
    assert deliver(notice(incident, "webhook").uid) == "dropped"
    assert not mail.outbox
    assert not sent


def test_a_dead_process_leaves_hooks_to_be_repeated_and_mails_to_be_asked_about(post: Post) -> None:
    """A receiver of hooks knows the id; a mailbox would show a second mail."""
    incident = resolved(post)
    long_ago = timezone.now() - delivery.DEAD_AFTER - timedelta(seconds=1)
    Notice.objects.filter(incident=incident).update(state="sending", attempts=1, claimed_at=long_ago)
    assert due() == [notice(incident, "webhook").uid]
    assert notice(incident, "follower").state == "uncertain"


def test_a_process_at_work_is_left_alone(post: Post) -> None:
    """Its claim is young."""
    incident = resolved(post)
    Notice.objects.filter(incident=incident).update(state="sending", claimed_at=timezone.now())
    assert due() == []
    assert deliver(notice(incident, "webhook").uid) is None


def test_tokens_of_links() -> None:
    """Each opens its own door only."""
    uid = uuid.uuid4()
    assert signing.read_confirm(signing.confirm_token(uid)) == uid
    assert signing.read_leave(signing.leave_token(uid)) == uid
    assert signing.read_leave(signing.confirm_token(uid)) is None
    assert signing.read_confirm(signing.leave_token(uid)) is None
    assert signing.read_confirm(signing.confirm_token(uid), days=-1) is None
    assert signing.read_leave("x") is None
