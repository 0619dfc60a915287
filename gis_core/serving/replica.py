"""Reads from a replica, never older than what their reader knows (docs/adr/0027).

A read goes to the replica when that has replayed the write-ahead log at least as far as

- the last read of this process's follower, because validators and `X-Change-Seq` are made from that: content may be newer
  than its validator says, never older; and
- the reader's own last write, which a signed cookie (or the header X-Read-After) carries to whatever process answers next.

Everything else reads the primary, and so do writes, locks, transactions, sessions, accounts and permissions.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.db.models import Model

from gis_core.changes.hub import hub
from gis_core.db import conninfo
from gis_core.metrics import READS_ROUTED, REPLICA_LAG

ALIAS = "replica"
log = logging.getLogger(__name__)
# Who may what is decided by the primary's rows.
_PRIMARY = frozenset({"user", "jurisdiction", "accesstoken", "revokedpass", "session", "group", "permission", "changelog"})
_LOOK_AGAIN_SECONDS = 0.02
_REST_SECONDS = 3.0
_POSITION = "SELECT pg_is_in_recovery(), (pg_last_wal_replay_lsn() - '0/0')::bigint"


class Replica:
    """How far the replica of this process has come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._db: psycopg.Connection[Any] | None = None
        self._reached, self._asked, self._away_until = 0, 0.0, 0.0

    def has(self, position: int) -> bool:
        """Whether it has replayed `position`. Asked for at most every 20 ms; one that fails is left alone for a while."""
        now = time.monotonic()
        if now < self._away_until:
            return False
        if self._reached < position and now - self._asked >= _LOOK_AGAIN_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._asked = now
                self._look()
            finally:
                self._lock.release()
            REPLICA_LAG.set(max(0, hub.reached - self._reached))
        return self._reached >= position

    def _look(self) -> None:
        try:
            if self._db is None or self._db.closed:
                self._db = psycopg.connect(conninfo("replica", alias=ALIAS), autocommit=True, connect_timeout=2)
            row = self._db.execute(_POSITION).fetchone()
        except psycopg.Error as error:
            log.warning("The replica does not answer (%s): the primary is read.", type(error).__name__)
            self.leave_alone()
            return
        # A replica that was promoted is a primary: it is read by the name of one, if the settings say so.
        self._reached = int(row[1]) if row and row[0] and row[1] is not None else 0

    def leave_alone(self) -> None:
        """Read the primary for some seconds."""
        self._reached, self._away_until = 0, time.monotonic() + _REST_SECONDS


replica = Replica()


def is_configured() -> bool:
    """Whether there is a replica."""
    return ALIAS in settings.DATABASES


@dataclass
class Reading:
    """A request that may read the replica: where its caller's last write stands, and whether anything was read there."""

    read_after: int = 0
    happened: bool = False


_reading: ContextVar[Reading | None] = ContextVar("reads the replica", default=None)


@contextlib.contextmanager
def reading(read_after: int) -> Iterator[Reading]:
    """Reads inside go to the replica whenever it has what they must show."""
    found = Reading(read_after)
    token = _reading.set(found)
    try:
        yield found
    finally:
        _reading.reset(token)


def alias() -> str:
    """Where a read goes that begins now.

    Asked at each read and not once a request: the clock, which validators are made of, runs on in between, and the replica
    must have what it said last. Within a transaction everything stays where it began.
    """
    request = _reading.get()
    if request is None or connections["default"].in_atomic_block:
        return "default"
    if connections[ALIAS].in_atomic_block:
        return ALIAS
    may = hub.running and not hub.on_standby and hub.reached > 0 and replica.has(max(hub.reached, request.read_after))
    request.happened |= may
    READS_ROUTED.labels("replica" if may else "primary").inc()
    return ALIAS if may else "default"


class Router:
    """Django's way to ask (settings.DATABASE_ROUTERS)."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        """The replica where the request was sent to it and the row is no matter of permissions."""
        return "default" if model._meta.model_name in _PRIMARY else alias()

    def db_for_write(self, _model: type[Model], **_hints: Any) -> str:
        """Always the primary."""
        return "default"

    def allow_relation(self, _one: Model, _other: Model, **_hints: Any) -> bool:
        """Both are the same database."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool | None:
        """Replicas get the schema with the rest."""
        return None if db == "default" else False
