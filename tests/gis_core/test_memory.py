"""Whole answers kept while nothing changes: when they are repeated, and what forgets them."""

import re
import time
from pathlib import Path

import pytest
from django.conf import settings

from gis_core.changes.clock import ChangeClock
from gis_core.changes.hub import Hub
from gis_core.changes.memory import SHAPING, AnswerMemory, Kept, key_of, next_number

_SCOPE = {"method": "GET", "path": "/tiles/a", "query_string": b"", "scheme": "http", "headers": [(b"host", b"h")]}


def _kept(*, seconds: float = 9.0, patience: float = 9.0) -> Kept:
    return Kept(200, [(b"etag", b'"1"')], b"body", lambda: None, time.monotonic() + seconds, patience)


@pytest.fixture
def hub() -> Hub:
    """A follower that has just read the log."""
    found = Hub(ChangeClock())
    found.running, found.read_at = True, time.monotonic()
    return found


def _key(**changes: object) -> tuple[object, ...]:
    key = key_of({**_SCOPE, **changes})
    assert key is not None
    return key


def test_an_answer_is_repeated(hub: Hub) -> None:
    """Byte for byte, under a number of its own."""
    memory = AnswerMemory(hub)
    memory.keep(_key(), memory.turns, _kept())
    found = memory.find(_key())
    assert found is not None
    assert found.body == b"body"
    assert found.start()["headers"] != found.start()["headers"]


@pytest.mark.parametrize("name", sorted(SHAPING))
def test_requests_that_differ_in_what_shapes_an_answer_do_not_share_one(hub: Hub, name: bytes) -> None:
    """Another identity, coding, validator or origin."""
    memory = AnswerMemory(hub)
    memory.keep(_key(), memory.turns, _kept())
    assert memory.find(_key(headers=[(b"host", b"h"), (name, b"other")])) is None


def test_other_addresses_and_methods_are_other_requests(hub: Hub) -> None:
    """HEAD has no body to repeat; a query names something else."""
    memory = AnswerMemory(hub)
    memory.keep(_key(), memory.turns, _kept())
    assert memory.find(_key(query_string=b"datetime=2020-01-01")) is None
    assert memory.find(_key(path="/tiles/b")) is None
    assert key_of({**_SCOPE, "method": "HEAD"}) is None


def test_a_change_forgets_everything(hub: Hub) -> None:
    """Whatever it touches: the validator is computed anew, which is exact."""
    memory = AnswerMemory(hub)
    memory.keep(_key(), memory.turns, _kept())
    hub.take_in([("1:1:", 1, *_change())])
    assert memory.find(_key()) is None


def _change() -> tuple[object, ...]:
    from django.utils import timezone

    return timezone.now(), "t", "U", 1, None, True, None, None, None, None


def test_an_answer_begun_before_a_change_is_not_kept(hub: Hub) -> None:
    """It may be of the state before."""
    memory = AnswerMemory(hub)
    begun = memory.turns
    memory.turn()
    memory.keep(_key(), begun, _kept())
    assert memory.find(_key()) is None


def test_a_quiet_follower_repeats_nothing(hub: Hub) -> None:
    """A process that was frozen wakes up with answers that nobody vouches for."""
    memory = AnswerMemory(hub)
    memory.keep(_key(), memory.turns, _kept(patience=5))
    hub.read_at -= 6
    assert memory.find(_key()) is None


def test_an_answer_has_a_short_life(hub: Hub) -> None:
    """What changes by the calendar alone (expiring credentials) shows soon."""
    memory = AnswerMemory(hub)
    memory.keep(_key(), memory.turns, _kept(seconds=-0.001))
    assert memory.find(_key()) is None


def test_the_memory_is_bounded(hub: Hub) -> None:
    """In entries; what is full starts over."""
    memory = AnswerMemory(hub)
    for number in range(10_000):
        memory.keep(_key(path=f"/tiles/{number}"), memory.turns, _kept())
    assert len(memory._kept) <= 4_096


def test_numbers_are_different() -> None:
    """Twelve hexadecimal digits each."""
    numbers = {next_number() for _ in range(1_000)}
    assert len(numbers) == 1_000
    assert all(re.fullmatch("[0-9a-f]{12}", number) for number in numbers)


def test_handlers_read_no_header_that_the_key_leaves_out() -> None:
    """A header that shapes answers but not the key would give one caller what another one asked for."""
    sources = [Path(settings.BASE_DIR, "gis_core/hot.py"), *Path(settings.BASE_DIR, "tiles").rglob("*.py")]
    read = {name for path in sources for name in re.findall(r"header\(b\"([a-z-]+)\"", path.read_text(encoding="utf-8"))}
    assert read - {name.decode() for name in SHAPING} == set()
    assert "if-none-match" in read
