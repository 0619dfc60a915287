"""Reports that arrive together are taken in together: one transaction, one commit, one notification for all of them.

While a batch is being written the next one gathers, so nobody waits for company: a single report is a batch of one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.db import connections
from django.utils.translation import gettext as _

from gis_core.errors import ServiceError, Unavailable
from incidents.intake.report import Receipt
from incidents.intake.take_in import Handed, take_in_many

T = TypeVar("T")
MAX_BATCH = 64
# More than this many seconds of work must not wait in memory.
MAX_WAITING = 2_000
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="intake")
Taker = Callable[[Sequence[Handed]], list[Receipt | ServiceError]]


async def in_thread(work: Callable[[], T]) -> T:
    """Run what asks the database in a thread of intake's, and give its connection back to the pool."""

    def run() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    answer: Awaitable[T] = sync_to_async(run, thread_sensitive=False, executor=_THREADS)()
    return await answer


class Batches:
    """Gathers reports and writes them batch by batch, two batches at a time."""

    def __init__(self, take: Taker = take_in_many, at_once: int = 2) -> None:
        self._take = take
        self._at_once = at_once
        self._waiting: list[tuple[Handed, asyncio.Future[Receipt | ServiceError]]] = []
        self._running: set[asyncio.Task[None]] = set()

    async def take_in(self, handed: Handed) -> Receipt:
        """The receipt of a report. Raises what intake raises for it, Unavailable when too many wait."""
        if len(self._waiting) >= MAX_WAITING:
            raise Unavailable(
                _("Too many reports arrive at once. The report is kept on the device: try again later."), headers={"Retry-After": "10"}
            )
        future: asyncio.Future[Receipt | ServiceError] = asyncio.get_running_loop().create_future()
        self._waiting.append((handed, future))
        if len(self._running) < self._at_once:
            task = asyncio.create_task(self._work())
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        outcome = await future
        if isinstance(outcome, ServiceError):
            raise outcome
        return outcome

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            await self._write(batch)

    async def _write(self, batch: list[tuple[Handed, "asyncio.Future[Receipt | ServiceError]"]]) -> None:
        try:
            outcomes = await in_thread(lambda: self._take([item for item, _future in batch]))
        except Exception as error:  # noqa: BLE001  each caller gets it and answers it
            for _item, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_item, future), outcome in zip(batch, outcomes, strict=True):
            if not future.done():  # its caller went away; the report is written all the same
                future.set_result(outcome)
