"""The ASGI application: a dispatcher on the path prefix.

Tiles, live updates and hot queries are plain ASGI callables beside Django in one process: Django's asynchronous handler
costs 26-55 times as much as a bare callable for the same body (docs/adr/0002).
"""

import asyncio
import contextlib
import gc
import os
import re
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.utils.module_loading import import_string

from gis_core.db import limit_requests, serve_from_pool

if TYPE_CHECKING:
    from gis_core.serving.admission import Admission

Message = MutableMapping[str, Any]
ASGIScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApplication = Callable[[ASGIScope, Receive, Send], Awaitable[None]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")


# WhiteNoise streams files by a plain iterator. Their names are hashed, so each browser asks once; nginx serves them in production.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")


class Dispatcher:
    """Sends a request to the hot path of its prefix, everything else to Django, and starts and stops what lives with the process."""

    def __init__(self) -> None:
        django.setup(set_prefix=False)
        serve_from_pool()
        limit_requests()
        # Both read Django's settings, which are there only now; metrics name themselves once a process.
        self.django: ASGIApplication = import_string("gis_core.serving.handler.ThreadHandler")()
        self.admission: Admission = import_string("gis_core.serving.admission.from_settings")()
        self.hot: tuple[tuple[str, ASGIApplication], ...] = tuple(
            (prefix, import_string(path)) for prefix, path in settings.HOT_PATHS.items()
        )
        self.patterns: tuple[tuple[re.Pattern[str], ASGIApplication], ...] = tuple(
            (re.compile(pattern), import_string(path)) for pattern, path in settings.HOT_PATTERNS.items()
        )

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        path: str = scope.get("path", "")
        if (application := self._hot(path)) is not None:
            await application(scope, receive, send)
        elif scope["type"] == "http":
            await self.admission.serve(self.django, scope, receive, send)

    def _hot(self, path: str) -> ASGIApplication | None:
        for prefix, application in self.hot:
            if path.startswith(prefix):
                return application
        for pattern, application in self.patterns:
            if pattern.fullmatch(path):
                return application
        return None

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        async with contextlib.AsyncExitStack() as stack:
            await receive()
            try:
                for path in settings.LIFESPANS:
                    await stack.enter_async_context(import_string(path)())
            except Exception as error:  # noqa: BLE001  the server wants every failure of start-up as a message
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            _let_what_lives_alone()
            await send({"type": "lifespan.startup.complete"})
            with contextlib.suppress(asyncio.CancelledError):
                await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _let_what_lives_alone() -> None:
    """Spare the collector of cycles what is there for good: models, templates, compiled loops.

    It would walk through all of it whenever an answer of ten thousand features makes some objects, for half of the answer's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


application = Dispatcher()
