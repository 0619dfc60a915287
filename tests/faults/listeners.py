"""Clients of live updates that keep a book: which change reached them, when, and whether one is missing."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit


@dataclass
class Listener:
    """An EventSource in a thread: it comes back by itself with the last number that it heard."""

    address: str
    headers: Mapping[str, str]
    layers: str = "facilities"
    heard: dict[int, float] = field(default_factory=dict)  # number of an event -> when
    ids: list[tuple[int, int]] = field(default_factory=list)  # (number of the event, id of the row)
    everything_anew: int = 0
    last: int = 0

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self.opened = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self.opened.wait(60), "the stream never opened"
        return self

    def __exit__(self, *_failure: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def has(self, seq: int, row: int) -> bool:
        """Whether the change of a row with this number, or something after it of the row, has arrived."""
        return self.everything_anew > 0 or any(number >= seq and key == row for number, key in tuple(self.ids))

    def _listen(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(OSError):
                self._follow()
            self._stop.wait(0.1)

    def _follow(self) -> None:
        """One connection, until it ends."""
        parts = urlsplit(self.address)
        sent = {"Host": parts.netloc, **self.headers, **({"Last-Event-ID": str(self.last)} if self.last else {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        with socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout=20) as sock:
            sock.sendall(f"GET /live/?layers={self.layers} HTTP/1.1\r\n{head}\r\n".encode())
            sock.settimeout(0.3)
            text, fields = b"", dict[str, str]()
            while not self._stop.is_set():
                try:
                    part = sock.recv(65_536)
                except TimeoutError:
                    continue
                if not part:
                    return
                *lines, text = (text + part).split(b"\n")
                for line in lines:
                    name, colon, value = line.decode("utf-8", "replace").partition(": ")
                    # Lengths of chunks and headers stand between; neither has these names.
                    if colon and name in ("id", "event", "data"):
                        fields[name] = value
                        if name == "data":
                            self._take(fields)
                            fields = {}

    def _take(self, fields: Mapping[str, str]) -> None:
        if "id" not in fields:
            return
        self.last = int(fields["id"])
        self.heard.setdefault(self.last, time.monotonic())
        self.opened.set()
        if fields.get("event") == "resync":
            self.everything_anew += 1
        for change in json.loads(fields.get("data", "{}")).get("changes", ()):
            for row in change["ids"] or ():
                self.ids.append((self.last, row))
