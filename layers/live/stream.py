"""One client's stream: what it subscribed to, what it may hear, and a bounded queue."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import orjson

from gis_core.access import Scope
from gis_core.errors import ServiceError
from layers.catalogue import catalogue


@dataclass(frozen=True, slots=True)
class Entry:
    """What is told of a change, and of what it depends who hears it. Thousands are remembered: the message is its JSON."""

    layer: str
    units: tuple[int, ...] | None
    is_public: bool
    message: bytes


# Beyond this a client is too slow to be worth remembering: it is told to read everything again.
QUEUE_LIMIT = 256
_STILL_HERE = b": still here\n\n"
# Scope and layers -> the messages of one batch that streams with both hear.
Heard = dict[tuple[Scope, frozenset[str]], list[bytes]]


class Stream:
    """A subscriber. Permissions are asked anew for each batch, so a revoked right goes silent at once.

    What is queued waits for `release`: the hub paces all streams together (hub.py).
    """

    def __init__(self, names: list[str], identify: Callable[[], Scope], since: int | None) -> None:
        self.names = frozenset(names)
        self.since = since
        self._identify = identify
        self._queue: deque[bytes] = deque()
        self._seq = 0
        self._overflow = False
        self._over = False
        self._silent = False
        self._ready = asyncio.Event()

    def offer(self, seq: int, entries: Sequence[Entry], known: Heard | None = None) -> None:
        """Queue what this client may hear of the entries.

        `known` holds what streams of the same scope hear of the same entries, so that it is found once for all of them.
        """
        heard = self._heard(entries, {} if known is None else known)
        if heard is None:
            self.close()
            return
        if not heard:
            return
        self._seq = max(self._seq, seq)
        if self._overflow or len(self._queue) + len(heard) > QUEUE_LIMIT:
            self._queue.clear()
            self._overflow = True
        else:
            self._queue.extend(heard)

    def release(self) -> None:
        """Let what is queued go out."""
        if self._queue or self._overflow:
            self._silent = False
            self._ready.set()

    def keep_alive(self) -> None:
        """Say something if nothing was said since the last call: proxies close what stays silent."""
        if self._silent:
            self._ready.set()
        self._silent = True

    def _heard(self, entries: Sequence[Entry], known: Heard) -> list[bytes] | None:
        """The messages for this client; None when its credentials do not hold any more."""
        try:
            scope = self._identify()
        except ServiceError:
            return None
        key = scope, self.names
        if key not in known:
            known[key] = _messages(scope, self.names, entries)
        return known[key]

    def resync(self, seq: int) -> None:
        """Tell the client to read everything again."""
        self._seq = max(self._seq, seq)
        self._overflow = True
        self._queue.clear()
        self._ready.set()

    def close(self) -> None:
        """End the stream: nothing more is told."""
        self._over = True
        self._queue.clear()
        self._ready.set()

    async def next_batch(self) -> bytes | None:
        """What goes out next: an event, or a comment that keeps the connection; None when the stream is over."""
        await self._ready.wait()
        self._ready.clear()
        if self._over:
            return None
        if self._overflow:
            self._overflow = False
            return event("resync", self._seq, {"seq": self._seq})
        if not self._queue:
            return _STILL_HERE
        batch = _batch(self._seq, self._queue)
        self._queue.clear()
        return batch


def _messages(scope: Scope, names: frozenset[str], entries: Sequence[Entry]) -> list[bytes]:
    reaches = {layer.name: layer.reach(scope) for layer in catalogue.visible_to(scope, "tiles") if layer.name in names}
    return [
        entry.message for entry in entries if entry.layer in reaches and reaches[entry.layer].hears(entry.units, is_public=entry.is_public)
    ]


def _batch(seq: int, messages: Iterable[bytes]) -> bytes:
    """The event of some changes."""
    return b'id: %d\nevent: change\ndata: {"seq":%d,"changes":[%b]}\n\n' % (seq, seq, b",".join(messages))


def event(kind: str, seq: int, data: dict[str, object]) -> bytes:
    """One server-sent event; its id is the change it brings the client to."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (seq, kind.encode(), orjson.dumps(data))
