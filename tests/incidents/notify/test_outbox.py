"""Who is told of what: one row an event and recipient, in the transaction of the step."""

import uuid
from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from incidents.errors import IllegalStep
from incidents.models import Follow, Incident, Notice, Webhook
from incidents.notify.outbox import tell_of_openings
from incidents.workflow import steps
from tests.incidents.post import Post

ADDRESS = "theo-doi@example.vn"


def follow(incident: Incident, email: str = ADDRESS, *, confirmed: bool = True) -> Follow:
    """A follower."""
    return Follow.objects.create(uid=uuid.uuid4(), incident=incident, email=email, confirmed_at=timezone.now() if confirmed else None)


def hook(**values: object) -> Webhook:
    """A webhook."""
    return Webhook.objects.create(name="Hệ thống 1022", url="https://example.vn/hook", **values)


def told(incident: Incident) -> Counter[str]:
    """Notices by channel."""
    return Counter(Notice.objects.filter(incident=incident).values_list("channel", flat=True))


def test_a_change_of_state_is_told_to_everybody_who_asked(post: Post) -> None:
    """Followers, the reporter, the unit, other systems; each by a job of the same transaction."""
    incident = post.incident(is_public=True)
    follow(incident)
    post.reporter(incident)
    hook()
    before = ProcrastinateJob.objects.count()
    post.take(incident, "assign")
    assert told(incident) == {"follower": 1, "reporter": 1, "unit": 1, "webhook": 1}
    assert ProcrastinateJob.objects.count() - before == 4


def test_what_is_not_public_is_told_to_the_reporter_alone(post: Post) -> None:
    """And to systems that hear of everything."""
    incident = post.incident()
    follow(incident)
    post.reporter(incident)
    hook()
    every = hook(public_only=False)
    post.take(incident, "receive")
    assert told(incident) == {"reporter": 1, "webhook": 1}
    assert Notice.objects.get(incident=incident, channel="webhook").webhook == every


def test_internal_notes_stay_inside(post: Post) -> None:
    """A note is no event, unless it is a public one."""
    incident = post.incident(is_public=True)
    follow(incident)
    post.take(incident, "annotate")
    assert not told(incident)
    post.take(incident, "annotate", note="", public_note="Đang chờ vật tư")
    assert told(incident) == {"follower": 1}


def test_unconfirmed_addresses_hear_nothing_and_an_address_hears_once(post: Post) -> None:
    """However often it asked."""
    incident = post.incident(is_public=True)
    follow(incident, "a@example.vn", confirmed=False)
    follow(incident)
    follow(incident)
    post.take(incident, "receive")
    assert told(incident) == {"follower": 1}


def test_followers_of_duplicates_hear_of_the_original(post: Post) -> None:
    """They asked about the same hole in the road."""
    original, copy = post.incident(is_public=True), post.incident(is_public=True)
    follow(copy)
    post.take(copy, "duplicate", of=original.tracking_code)
    post.take(original, "receive")
    assert told(original) == {"follower": 1}


def test_reporters_are_not_told_what_they_did_themselves(post: Post) -> None:
    """They know."""
    incident = post.incident("resolved")
    post.reporter(incident)
    steps.take_as_reporter(incident.tracking_code, str(incident.uid), "confirm", "")
    assert not told(incident)


def test_a_refused_step_tells_nobody(post: Post) -> None:
    """Neither does one whose transaction fails afterwards."""
    incident = post.incident("confirmed", is_public=True)
    follow(incident)
    with pytest.raises(IllegalStep):
        post.take(incident, "receive")
    with pytest.raises(RuntimeError), transaction.atomic():
        post.take(incident, "reopen")
        raise RuntimeError
    assert not told(incident)


def test_an_event_is_written_once(post: Post) -> None:
    """The table itself forbids a second row."""
    incident = post.incident()
    values = {"event": "step:x", "channel": "reporter", "recipient": "reporter", "incident": incident}
    Notice.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(**values)


def test_openings_reach_the_routed_unit_and_systems_that_hear_of_everything(post: Post) -> None:
    """A new report is not public yet."""
    incident = post.incident(handling_unit=post.unit)
    hook()
    hook(public_only=False)
    tell_of_openings([incident])
    assert told(incident) == {"webhook": 1, "unit": 1}
