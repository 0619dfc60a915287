"""Django under ASGI with one change of thread a request (docs/adr/0035).

Django's own handler runs its middleware and each view in a thread that it makes for the request, and goes back to the event
loop between the two, because views may be asynchronous. Here none is: what waits for nothing but the database stands in
threads, and what streams is beside Django (gis_core/asgi.py). So the whole way from the first middleware to the last is one
call in a thread of a pool.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

# As Django's handler has them.
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# Beside the requests that are let in at once: what operators ask (gis_core/serving/admission.py) must find a thread as well.
_SPARE = 16


class ThreadHandler(ASGIHandler):
    """The ASGI application of Django for synchronous views."""

    # Of an answer in one message. Each of Django's 64 kB is a round through the event loop.
    chunk_size = 1_000_000

    def __init__(self) -> None:
        BaseHandler.__init__(self)  # ASGIHandler's own would build the asynchronous chain
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(settings.REQUESTS_AT_ONCE + _SPARE, thread_name_prefix="request")

    async def handle(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One request. When its client leaves, nothing is sent any more, and the thread is awaited: it holds a connection."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        set_script_prefix(get_script_prefix(scope))
        request, refusal = self.create_request(scope, body)
        asked = request or refusal
        assert asked is not None  # one of the two is there
        leaving = asyncio.ensure_future(self.listen_for_disconnect(receive))
        answering = asyncio.ensure_future(self._answer(scope, asked, send))
        try:
            await asyncio.wait({leaving, answering}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (leaving, answering):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, RequestAborted):
                await leaving
            with contextlib.suppress(asyncio.CancelledError):
                await answering
            body.close()

    async def _answer(self, scope: dict[str, Any], asked: ASGIRequest | HttpResponseBase, send: Send) -> None:
        made = asyncio.ensure_future(sync_to_async(self._made, thread_sensitive=False, executor=self._threads)(scope, asked))
        try:
            response = await asyncio.shield(made)
        except asyncio.CancelledError:
            await asyncio.wait({made})
            raise
        try:
            await self.send_response(response, send)
        finally:
            if response.streaming:
                await asyncio.shield(sync_to_async(response.close)())

    def _made(self, scope: dict[str, Any], asked: ASGIRequest | HttpResponseBase) -> HttpResponseBase:
        """Everything that Django does for an answer, with its signals, in one thread; what is no request is its refusal."""
        signals.request_started.send(sender=self.__class__, scope=scope)
        response = asked if isinstance(asked, HttpResponseBase) else self.get_response(asked)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if response.streaming:
            close_old_connections()  # this thread's; what streams reads by a connection of its own, and is closed at its end
        else:
            response.close()
        return response
