"""Ends statements that go on after their time limit: inside GEOS PostgreSQL's own limits do not hold.

`statement_timeout` asks a backend to stop; a geometry function that does not look up goes on for minutes (docs/security.md).
Each serving process looks every few seconds for statements of its own database role that are over twice the limit, cancels
them, then ends their connections, and counts what outlives both: `db_stuck_statements` is an alarm, because only the
database's administrator can end those. User geometry has limits before it reaches such functions (gis_core/geometry.py).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import LiteralString

import psycopg
from django.conf import settings

from gis_core.db import conninfo
from gis_core.metrics import STUCK, WATCHDOG

log = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
# Only connections that carry a request's limit: a migration or an import may take longer, and names itself otherwise.
_OVERDUE = """
    SELECT pid, extract(epoch FROM clock_timestamp() - query_start)::float8, left(query, 80)
    FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND state = 'active' AND pid <> pg_backend_pid()
        AND (application_name = 'ioc-hot' OR query LIKE '/*request=%%')
        AND clock_timestamp() - query_start > %s * interval '1 millisecond'
"""
_END: dict[str, LiteralString] = {
    "pg_cancel_backend": "SELECT pg_cancel_backend(%s)",
    "pg_terminate_backend": "SELECT pg_terminate_backend(%s)",
}


class Watchdog:
    """Remembers how often each overdue backend was told."""

    def __init__(self) -> None:
        self._told: dict[int, int] = {}

    async def look(self, database: "psycopg.AsyncConnection[tuple[int, float, str]]", limit_ms: int) -> int:
        """One round: cancel first, end the connection next, then count as stuck. Returns how many are overdue."""
        rows = await (await database.execute(_OVERDUE, [2 * limit_ms])).fetchall()
        self._told = {pid: self._told.get(pid, 0) for pid, _age, _query in rows}
        for pid, age, query in rows:
            verb = "pg_cancel_backend" if self._told[pid] == 0 else "pg_terminate_backend"
            if self._told[pid] < 2:
                WATCHDOG.labels(verb).inc()
                log.error("A statement runs for %.0f s: %s(%d). It begins: %s", age, verb, pid, query)
            await database.execute(_END[verb], [pid])
            self._told[pid] += 1
        STUCK.set(sum(told > 2 for told in self._told.values()))
        return len(rows)


async def _watch_for_ever() -> None:
    watchdog = Watchdog()
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo("watchdog"), autocommit=True) as database:
                while True:
                    await watchdog.look(database, settings.STATEMENT_TIMEOUT_MS)
                    await asyncio.sleep(_LOOK_SECONDS)
        except (psycopg.Error, OSError) as error:
            log.warning("The watchdog has no connection: %s", error)
            await asyncio.sleep(_LOOK_SECONDS)


@contextlib.asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """Watch while the process lives."""
    task = asyncio.create_task(_watch_for_ever(), name="watchdog of statements")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
