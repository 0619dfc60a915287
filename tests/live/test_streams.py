"""Live streams: resuming, slow clients, the rate of batches, and many listeners at once."""

import contextlib
import time

import pytest
from django.db import transaction

from gis_core.changes.clock import clock
from layers.live.hub import SPACING
from tests.cast import Person
from tests.service import Event, Service, Stream
from tests.sql import execute
from tests.world import World

_FACILITIES = "/live/?layers=facilities"


def _edit(world: World, number: int = 0) -> int:
    """One committed edit; the row's key."""
    key = world.rows["facilities"][number].pk
    execute("UPDATE layers_facility SET name = name || '.' WHERE id = %s", key)
    return key


def _hello(stream: Stream) -> int:
    found = stream.event()
    assert found is not None and found.kind == "hello"
    return int(found.id)


def _ids(event: Event | None) -> list[int]:
    assert event is not None and event.kind == "change", event
    return [key for change in event.data["changes"] for key in change["ids"] or ()]


def _numbers(stream: Stream, until: int) -> list[int]:
    """The `id` of each event up to the change `until`."""
    seen: list[int] = []
    while not seen or seen[-1] < until:
        event = stream.event()
        assert event is not None, f"nothing after {seen}"
        seen.append(int(event.id))
    return seen


def test_a_client_that_was_away_gets_what_it_missed(asgi: Service, scratch: World) -> None:
    """Last-Event-ID names where it stood; it gets all since then once, in one batch."""
    with asgi.stream(_FACILITIES) as stream:
        stood = _hello(stream)
    missed = [_edit(scratch, number) for number in (0, 3, 1)]
    with asgi.stream(_FACILITIES, headers={"Last-Event-ID": str(stood)}) as stream:
        _hello(stream)
        assert sorted(_ids(stream.event())) == sorted(missed)
        assert stream.event(0.3) is None


def test_resuming_tells_only_of_rows_that_one_may_see(asgi: Service, scratch: World, officer: Person, sibling: Person) -> None:
    """What was missed passes the same filter as what is heard."""
    with asgi.stream("/live/?layers=parcels", officer) as stream:
        stood = _hello(stream)
    mine, theirs = scratch.row("parcels", "A").pk, scratch.row("parcels", "B").pk
    for key in (mine, theirs):
        execute("UPDATE land_parcel SET land_use = 'ODT' WHERE id = %s", key)
    for person, expected in ((officer, mine), (sibling, theirs)):
        with asgi.stream("/live/?layers=parcels", person, headers={"Last-Event-ID": str(stood)}) as stream:
            _hello(stream)
            assert _ids(stream.event()) == [expected]
            assert stream.event(0.2) is None


@pytest.mark.parametrize("number", ["999999999999", "1"])
def test_a_position_that_this_node_does_not_remember_is_a_resync(asgi: Service, scratch: World, number: str) -> None:
    """Of another node, of before its start, made up: read everything again."""
    _edit(scratch)
    with asgi.stream(_FACILITIES, headers={"Last-Event-ID": number}) as stream:
        _hello(stream)
        event = stream.event()
    assert event is not None and event.kind == "resync"
    assert event.data["seq"] == clock.seq


def test_batches_are_bounded_in_number(asgi: Service, scratch: World) -> None:
    """Many edits in a second reach the client in few batches, all of them."""
    with asgi.stream(_FACILITIES) as stream:
        _hello(stream)
        started = time.monotonic()
        for number in range(60):
            _edit(scratch, number % 4)
            time.sleep(0.01)
        asgi.settle()
        numbers = _numbers(stream, clock.seq)
        seconds = time.monotonic() - started
    assert numbers == sorted(numbers)
    assert len(numbers) <= seconds / SPACING + 2


def _burst(keys: list[int]) -> None:
    """Most of a client's queue in one transaction (more than 200 changes would be told as one box)."""
    with transaction.atomic():
        for _ in range(180 // len(keys)):
            execute("UPDATE layers_facility SET kind = left(kind || '.', 40) WHERE id = ANY(%s)", keys)


def test_a_client_that_is_too_slow_is_told_to_start_over(asgi: Service, scratch: World) -> None:
    """More than its queue may hold while it takes nothing: one word instead of all, and afterwards it hears again."""
    with asgi.stream(_FACILITIES) as stream:
        _hello(stream)
        keys = [row.pk for row in scratch.rows["facilities"]]
        with stream.resting():
            _edit(scratch)  # on its way to a client that does not take it; the queue fills up behind it
            asgi.settle()
            for _ in range(3):
                _burst(keys)
                asgi.settle()  # read one by one: three at once are more than 200 changes
        kinds: list[str] = []
        while not kinds or kinds[-1] != "resync":
            event = stream.event()
            assert event is not None, kinds
            kinds.append(event.kind)
        asgi.settle()
        while stream.event(0.3):
            pass
        key = _edit(scratch)
        assert _ids(stream.event()) == [key]


def test_two_hundred_clients_hear_of_one_edit(asgi: Service, scratch: World) -> None:
    """All of them, once (how soon is measured by the bench)."""
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(asgi.stream(_FACILITIES)) for _ in range(200)]
        for stream in streams:
            _hello(stream)
        key = _edit(scratch)
        heard = [_ids(stream.event()) for stream in streams]
        assert heard == [[key]] * 200
        assert streams[0].event(0.3) is None
