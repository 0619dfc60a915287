"""From the follower to all streams: changes as messages, a memory for resuming, jobs of fan-out."""

import asyncio
import contextlib
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence

import orjson

from gis_core import crs
from gis_core.changes.clock import clock
from gis_core.changes.follow import Change
from gis_core.changes.hub import hub
from gis_core.metrics import SSE_EVENTS, SSE_PUSH, SSE_RESYNCS
from layers.catalogue import catalogue
from layers.generalisation import DERIVED_TABLES
from layers.live.stream import Entry, Heard, Stream, event

# How many changes a reconnecting client can catch up with before it must read everything again.
REMEMBERED = 5_000
# A statement that touched more rows than this is told as one box instead of a list of ids.
MAX_IDS = 200
# Batches are sent to all streams together, no more often than this (seconds) and than sending leaves a third of a core for:
# a batch costs some 50 µs a stream.
SPACING, _A_STREAM, _WIDEST = 0.02, 0.00015, 0.1
_QUIET_SECONDS = 15.0
_OPS = {"I": "insert", "U": "update", "D": "delete", "R": "reload"}


class LiveHub:
    """All streams of this process."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._batches: deque[tuple[int, tuple[Entry, ...]]] = deque()
        self._kept = 0
        self._not_before = 0.0
        self._release: asyncio.TimerHandle | None = None
        hub.when_history_breaks(self.start_over)

    def join(self, stream: Stream) -> None:
        """Start telling a stream."""
        self._streams.add(stream)

    def leave(self, stream: Stream) -> None:
        """Stop telling it."""
        self._streams.discard(stream)

    def greeting(self, stream: Stream) -> bytes:
        """The first event: where the log stands. A client that resumes gets what it missed, or is told to start over.

        Until that has gone out the client stands where it stood: cut off in between, it asks for the same again.
        """
        stands = clock.seq
        if stream.since is not None and stream.since != clock.seq:
            stands = stream.since
            missed = self._after(stream.since)
            if missed is None:
                SSE_RESYNCS.inc()
                stream.resync(clock.seq)
            else:
                stream.offer(clock.seq, missed)
                stream.release()
        return b"retry: 1000\n" + event("hello", stands, {"seq": clock.seq})

    def notice(self, changes: Sequence[Change]) -> None:
        """Hub listener: fan a batch out."""
        entries = _messages(changes)
        self._remember(entries)
        if not entries:
            return
        known: Heard = {}
        for stream in tuple(self._streams):
            stream.offer(clock.seq, entries, known)
        SSE_EVENTS.inc(len(self._streams))
        SSE_PUSH.observe(max(0.0, time.time() - changes[-1].at.timestamp()))
        self._pace()

    def _pace(self) -> None:
        """Let batches go now, or once the pause since the last ones is over. A single edit never waits."""
        if self._release is not None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self._not_before:
            self._let_go(loop)
        else:
            self._release = loop.call_at(self._not_before, self._let_go, loop)

    def _let_go(self, loop: asyncio.AbstractEventLoop) -> None:
        self._release = None
        self._not_before = loop.time() + spacing(len(self._streams))
        for stream in tuple(self._streams):
            stream.release()

    async def _stay(self) -> None:
        while True:
            await asyncio.sleep(_QUIET_SECONDS)
            for stream in tuple(self._streams):
                stream.keep_alive()

    def _remember(self, entries: tuple[Entry, ...]) -> None:
        """Batches by the position that the node stood at after them, in the order of arrival (not of seq)."""
        self._batches.append((clock.seq, entries))
        self._kept += _weight(entries)
        while self._batches and self._kept > REMEMBERED:
            self._kept -= _weight(self._batches.popleft()[1])

    def _after(self, position: int) -> list[Entry] | None:
        """What arrived after this node stood at `position`; None when that is not remembered."""
        places = [index for index, (seq, _entries) in enumerate(self._batches) if seq == position]
        if not places:
            return None
        later = list(self._batches)[places[0] + 1 :]
        return [entry for _seq, entries in later for entry in entries]

    def _begin_here(self) -> None:
        """Nothing from before can be resumed."""
        self._batches.clear()
        self._kept = 0
        self._remember(())

    def start_over(self) -> None:
        """The database was put back to another state: its numbers mean something else now, and every client reads anew."""
        self._begin_here()
        for stream in tuple(self._streams):
            stream.resync(clock.seq)

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Listen while the process lives."""
        self._begin_here()
        hub.subscribe(self.notice)
        staying = asyncio.create_task(self._stay(), name="live streams stay open")
        try:
            yield
        finally:
            hub.unsubscribe(self.notice)
            staying.cancel()
            if self._release is not None:
                self._release.cancel()
                self._release = None
            for stream in tuple(self._streams):
                stream.close()


def spacing(streams: int) -> float:
    """Seconds between two batches of so many streams."""
    return min(max(SPACING, streams * _A_STREAM), _WIDEST)


def _weight(entries: Sequence[Entry]) -> int:
    """Of a batch in memory: its position alone is remembered too, for clients that were greeted there."""
    return max(1, len(entries))


def _messages(changes: Sequence[Change]) -> tuple[Entry, ...]:
    """What is told of each change; neighbouring changes of one statement stay apart, their boxes are exact."""
    layers: defaultdict[str, list[str]] = defaultdict(list)
    for layer in catalogue.feature_layers():
        layers[layer.table].append(layer.name)
        for table in DERIVED_TABLES if layer.generalisation else ():
            layers[table].append(layer.name)
    if len(changes) > MAX_IDS:
        changes = _merged(changes)
    return tuple(
        Entry(name, change.units, change.is_public, _text(name, change))
        for change in changes
        if change.op != "P"
        for name in layers.get(change.table, ())
    )


def _text(name: str, change: Change) -> bytes:
    # A copy: what orjson returns takes up four kilobytes, however short it is.
    return b"%b" % orjson.dumps(_message(name, change))


def _message(name: str, change: Change) -> dict[str, object]:
    if change.table in DERIVED_TABLES:
        return {"layer": name, "op": "redraw", "bbox": _lonlat(change.bbox), "ids": []}
    ids = None if change.fid is None else [change.fid]
    return {"layer": name, "op": _OPS[change.op], "bbox": _lonlat(change.bbox), "ids": ids}


def _merged(changes: Sequence[Change]) -> list[Change]:
    """One change a table and set of units, so that a bulk edit is one message and nobody hears of units that are not theirs."""
    groups: dict[tuple[str, tuple[int, ...] | None, bool], list[Change]] = defaultdict(list)
    for change in changes:
        groups[change.table, change.units, change.is_public].append(change)
    merged = []
    for (table, units, public), members in groups.items():
        boxes = [member.bbox for member in members]
        known = [box for box in boxes if box is not None]
        bbox = None
        if len(known) == len(boxes):
            lows, highs = zip(*((box[:2], box[2:]) for box in known), strict=True)
            bbox = (min(x for x, _y in lows), min(y for _x, y in lows), max(x for x, _y in highs), max(y for _x, y in highs))
        last = max(members, key=lambda member: member.seq)
        merged.append(Change(last.seq, last.at, table, "R", None, units, public, bbox))
    return merged


def _lonlat(box: tuple[float, float, float, float] | None) -> list[float] | None:
    if box is None:
        return None
    west, south = crs.transform(crs.WEB_MERCATOR, crs.WGS84, box[0], box[1])
    east, north = crs.transform(crs.WEB_MERCATOR, crs.WGS84, box[2], box[3])
    return [west, south, east, north]
