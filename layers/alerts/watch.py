"""Rules are evaluated when the change log says that rows of their layer changed: soon, in a thread, bursts together."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from gis_core.changes.follow import Change
from gis_core.changes.hub import hub
from layers.alerts.evaluate import evaluate_tables
from layers.models.alert import Alert

log = logging.getLogger(__name__)
# A burst of edits is one evaluation, and a layer under constant edits is looked at no more often than this.
_SETTLE_SECONDS, _PAUSE_SECONDS = 0.2, 1.0
# What evaluation itself writes.
_OWN = Alert._meta.db_table


class AlertWatch:
    """Collects the tables that changed and has them evaluated, one evaluation at a time."""

    def __init__(self) -> None:
        self._tables: set[str] = set()
        self._woken = asyncio.Event()

    def notice(self, changes: Sequence[Change]) -> None:
        """Hub listener."""
        tables = {change.table for change in changes} - {_OWN}
        if tables:
            self._tables |= tables
            self._woken.set()

    async def watch_for_ever(self) -> None:
        """Evaluate after changes."""
        while True:
            await self._woken.wait()
            await asyncio.sleep(_SETTLE_SECONDS)
            self._woken.clear()
            tables, self._tables = self._tables, set()
            try:
                await sync_to_async(_evaluate, thread_sensitive=False)(tables)
            except Exception:
                log.exception("Alert rules could not be evaluated; the worker looks again within a minute.")
            await asyncio.sleep(_PAUSE_SECONDS)

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Listen while the process lives, unless its database is a copy that takes no writes."""
        if hub.on_standby:
            yield
            return
        self._woken = asyncio.Event()
        hub.subscribe(self.notice)
        task = asyncio.create_task(self.watch_for_ever(), name="alert rules")
        try:
            yield
        finally:
            hub.unsubscribe(self.notice)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _evaluate(tables: set[str]) -> None:
    close_old_connections()
    try:
        evaluate_tables(tables)
    finally:
        close_old_connections()


lifespan = AlertWatch().lifespan
