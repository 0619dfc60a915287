"""A TCP proxy that delays what passes, and cuts it: for machines without netem."""

import asyncio
import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import Self

from tests.server import free_port

_CHUNK = 65_536


@dataclass
class Proxy:
    """Between a client and 127.0.0.1:`target`. `delay` holds each piece back (seconds); `cut` drops connections, old and new."""

    target: int
    port: int = field(default_factory=free_port)
    delay: float = 0.0
    is_cut: bool = False

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._pass, "127.0.0.1", self.port), self._loop).result(30)
        return self

    def __exit__(self, *_failure: object) -> None:
        self.cut()
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def cut(self) -> None:
        """Connections end without a word, and none is made."""
        self.is_cut = True
        for writer in tuple(self._writers):
            self._loop.call_soon_threadsafe(_abort, writer)

    def mend(self) -> None:
        """Let through again."""
        self.is_cut = False

    async def _close(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self.is_cut:
                return
            there, onward = await asyncio.open_connection("127.0.0.1", self.target)
            self._writers.add(onward)
            await asyncio.gather(self._pump(reader, onward), self._pump(there, writer))
            onward.close()
        except OSError:
            pass
        finally:
            _abort(writer)
            self._writers.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()


def _abort(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        sock = writer.get_extra_info("socket")
        if isinstance(sock, socket.socket):
            sock.close()
        writer.transport.abort()
