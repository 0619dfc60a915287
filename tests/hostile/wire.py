"""Requests as bytes: no client library mends what is wrong with them. And a listener that nobody may call."""

import re
import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

LIMIT = 64 << 20


@dataclass(frozen=True)
class Heard:
    """An answer: status (0: the connection was closed without one), head, body, seconds."""

    status: int
    head: str
    body: bytes
    seconds: float


def send(server: str, raw: bytes, patience: float = 60) -> Heard:
    """Send bytes, read one answer. Raises TimeoutError when nothing comes for `patience` seconds."""
    parts = urlsplit(server)
    began = time.monotonic()
    content = b""
    with socket.create_connection((parts.hostname or "", parts.port or 80), patience) as link:
        try:
            link.sendall(raw)
            while len(content) < LIMIT and not _is_whole(content, raw) and (part := link.recv(1 << 16)):
                content += part
        except ConnectionError:
            pass
    return _parsed(content, time.monotonic() - began)


def _is_whole(content: bytes, asked: bytes) -> bool:
    """Whether the answer is there, also on a connection that the server keeps open."""
    head, blank, body = content.partition(b"\r\n\r\n")
    if not blank:
        return False
    if asked.startswith(b"HEAD ") or head[9:12] in (b"101", b"204", b"304"):
        return True
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    if length:
        return len(body) >= int(length[1])
    return b"chunked" in head.lower() and body.endswith(b"0\r\n\r\n")


def request(server: str, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """An HTTP/1.1 request; a Host in `headers` replaces the right one."""
    given = {"Host": urlsplit(server).netloc, "Connection": "close", **headers}
    if body or method in ("POST", "PUT", "PATCH"):
        given.setdefault("Content-Length", str(len(body)))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + body


def _parsed(content: bytes, seconds: float) -> Heard:
    head, _blank, body = content.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    status = int(words[1]) if len(words) > 2 and words[1].isdigit() else 0
    return Heard(status, head.decode("latin-1"), body, seconds)


class Canary:
    """Listens on a port of its own and notes every call."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.calls = 0
        self._thread = threading.Thread(target=self._listen, name="canary", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port."""
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    def _listen(self) -> None:
        while True:
            try:
                link, _peer = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            link.close()

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        self._thread.join(10)
