"""Hears that a request's client has left, and tells whatever works for it (gis_core/serving/leaving.py)."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from gis_core.serving.leaving import Leaving

Answer = Callable[[HttpRequest], HttpResponseBase]
Awaited = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def leaving_middleware(get_response: Any) -> Any:
    """Around everything else, in the server's loop; Django cancels the answer when its client leaves."""
    return _heard(cast(Awaited, get_response)) if iscoroutinefunction(get_response) else get_response


def _heard(get_response: Awaited) -> Awaited:
    async def answer(request: HttpRequest) -> HttpResponseBase:
        leaving = Leaving()
        request.leaving = leaving  # type: ignore[attr-defined]
        work = asyncio.ensure_future(get_response(request))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # Its thread works on, and would be waited for: nothing else ends the statement that it waits for itself.
            await asyncio.shield(asyncio.to_thread(leaving.end))
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await work
            raise

    return answer
