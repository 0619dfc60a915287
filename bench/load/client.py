"""Requests in the open loop: each is sent at its moment, whether or not those before it were answered.

How long one took counts from the moment at which it was due, so a server that stalls cannot hide it. As lean as can be: the
load shares the machine with the service.
"""

import asyncio
import gc
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

PATIENCE = 10.0
# So many connections are kept open, each used in turn; a burst opens more, and closes them.
KEPT_OPEN = 128
# More unanswered requests than this are not sent: a client that gave up long ago asks no more.
MOST_OPEN = 1_500


@dataclass(frozen=True)
class Reply:
    """An answer; status 0: none within `PATIENCE`."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Done:
    """A request of a kind: when it was due, how long it took from then on (seconds), how it ended."""

    kind: str
    due: float
    took: float
    status: int
    retry_after: bool = False


class Client:
    """Connections to one address. Their number is the same all the time, so that what the server holds open tells of the server."""

    def __init__(self, host: str, port: int, kept: int = KEPT_OPEN) -> None:
        self._host, self._port, self._kept = host, port, kept
        self._idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()
        self._busy = 0

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """One request. Raises TimeoutError, OSError, asyncio.IncompleteReadError."""
        self._busy += 1
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._asked(self._head(method, path, headers, body), method)
        finally:
            self._busy -= 1

    async def _asked(self, request: bytes, method: str) -> Reply:
        while True:
            # The server closes what it has answered a thousand times on; that is opened anew.
            reused = bool(self._idle) and len(self._idle) + self._busy > self._kept
            reader, writer = self._idle.popleft() if reused else await asyncio.open_connection(self._host, self._port, limit=1 << 22)
            try:
                writer.write(request)
                reply, keep = await _reply(reader, method)
            except (OSError, asyncio.IncompleteReadError):
                writer.close()
                if reused:  # the server closed it meanwhile, as many more that the last burst left here
                    continue
                raise
            except BaseException:
                writer.close()
                raise
            if keep and len(self._idle) + self._busy <= self._kept:
                self._idle.append((reader, writer))
            else:
                writer.close()
            return reply

    def _head(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        length = f"Content-Length: {len(body)}\r\n" if body or method in ("POST", "PUT", "PATCH") else ""
        return f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{lines}{length}\r\n".encode() + body

    def close(self) -> None:
        """Close what is open."""
        for _reader, writer in self._idle:
            writer.close()
        self._idle.clear()


async def _reply(reader: asyncio.StreamReader, method: str) -> tuple[Reply, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    status = int(first.split(" ", 2)[1])
    headers = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines if line)}
    body = b""
    if method != "HEAD" and status not in (204, 304):
        if headers.get("transfer-encoding") == "chunked":
            body = await _chunks(reader)
        else:
            body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Reply(status, headers, body), headers.get("connection", "") != "close"


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readline()
    return b"".join(parts)


@contextmanager
def undisturbed() -> Iterator[None]:
    """No search for garbage in this process meanwhile: going through a long book of answers takes a quarter of a second, in which
    nothing is sent and nothing received, and which would count as the service's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


Asker = Callable[[int], Awaitable[Reply]]


@dataclass
class Stream:
    """Requests of one kind at an even pace; `ask` gets their number."""

    kind: str
    rate: float  # a second
    ask: Asker


@dataclass
class Load:
    """Streams at work; `done` is the book."""

    done: list[Done] = field(default_factory=list)
    unsent: int = 0
    _open: int = 0

    async def run(self, streams: list[Stream], seconds: float, factor: float = 1.0) -> None:
        """Send for so long, then wait for what is under way."""
        tasks: set[asyncio.Task[None]] = set()
        begins = time.perf_counter() + 0.05
        await asyncio.gather(*(self._send(stream, begins, seconds, factor, tasks) for stream in streams))
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE + 2)

    async def _send(self, stream: Stream, begins: float, seconds: float, factor: float, tasks: "set[asyncio.Task[None]]") -> None:
        for number in range(int(seconds * stream.rate * factor)):
            due = begins + number / (stream.rate * factor)
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            if self._open >= MOST_OPEN:
                self.unsent += 1
                self.done.append(Done(stream.kind, due, 0.0, 0))
                continue
            task = asyncio.create_task(self._one(stream, number, due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _one(self, stream: Stream, number: int, due: float) -> None:
        self._open += 1
        try:
            reply = await stream.ask(number)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            reply = Reply(0)
        finally:
            self._open -= 1
        self.done.append(Done(stream.kind, due, time.perf_counter() - due, reply.status, "retry-after" in reply.headers))
