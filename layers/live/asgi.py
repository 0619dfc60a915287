"""`/live/?layers=a,b`: server-sent events (WHATWG HTML 9.2) as plain ASGI beside Django."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.changes.clock import clock
from gis_core.errors import BadParameter, NotFound, ServiceError
from gis_core.headers import SECURITY_HEADERS
from gis_core.hot import Answer, ASGIScope, Receive, Request, Send, answer_with, language_of
from gis_core.metrics import SSE_CLIENTS
from layers import presentation
from layers.catalogue import catalogue
from layers.live.hub import LiveHub
from layers.live.stream import Stream

live = LiveHub()


async def application(scope: ASGIScope, receive: Receive, send: Send) -> None:
    """One stream, or the problem why there is none."""
    if scope["type"] != "http":
        return
    opened: list[Stream] = []

    async def handler(request: Request) -> Answer:
        with translation.override(language_of(request)):
            opened.append(_open(request))
        return Answer()

    if scope["method"] == "GET":
        try:
            await handler(Request.parse(scope, receive))
        except ServiceError:
            opened.clear()
    if opened:
        await _serve(opened[0], receive, send)
    else:
        await answer_with(handler, scope, receive, send, route="/live/")


def _open(request: Request) -> Stream:
    """Raises BadParameter, NotFound (unknown and forbidden alike), NotSignedIn."""
    if request.path != "/live/":
        raise NotFound(_("The address of live updates is /live/."))
    request.allow_only("layers")
    names = [name for name in request.parameters.get("layers", "").split(",") if name]
    if not names:
        raise BadParameter(_("layers must name at least one layer, for instance layers=parcels,incidents."), field="layers")
    caller = request.identify()
    layers = [catalogue.features(name, caller, "tiles") for name in dict.fromkeys(names)]
    last = request.header(b"last-event-id")
    since = int(last) if last.isascii() and last.isdigit() and len(last) < 19 else None
    return Stream([layer.name for layer in layers], request.identify, since)


async def _serve(stream: Stream, receive: Receive, send: Send) -> None:
    headers = {
        **SECURITY_HEADERS,
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "private, no-store",
        "X-Accel-Buffering": "no",
        "X-Change-Seq": str(clock.seq),
    }
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": raw})
    gone = asyncio.ensure_future(_gone(receive))
    gone.add_done_callback(lambda _future: stream.close())
    SSE_CLIENTS.inc()
    live.join(stream)
    try:
        await _pump(stream, send)
    finally:
        live.leave(stream)
        SSE_CLIENTS.dec()
        gone.cancel()


async def _pump(stream: Stream, send: Send) -> None:
    await send(_part(live.greeting(stream)))
    while (batch := await stream.next_batch()) is not None:
        await send(_part(batch))
    with contextlib.suppress(OSError, RuntimeError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _part(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@contextlib.asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """Load catalogue and settings, then listen to the follower."""
    await sync_to_async(presentation.load, thread_sensitive=False)()
    async with live.lifespan():
        yield
