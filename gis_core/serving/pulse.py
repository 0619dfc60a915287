"""Whether the database answers at all.

A database that is stopped says so at once and every request fails with its sentence. One that is frozen (a stuck disk, a
cut cable) says nothing: statements have no end, because the timeout is the database's own. So the process looks itself.
The follower reads the log all the time; while it does, nothing is asked here.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import psycopg

from gis_core.changes.hub import hub
from gis_core.db import conninfo

log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5
# The follower reads at least once a second; the question is put when it has not, and has so long for an answer.
_QUIET_SECONDS, _ANSWER_SECONDS = 2.0, 3.0


class Pulse:
    """One a process, watched while it lives."""

    def __init__(self) -> None:
        self._lost: asyncio.Future[None] | None = None

    @property
    def silent(self) -> bool:
        """Whether a question to the database stayed without any answer, be it a refusal."""
        return self._lost is not None and self._lost.done()

    def lost(self) -> set["asyncio.Future[None]"]:
        """What is done while the database is silent, for `asyncio.wait`; nothing where nobody watches."""
        return set() if self._lost is None else {self._lost}

    async def watch(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if hub.age < _QUIET_SECONDS or await self._answers():
                self._beat()
            else:
                self._miss()

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS), await psycopg.AsyncConnection.connect(conninfo("pulse"), autocommit=True) as db:
                await db.execute("SELECT 1")
        except TimeoutError:
            return False
        except (psycopg.Error, OSError):
            return True  # it refuses: whoever asks hears that at once
        return True

    def _beat(self) -> None:
        if self.silent:
            log.warning("The database answers again.")
            self._lost = asyncio.get_running_loop().create_future()

    def _miss(self) -> None:
        if self._lost is not None and not self._lost.done():
            log.error("The database does not answer: requests that wait for it are ended.")
            self._lost.set_result(None)

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Watch while the ASGI process lives."""
        self._lost = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self.watch(), name="pulse of the database")
        try:
            yield
        finally:
            self._lost = None
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


pulse = Pulse()
lifespan = pulse.lifespan
