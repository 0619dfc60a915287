"""Whole answers of the hot path, kept while nothing changes.

A tile that is asked for again costs a look-up instead of the way from the header to the validator (ten times as long). It is
exact, not aged: whatever an answer is made of (change log, permissions, settings, layers) forgets all answers when it
changes, and a node whose follower has gone quiet repeats nothing. The short life bounds what changes by the calendar alone:
expiring credentials.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from gis_core.changes.follow import Change
from gis_core.changes.hub import Hub, hub, unready_after

Raw = list[tuple[bytes, bytes]]
Key = tuple[Any, ...]
# All that a handler may read of a request beside its address, so that requests with one key have one answer.
SHAPING = frozenset(
    {b"host", b"accept", b"accept-encoding", b"accept-language", b"authorization", b"cookie", b"if-none-match", b"origin"}
    | {b"range", b"user-agent", b"x-forwarded-proto"}
)
_LIFE_SECONDS = 1.0
_ENTRIES = 4_096
_BYTES = 32_000_000

_first = uuid4().int
_numbers = count()


def next_number() -> str:
    """A request's number: 12 hexadecimal digits, different for each request of a process and from process to process."""
    return f"{(_first + next(_numbers)) & 0xFFFFFFFFFFFF:012x}"


@dataclass(slots=True)
class Kept:
    """An answer as it goes out; `again` counts each repetition, `patience` is how long the follower may have been quiet."""

    status: int
    raw: Raw
    body: bytes
    again: Callable[[], object]
    until: float
    patience: float

    def start(self) -> dict[str, Any]:
        """The ASGI message that begins the answer, with a number of its own."""
        return {"type": "http.response.start", "status": self.status, "headers": [*self.raw, (b"x-request-id", next_number().encode())]}


def key_of(scope: Mapping[str, Any]) -> Key | None:
    """What tells requests with different answers apart; None for a request that is never repeated."""
    if scope["method"] != "GET":
        return None
    shaping = tuple([(name, value) for name, value in scope["headers"] if name in SHAPING])
    return scope["path"], scope.get("query_string", b""), scope.get("scheme"), shaping


class AnswerMemory:
    """Answers by key. `turn` may be called from any thread, everything else from the event loop."""

    def __init__(self, change_hub: Hub) -> None:
        self.turns = 0
        self._hub = change_hub
        self._kept: dict[Key, Kept] = {}
        self._size = 0
        change_hub.subscribe(self._changed)

    def turn(self) -> None:
        """Forget everything: call it after whatever answers are made of has changed."""
        self.turns += 1
        self._kept = {}
        self._size = 0

    def find(self, key: Key) -> Kept | None:
        """The answer to this request, if it would come out the same now."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        now = time.monotonic()
        if now > kept.until or now - self._hub.read_at > kept.patience or not self._hub.running:
            return None
        return kept

    def keep(self, key: Key, turns: int, kept: Kept) -> None:
        """Remember an answer that was begun when `turns` was the count; not if anything has changed since."""
        if turns != self.turns or not self._hub.running or len(kept.body) > _BYTES // 16:
            return
        if len(self._kept) >= _ENTRIES or self._size > _BYTES:
            self._kept, self._size = {}, 0
        self._kept[key] = kept
        self._size += len(kept.body)

    def _changed(self, _changes: "list[Change] | Any") -> None:
        self.turn()


def until() -> float:
    """When an answer made now must be made anew (monotonic time): soon, and at midnight, when layers of validities change."""
    now = time.time()
    return time.monotonic() + min(_LIFE_SECONDS, _day(now)[1] - now)


def _day(now: float) -> tuple[float, float]:
    """Unix times at which the day of `now` begins and ends here; the calendar is asked once a day."""
    if not _today[0] <= now < _today[1]:
        midnight = timezone.localtime(datetime.fromtimestamp(now, UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
        _today[:] = midnight.timestamp(), (midnight + timedelta(days=1)).timestamp()
    return _today[0], _today[1]


_today = [0.0, 0.0]


def kept_answer(status: int, raw: Raw, body: bytes, again: Callable[[], object]) -> Kept:
    """An answer to keep; taken before its bytes leave, so that its life starts with its content."""
    return Kept(status, raw, body, again, until(), unready_after())


memory = AnswerMemory(hub)
