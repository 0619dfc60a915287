"""The whole ASGI application in this process, with its follower and its pool, called from ordinary tests."""

import asyncio
import contextlib
import faulthandler
import json
import queue
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import psycopg
from asgiref.sync import sync_to_async
from django.db import connections

from gis_core.asgi import ASGIApplication
from gis_core.auth.watch import Directory, watch
from gis_core.changes.clock import clock
from gis_core.db import conninfo
from layers.presentation import presentation
from layers.store.registry import stores
from tests.cast import Person, SignIn

T = TypeVar("T")
PATIENCE = 60.0
_PERMISSION_TABLES = [
    "gis_core_user",
    "gis_core_jurisdiction",
    "gis_core_adminunit",
    "gis_core_accesstoken",
    "gis_core_revokedpass",
    "gis_core_screenpass",
]


@dataclass(frozen=True)
class Event:
    """A server-sent event."""

    kind: str
    id: str
    data: Any


class Service:
    """Runs the application in a thread of its own and asks it things.

    Before each request the process is given the time to learn what was committed, so that a test may write and then read.
    """

    def __init__(self, application: ASGIApplication) -> None:
        self.application = application
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="service", daemon=True)
        self._lifespan: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._started: queue.Queue[str] = queue.Queue()
        self._permissions = -1

    def __enter__(self) -> Self:
        """Run the application's start-up."""
        self._database = psycopg.connect(conninfo("tests"), autocommit=True)
        self._thread.start()
        self._task = asyncio.run_coroutine_threadsafe(self._live(), self._loop)
        self._loop.call_soon_threadsafe(self._lifespan.put_nowait, {"type": "lifespan.startup"})
        if (said := self._start()) != "complete":
            raise RuntimeError(f"The application did not start: {said}")
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.application), base_url="http://testserver")
        return self

    def __exit__(self, *_failure: object) -> None:
        """Run the application's shut-down and close every connection to the database."""
        self._database.close()
        self.run(self.client.aclose())
        self._loop.call_soon_threadsafe(self._lifespan.put_nowait, {"type": "lifespan.shutdown"})
        self._task.result(PATIENCE)
        self.run(sync_to_async(connections.close_all)())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _start(self) -> str:
        try:
            return self._started.get(timeout=120)
        except queue.Empty:
            faulthandler.dump_traceback(all_threads=True)
            return f"nothing within 120 s (threads are shown above); its lifespan: {self._task!r}"

    async def _live(self) -> None:
        async def send(message: Any) -> None:
            if message["type"].startswith("lifespan.startup"):
                self._started.put(message.get("message") or message["type"].rpartition(".")[2])

        await self.application({"type": "lifespan", "asgi": {"version": "3.0"}}, self._lifespan.get, send)

    def run(self, work: Coroutine[Any, Any, T], patience: float = 60) -> T:
        """The result of a coroutine, run in the service's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(patience)

    def get(self, path: str, person: Person | None = None, **options: Any) -> httpx.Response:
        """GET; see `request`."""
        return self.request("GET", path, person, **options)

    def request(
        self,
        method: str,
        path: str,
        person: Person | None = None,
        *,
        how: SignIn = "session",
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """One request in somebody's name. `options` go to httpx (params, json, content …)."""
        self.settle()
        sent = {**(person.headers(how) if person else {}), **(headers or {})}
        return self.run(self.client.request(method, path, headers=sent, **options))

    def settle(self) -> None:
        """Wait until this process knows every committed change, and the permissions that follow from it."""
        seq, permissions = self._committed()
        wait_until(lambda: clock.holds(seq), f"the follower to reach change {seq}")
        wait_until(lambda: presentation.is_current, "the layers' settings to be read")
        if permissions > self._permissions:
            wait_until(self._knows_permissions, "the directory of permissions to be renewed")
            self._permissions = permissions

    def await_memory(self) -> None:
        """Wait until no layer is on its way into memory: tiles from there and from the database have validators of their own."""
        wait_until(lambda: stores.states() and "loading" not in stores.states().values(), "the layers to be in memory", 60)

    def _committed(self) -> tuple[int, int]:
        row = self._database.execute(
            "SELECT coalesce((SELECT max(seq) FROM change_log), 0), "
            "coalesce((SELECT max(seq) FROM change_log WHERE table_name = ANY(%s)), 0)",
            [_PERMISSION_TABLES],
        ).fetchone()
        assert row is not None
        return row[0], row[1]

    def _knows_permissions(self) -> bool:
        return watch.directory == self.run(sync_to_async(_directory)())

    @contextlib.contextmanager
    def stream(self, path: str, person: Person | None = None, headers: dict[str, str] | None = None) -> Iterator["Stream"]:
        """A stream of server-sent events that stays open until the block ends."""
        self.settle()
        stream = Stream(self, path, {**(person.headers() if person else {}), **(headers or {})})
        try:
            yield stream
        finally:
            stream.close()


def _directory() -> Directory:
    """The permissions as the database has them, on a connection that is given back."""
    try:
        return Directory.read()
    finally:
        connections.close_all()


class Stream:
    """An open answer whose events are read one by one."""

    def __init__(self, service: Service, path: str, headers: dict[str, str]) -> None:
        self._service = service
        self._messages: queue.Queue[Any] = queue.Queue()
        self._text = ""
        self._gone, self._reads = asyncio.Event(), asyncio.Event()
        self._reads.set()
        parts = urlsplit(path)
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "",
            "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in {"host": "testserver", **headers}.items()],
            "client": ("127.0.0.1", 1), "server": ("testserver", 80),
        }  # fmt: skip
        self._task = asyncio.run_coroutine_threadsafe(self._serve(scope), service._loop)
        self.start = self._messages.get(timeout=PATIENCE)

    async def _serve(self, scope: dict[str, Any]) -> None:
        received = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> dict[str, Any]:
            if message := next(received, None):
                return message
            await self._gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            await self._reads.wait()
            self._messages.put(message)

        await self._service.application(scope, receive, send)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.start["status"])

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """The client takes nothing from its connection for a while, so the server cannot send."""
        self._service._loop.call_soon_threadsafe(self._reads.clear)
        try:
            yield
        finally:
            self._service._loop.call_soon_threadsafe(self._reads.set)

    def event(self, patience: float = PATIENCE) -> Event | None:
        """The next event; None when none comes within `patience` seconds."""
        deadline = time.monotonic() + patience
        while True:
            while "\n\n" in self._text:
                block, _, self._text = self._text.partition("\n\n")
                if found := _event(block):
                    return found
            try:
                message = self._messages.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return None
            self._text += message.get("body", b"").decode()

    def body(self) -> bytes:
        """All of the answer as it went over the wire, packed as it was."""
        parts = [self._messages.get(timeout=PATIENCE)]
        while parts[-1].get("more_body"):
            parts.append(self._messages.get(timeout=PATIENCE))
        return b"".join(part.get("body", b"") for part in parts)

    def ended(self, patience: float = PATIENCE) -> bool:
        """Whether the server ends the answer within `patience` seconds."""
        try:
            self._task.result(patience)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """The client goes away."""
        self._service._loop.call_soon_threadsafe(self._gone.set)
        self._task.result(PATIENCE)


def _event(block: str) -> Event | None:
    lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
    return Event(lines.get("event", "message"), lines.get("id", ""), json.loads(lines["data"])) if "data" in lines else None


def wait_until(holds: Any, what: str, patience: float = PATIENCE) -> None:
    """Wait for a condition. Raises TimeoutError that says what was waited for."""
    deadline = time.monotonic() + patience
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {patience:g} s for {what}.")
        time.sleep(0.002)
