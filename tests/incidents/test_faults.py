"""The server dies at any statement of a step or of a delivery: no half step, no lost and no doubled notification.

A kill is what the database sees of one: the connection breaks in the middle and nothing after it runs. 200 seeded ones; after
each the client asks again with the same key, as it would after a lost answer, and the sweep does what the worker's clock would.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from gis_core.outbound.client import Answer
from incidents.models import IncidentStep, Notice
from incidents.notify import delivery
from incidents.rows import EVERYBODY, incidents
from tests.incidents.notify.test_outbox import follow, hook
from tests.incidents.post import GIVEN, Post
from tests.world import World

KILLS = 200
_VERBS = ("receive", "assign", "start", "resolve", "confirm", "reopen", "reject")


class Killed(BaseException):
    """Nothing catches it."""


@contextmanager
def killed_at(number: int) -> Iterator[list[int]]:
    """Cut the connection before the given statement; yields how many there were."""
    count = [0]

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        count[0] += 1
        if count[0] == number:
            connection.connection.close()
            raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield count


def survives(number: int, work: Callable[[], object]) -> bool:
    """Run `work` with a kill; whether it was killed."""
    try:
        with killed_at(number):
            work()
    except BaseException as error:
        if isinstance(error, Killed) or connection.connection is None or connection.connection.closed:
            connection.in_atomic_block = False
            connection.savepoint_ids, connection.atomic_blocks, connection.run_on_commit = [], [], []
            connection.needs_rollback = False
            connection.close()
            return True
        raise
    return False


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Messages that another system took, by their id, which it uses to drop what it has."""
    found: Counter[str] = Counter()

    def post(_url: str, _body: bytes, headers: dict[str, str]) -> Answer:
        found[headers["webhook-id"]] += 1
        return Answer(200, b"")

    monkeypatch.setattr(delivery, "post", post)
    return found


def test_no_kill_leaves_half_a_step_or_a_doubled_notice(scratch: World, received: Counter[str]) -> None:
    """Every step, killed at every statement in turn, then asked for again; every delivery, killed likewise."""
    post = Post.open(scratch.units["A"])
    hook(public_only=False)
    rng = random.Random(20261128)
    kills = deliveries = 0
    number = 0
    while kills < KILLS:
        number += 1
        incident = post.incident(is_public=True)
        follow(incident)
        post.reporter(incident)
        for verb in _VERBS[: rng.randint(2, 5)]:
            if incidents(EVERYBODY).get(pk=incident.pk).status == "rejected":
                break
            key = f"{number}{verb}"
            while survives(rng.randint(1, 16), partial(post.take, incident, verb, key=key)):
                kills += 1
                _is_whole(incident.pk)
            _is_whole(incident.pk)
        deliveries += _deliver(rng, incident.pk)
    assert deliveries > 50
    _everything_was_told_once(received)


def _is_whole(pk: int) -> None:
    """The state is that of the last step, the version their number, and each step has all of its notices."""
    incident = incidents(EVERYBODY).get(pk=pk)
    steps = list(IncidentStep.objects.filter(incident=pk))
    assert incident.version == 1 + len(steps)
    assert incident.status == (steps[-1].after if steps else "new")
    for before, after in pairwise(steps):
        assert after.before == before.after
    for step in steps:
        told = Counter(Notice.objects.filter(step=step).values_list("channel", flat=True))
        expected = {"webhook": 1, "follower": 1, "reporter": 1, **({"unit": 1} if step.verb in ("assign", "reopen") else {})}
        if step.verb == "reopen" and incident.handling_unit is None:
            expected.pop("unit")
        assert told == expected, step.verb


def _deliver(rng: random.Random, pk: int) -> int:
    """Send what waits, dying now and then; dead claims age until the sweep sees them."""
    kills = 0
    for _round in range(6):
        for uid in Notice.objects.filter(incident=pk, state="waiting").values_list("uid", flat=True):
            kills += survives(rng.randint(1, 9), partial(delivery.deliver, uid))
        aged = timezone.now() - delivery.DEAD_AFTER - timedelta(seconds=1)
        Notice.objects.filter(incident=pk, state="sending").update(claimed_at=aged)
        delivery.due()
    for uid in Notice.objects.filter(incident=pk, state="waiting").values_list("uid", flat=True):
        delivery.deliver(uid)
    return kills


def _everything_was_told_once(received: Counter[str]) -> None:
    """Each message reached the other system, under one id; no mail went out twice; a mail is sent, or is said to be uncertain."""
    states = Counter(Notice.objects.values_list("channel", "state"))
    assert {state for (channel, state) in states if channel == "webhook"} == {"sent"}
    assert set(received) == {f"msg_{uid.hex}" for uid in Notice.objects.filter(channel="webhook").values_list("uid", flat=True)}
    assert {state for (channel, state) in states if channel != "webhook"} <= {"sent", "uncertain"}
    ids = Counter(letter.extra_headers["Message-ID"] for letter in mail.outbox)
    assert not [name for name, count in ids.items() if count > 1]
    sent = Notice.objects.exclude(channel="webhook").filter(state="sent")
    assert {f"<{uid}@localhost>" for uid in sent.values_list("uid", flat=True)} <= set(ids)


def test_given_covers_every_verb_that_is_used() -> None:
    """The helper knows what each step needs."""
    assert set(GIVEN) >= {"assign", "resolve", "reopen", "reject"}
