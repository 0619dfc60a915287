"""The ASGI application driven in this process: what a request costs without a network."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from gis_core.asgi import application


class Client:
    """Runs the application with its lifespan in an event loop of its own."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._started = asyncio.Event()
        self._task = self._loop.create_task(application({"type": "lifespan"}, self._inbox.get, self._lifespan_event))
        self._inbox.put_nowait({"type": "lifespan.startup"})
        self._loop.run_until_complete(self._started.wait())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._inbox.put_nowait({"type": "lifespan.shutdown"})
        self._loop.run_until_complete(self._task)
        self._loop.close()

    async def _lifespan_event(self, message: Any) -> None:
        if message["type"].startswith("lifespan.startup"):
            self._started.set()

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) of one GET."""
        return self._loop.run_until_complete(self._get(path, headers or {}))

    def rest(self, seconds: float = 0.0005) -> None:
        """Let the application run for a while."""
        self._loop.run_until_complete(asyncio.sleep(seconds))

    def wait_for(self, holds: Callable[[], bool], seconds: float = 120) -> None:
        """Let the application run until something holds. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"Waited {seconds:g} s.")
            self.rest(0.05)

    async def _get(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        raw = [(b"host", b"localhost"), *((name.encode(), value.encode()) for name, value in headers.items())]
        address, _mark, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": address,
            "raw_path": address.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": raw,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        sent: list[Any] = []
        waiting = asyncio.Event()
        requested = False

        async def receive() -> dict[str, Any]:
            nonlocal requested
            if not requested:
                requested = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await waiting.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await application(scope, receive, send)
        start = sent[0]
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body
