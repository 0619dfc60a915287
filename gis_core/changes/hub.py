"""The follower of this process: listens, reads the log, feeds the clock and whoever subscribed."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from gis_core.changes.clock import ChangeClock, clock
from gis_core.changes.follow import BEGINNING, READ, Change, goes_back, history_of, parse, reached_by
from gis_core.db import conninfo

Listener = Callable[[Sequence[Change]], None]
Connection = psycopg.AsyncConnection[Any]
Step = Callable[[], None]
Rows = list[tuple[Any, ...]]
# Reads what changes mean on the follower's connection, in the snapshot that showed them, and returns the step that takes it in.
Preparer = Callable[[Connection, Sequence[Change]], Awaitable[Step]]

log = logging.getLogger(__name__)
_POLL_SECONDS = 1.0  # a lost notification costs at most this
_RETRY_SECONDS = 0.5
_STANDBY_SECONDS = 0.02


class Hub:
    """One follower a process. Listeners are plain functions; they must be quick, and long work belongs into a thread."""

    def __init__(self, change_clock: ChangeClock) -> None:
        self.clock = change_clock
        self.running = False
        self.read_at = 0.0
        self.reached = 0  # place in the write-ahead log behind everything that the clock knows
        self.on_standby = False  # the database is a hot standby: it may be behind the primary
        self.lags = False  # the standby has received more than it shows
        self._pending, self._shown_at = (0, 0.0), 0.0
        self._listeners: list[Listener] = []
        self._preparers: list[Preparer] = []
        self._forgetters: list[Step] = []
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self._first_read = asyncio.Event()

    def subscribe(self, listener: Listener) -> Listener:
        """Call `listener` with each batch of changes, in the order of the log."""
        self._listeners.append(listener)
        return listener

    def unsubscribe(self, listener: Listener) -> None:
        """Stop calling `listener`."""
        self._listeners.remove(listener)

    def prepare_with(self, preparer: Preparer) -> None:
        """Ask `preparer` at each read of the log, also one without changes. Its step runs together with the clock's.

        Between the two nothing else runs on the event loop: memory that a preparer keeps and the clock are of one state.
        """
        self._preparers.append(preparer)

    def forgo(self, preparer: Preparer) -> None:
        """Stop asking `preparer`."""
        self._preparers.remove(preparer)

    def when_history_breaks(self, forget: Step) -> None:
        """Call `forget` when the database turns out to be another one (a restored backup), with the clock already new."""
        self._forgetters.append(forget)

    @property
    def age(self) -> float:
        """Seconds since the log was last read: the upper bound of this node's lag (infinite before the first read)."""
        return time.monotonic() - self.read_at if self.read_at else float("inf")

    def take_in(self, rows: Rows, steps: Sequence[Step] = (), asked: float | None = None) -> None:
        """Apply the rows of one `READ` with the steps prepared for them, and tell the listeners.

        `asked`: when the read was begun (monotonic; now if not given). What was committed since is not in it, however long
        the process was held up in between, so the node's age counts from there.
        """
        position, changes = parse(rows)
        missed = self._missed(changes)
        # First what the clock vouches for: a thread may see content newer than its stamp, never older.
        for step in steps:
            step()
        lost = self._begin(rows) if self._breaks(rows) else None
        # Before the clock: who reads a replica then asks for one that has at least what the clock vouches for.
        self.reached = reached_by(rows)
        self.clock.apply(position, changes)
        self.read_at = time.monotonic() if asked is None else asked
        if lost is not None:
            self._tell(self._start_over(lost, changes))
        elif changes:
            self._tell([*changes, *missed])
        self._release()

    def _missed(self, changes: Sequence[Change]) -> list[Change]:
        """Of tables whose log was pruned beyond what this process has read of it: which rows changed is not known any more."""
        return [replace(change, op="R") for change in changes if change.op == "P" and (change.fid or 0) > self.clock.seq]

    def _breaks(self, rows: Rows) -> bool:
        """Whether rows come from another history of the database than the clock's: a restored backup, another copy."""
        history = history_of(rows)
        return bool(history) and (history != self.clock.history or goes_back(self.clock.position, rows[0][0]))

    def _begin(self, rows: Rows) -> list[str] | None:
        """Let the clock count anew; returns the tables that it knew, None at the first read of all."""
        history, before = history_of(rows), self.clock.history
        known = self.clock.begin(history, secrets.token_hex(3) if history == before else "")
        if not before:
            return None
        log.error("The database was put back to another state: everything that was kept of it is read again.")
        return known

    def _start_over(self, known: Sequence[str], changes: Sequence[Change]) -> list[Change]:
        """Have everything forgotten that was made of the other history; what the listeners are told instead of changes."""
        for forget in tuple(self._forgetters):
            forget()
        tables = dict.fromkeys([*known, *(change.table for change in changes)])
        return [Change(self.clock.seq, timezone.now(), table, "R", None, None, is_public=True, bbox=None) for table in tables]

    def _tell(self, changes: Sequence[Change]) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(changes)
            except Exception:
                log.exception("A listener of the change log failed.")

    async def wait_for(self, seq: int, seconds: float = 0.2) -> bool:
        """Whether the node holds change `seq` within `seconds` (DESIGN section 4, freshness rule 1)."""
        if self.clock.holds(seq):
            return True
        future = asyncio.get_running_loop().create_future()
        self._waiters.append((seq, future))
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return False
        return True

    def _release(self) -> None:
        reached = [waiter for waiter in self._waiters if waiter[1].done() or self.clock.holds(waiter[0])]
        self._waiters = [waiter for waiter in self._waiters if waiter not in reached]
        for _seq, future in reached:
            if not future.done():
                future.set_result(None)

    async def follow(self) -> None:
        """Follow for ever; a lost connection is made anew and nothing is missed, because the position is kept."""
        while True:
            try:
                await self._follow_once()
            except (psycopg.Error, OSError) as error:
                log.warning("The follower lost the database (%s); trying again.", type(error).__name__)
            except Exception:
                # A follower that stopped would leave a node that answers and never learns anything again.
                log.exception("The follower failed; trying again.")
            await asyncio.sleep(_RETRY_SECONDS)

    async def _follow_once(self) -> None:
        async with await psycopg.AsyncConnection.connect(conninfo("follower"), autocommit=True) as db:
            self.on_standby = (await _recovery(db))[0]
            self.lags, self._pending = False, (0, time.monotonic())
            if not self.on_standby:
                await db.execute("LISTEN ioc_changes")
            await db.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
            await db.set_read_only(True)
            while True:
                asked = time.monotonic()
                in_recovery, receives, received, replayed = await _recovery(db) if self.on_standby else (False, True, 0, 0)
                if self.on_standby and not in_recovery:
                    return  # it was promoted: follow it as a primary
                if self.on_standby:
                    asked = self._shows_all_until(received, replayed, asked)
                if receives:
                    self.take_in(*await self._read(db), asked)
                    self._first_read.set()
                await self._pause(db)

    def _shows_all_until(self, received: int, replayed: int, asked: float) -> float:
        """The moment until which the standby shows all that it had received: its knowledge is as old as that, and so is this node's."""
        self.lags = replayed < self._pending[0]
        if not self.lags:
            self._shown_at, self._pending = self._pending[1], (received, asked)
        return self._shown_at

    async def _pause(self, db: Connection) -> None:
        """Until there may be something new. A standby knows no LISTEN and is asked again and again."""
        if self.on_standby:
            await asyncio.sleep(_STANDBY_SECONDS)
            return
        async for _notify in db.notifies(timeout=_POLL_SECONDS, stop_after=1):
            pass

    async def _read(self, db: Connection) -> tuple[Rows, list[Step]]:
        """The rows of one `READ`, and the steps that the preparers made of them in the same snapshot."""
        async with db.transaction():
            rows = await (await db.execute(READ, {"since": self.clock.position})).fetchall()
            if self.clock.history and self._breaks(rows):
                rows = await (await db.execute(READ, {"since": BEGINNING})).fetchall()
            changes = parse(rows)[1] if self._preparers else []
            told = [*changes, *self._missed(changes)]
            return rows, [await preparer(db, told) for preparer in self._preparers]

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Run the follower while the ASGI process lives."""
        self._first_read = asyncio.Event()
        task = asyncio.create_task(self.follow(), name="change log follower")
        self.running = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._first_read.wait(), 5)
        try:
            yield
        finally:
            self.running = False
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def catch_up(self) -> None:
        """Read the log now, through Django's connection, where no follower runs (commands, tests, WSGI)."""
        if self.running:
            return
        with connection.cursor() as cursor:
            cursor.execute(READ, {"since": self.clock.position})
            rows = cursor.fetchall()
            if self.clock.history and self._breaks(rows):
                cursor.execute(READ, {"since": BEGINNING})
                rows = cursor.fetchall()
            self.take_in(rows)


_RECOVERY = """
    SELECT pg_is_in_recovery(), EXISTS (SELECT FROM pg_stat_wal_receiver),
           (pg_last_wal_receive_lsn() - '0/0')::bigint, (pg_last_wal_replay_lsn() - '0/0')::bigint
"""


async def _recovery(db: Connection) -> tuple[bool, bool, int, int]:
    """Whether the database is a standby, whether it hears its primary (one that does not knows nothing of its age), and how
    far in the write-ahead log it has received and shows."""
    row = await (await db.execute(_RECOVERY)).fetchone()
    return (bool(row[0]), bool(row[1]), int(row[2] or 0), int(row[3] or 0)) if row else (False, False, 0, 0)


hub = Hub(clock)
lifespan = hub.lifespan


def unready_after() -> float:
    """Seconds without a read of the log after which a node says that it is not ready."""
    return float(getattr(settings, "FOLLOWER_UNREADY_SECONDS", 5.0))
