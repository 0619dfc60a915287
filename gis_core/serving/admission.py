"""How many requests are at work at once. The rest wait shortly, and what cannot be served soon is told so at once.

Without a bound every request of a burst gets slower until all of them fail; with it those that are let in stay as quick as
ever. A place is taken when the whole request has arrived, so that slow senders hold none, and given back when the answer
begins, so that slow readers hold none either.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.errors import Unavailable
from gis_core.hot import problem_answer, send_answer
from gis_core.metrics import REQUESTS_SHED, REQUESTS_WAITING
from gis_core.serving.leaving import Leaving, current
from gis_core.serving.pulse import pulse

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
# What operators ask, and files: they answer when nothing else does.
_ALWAYS = ("/healthz", "/metrics", "/static/")


class Admission:
    """Places for requests, and the line of those that wait for one."""

    def __init__(self, places: int, line: int, patience: float) -> None:
        self._free = places
        self._line: deque[asyncio.Future[None]] = deque()
        self._longest = line
        self._patience = patience

    async def enter(self) -> None:
        """Take a place. Raises Unavailable when the line is long already or none comes free in time."""
        if self._free > 0:
            self._free -= 1
            return
        if len(self._line) >= self._longest:
            raise _overloaded("line")
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        REQUESTS_WAITING.set(len(self._line))
        try:
            await asyncio.wait_for(turn, self._patience)
        except TimeoutError:
            raise _overloaded("patience") from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()  # it got the place in the moment in which it gave up
            raise
        finally:
            if turn in self._line:
                self._line.remove(turn)
            REQUESTS_WAITING.set(len(self._line))

    def leave(self) -> None:
        """Give a place back: to the first in the line who still waits."""
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def serve(self, application: Application, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One request: the application's answer, or 503 with Retry-After."""
        if scope["path"].startswith(_ALWAYS):
            await application(scope, receive, send)
            return
        leaving = Leaving()
        current.set(leaving)
        held = _Held(self, receive, send, leaving)
        work = asyncio.ensure_future(application(scope, held.receive, held.send))
        try:
            await asyncio.wait({work, *pulse.lost()}, return_when=asyncio.FIRST_COMPLETED)
            if held.started and not work.done():
                await asyncio.wait({work})
        except asyncio.CancelledError:
            work.add_done_callback(held.abandoned)
            work.cancel()
            raise
        if work.done():
            held.leave()
            await _end(work, held, scope, send)
        else:
            # Its thread waits for the database still, and keeps the place until it is through.
            held.closed = True
            work.add_done_callback(held.abandoned)
            REQUESTS_SHED.labels("silence").inc()
            await send_answer(problem_answer(silent(), scope), send)


class _Held:
    """What a request holds, and its channel, which closes when the request is given up."""

    def __init__(self, admission: Admission, receive: Receive, send: Send, leaving: Leaving) -> None:
        self._admission, self._receive, self._send, self._leaving = admission, receive, send, leaving
        self._inside = False
        self.started = self.closed = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            # Django waits for the thread of a view whose client has left; the thread waits for the database.
            await asyncio.to_thread(self._leaving.end)
        if message["type"] == "http.request" and not message.get("more_body") and not self._inside:
            await self._admission.enter()
            self._inside = True
        return message

    async def send(self, message: Message) -> None:
        if self.closed:
            return
        self.started = True
        self.leave()
        await self._send(message)

    def leave(self) -> None:
        if self._inside:
            self._inside = False
            self._admission.leave()

    def abandoned(self, work: "asyncio.Future[None]") -> None:
        self.leave()
        if not work.cancelled():
            work.exception()  # nobody is left to hear of it


async def _end(work: "asyncio.Future[None]", held: _Held, scope: MutableMapping[str, Any], send: Send) -> None:
    try:
        work.result()
    except Unavailable as error:
        if held.started:
            raise
        await send_answer(problem_answer(error, scope), send)


def silent() -> Unavailable:
    """The database does not answer."""
    return Unavailable(_("The database cannot answer at the moment. Try again in a few seconds."), headers={"Retry-After": "5"})


def _overloaded(reason: str) -> Unavailable:
    REQUESTS_SHED.labels(reason).inc()
    return Unavailable(_("There is more to do than can be done at the moment. Try again in a few seconds."), headers={"Retry-After": "2"})


def from_settings() -> Admission:
    """As the settings say."""
    return Admission(settings.REQUESTS_AT_ONCE, settings.REQUESTS_WAITING, settings.REQUEST_PATIENCE_MS / 1000)
