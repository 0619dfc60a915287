"""One client's stream: what it subscribed to, what it may hear, and a bounded queue."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

import orjson

from gis_core.access import Scope
from gis_core.changes.follow import Change
from gis_core.errors import ServiceError
from layers.catalogue import catalogue

# Layer name, the change, and what is told of it.
Entry = tuple[str, Change, dict[str, object]]
# Beyond this a client is too slow to be worth remembering: it is told to read everything again.
QUEUE_LIMIT = 256
_STILL_HERE = b": still here\n\n"
# Scope and layers -> the messages of one batch that streams with both hear.
Heard = dict[tuple[Scope, frozenset[str]], list[dict[str, object]]]
_LATELY = 64
_lately: dict[tuple[int, tuple[int, ...]], tuple[tuple[dict[str, object], ...], bytes]] = {}


class Stream:
    """A subscriber. Permissions are asked anew for each batch, so a revoked right goes silent at once.

    What is queued waits for `release`: the hub paces all streams together (hub.py).
    """

    def __init__(self, names: list[str], identify: Callable[[], Scope], since: int | None) -> None:
        self.names = frozenset(names)
        self.since = since
        self._identify = identify
        self._queue: deque[dict[str, object]] = deque()
        self._seq = 0
        self._overflow = False
        self._over = False
        self._silent = False
        self._ready = asyncio.Event()

    def offer(self, seq: int, entries: Sequence[Entry], known: Heard | None = None) -> None:
        """Queue what this client may hear of (layer name, change, message) entries.

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

    def _heard(self, entries: Sequence[Entry], known: Heard) -> list[dict[str, object]] | None:
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
        changes = tuple(self._queue)
        self._queue.clear()
        return _packed(self._seq, changes)


def _messages(scope: Scope, names: frozenset[str], entries: Sequence[Entry]) -> list[dict[str, object]]:
    reaches = {layer.name: layer.reach(scope) for layer in catalogue.visible_to(scope, "tiles") if layer.name in names}
    return [
        message for name, change, message in entries if name in reaches and reaches[name].hears(change.units, is_public=change.is_public)
    ]


def _packed(seq: int, changes: tuple[dict[str, object], ...]) -> bytes:
    """A batch as bytes. Clients that hear the same get the same messages, which are therefore packed once."""
    key = seq, tuple(map(id, changes))
    found = _lately.get(key)
    if found is None:
        if len(_lately) >= _LATELY:
            _lately.clear()
        # The messages are kept beside the bytes: while they live nothing else has their identity.
        found = _lately[key] = changes, event("change", seq, {"seq": seq, "changes": changes})
    return found[1]


def event(kind: str, seq: int, data: dict[str, object]) -> bytes:
    """One server-sent event; its id is the change it brings the client to."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (seq, kind.encode(), orjson.dumps(data))
