"""The confined child that reads photos, kept warm: starting one costs more than a photo."""

import contextlib
import fcntl
import json
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.utils import timezone

from gis_core.importing import sandbox

# Memory that a library loses is given back now and then.
_REPLACE_AFTER = 400
# A photo of a phone goes through the pipe in one piece, not in ten with a change of processes between them.
_PIPE_BYTES = 1 << 20


class Unreadable(Exception):
    """The content is no photo that can be read; `fault` is "pixels" for one too large to be decoded, else "unreadable"."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Look:
    """A photo's size in pixels and what its device wrote into it: time, model, position (degrees, WGS 84)."""

    width: int
    height: int
    exif: Mapping[str, Any]

    @property
    def lonlat(self) -> tuple[float, float] | None:
        """Where it was taken, if it says so plausibly."""
        lon, lat = self.exif.get("lon"), self.exif.get("lat")
        if lon is None or lat is None or not (abs(lon) <= 180 and abs(lat) <= 90) or (lon == 0 and lat == 0):
            return None
        return float(lon), float(lat)

    @property
    def taken_at(self) -> datetime | None:
        """When it was taken, by the device's clock; without an offset it is taken for local time."""
        try:
            text = f"{self.exif.get('taken', '')} {self.exif.get('offset', '')}".strip()
            return datetime.strptime(text, "%Y:%m:%d %H:%M:%S %z") if "offset" in self.exif else timezone.make_aware(_naive(text))
        except ValueError:
            return None


def _naive(text: str) -> datetime:
    return datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  made aware by the caller


@dataclass(frozen=True)
class Drawn:
    """A photo drawn anew as JPEG, at most 1600 px, and its thumbnail of at most 400 px."""

    picture: bytes
    thumbnail: bytes
    width: int
    height: int


class Darkroom:
    """One child and whoever waits for it; calls come from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._child: subprocess.Popen[bytes] | None = None
        self._used = 0

    def look(self, content: bytes) -> Look:
        """Size and metadata. Raises Unreadable."""
        answer, _blobs = self._ask("look", content)
        return Look(answer.pop("width"), answer.pop("height"), answer)

    def draw(self, content: bytes) -> Drawn:
        """Picture and thumbnail. Raises Unreadable."""
        answer, blobs = self._ask("draw", content)
        return Drawn(blobs[0], blobs[1], answer["width"], answer["height"])

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, do: str, content: bytes) -> tuple[dict[str, Any], list[bytes]]:
        with self._lock:
            if self._used >= _REPLACE_AFTER:
                self._end()
            fresh = self._child is None
            try:
                answer, blobs = self._exchange(do, content)
            except (OSError, ValueError):
                # A child may also have died in the meantime: only one that was new shows that it is the photo.
                self._end()
                if fresh:
                    raise Unreadable("unreadable") from None
                answer, blobs = self._again(do, content)
        if fault := answer.get("fault"):
            raise Unreadable(str(fault))
        return answer, blobs

    def _again(self, do: str, content: bytes) -> tuple[dict[str, Any], list[bytes]]:
        try:
            return self._exchange(do, content)
        except (OSError, ValueError):
            self._end()
            raise Unreadable("unreadable") from None

    def _exchange(self, do: str, content: bytes) -> tuple[dict[str, Any], list[bytes]]:
        sent, received = self._pipes()
        sent.write(json.dumps({"do": do, "size": len(content)}).encode() + b"\n")
        sent.write(content)
        sent.flush()
        answer: dict[str, Any] = json.loads(received.readline())
        blobs = [received.read(size) for size in answer.pop("sizes")]
        return answer, blobs

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """To the child and from it; it is started where there is none."""
        fresh = self._child is None
        if self._child is None:
            self._child, self._used = self._stack.enter_context(sandbox.start("incidents.photos.develop")), 0
        self._used += 1
        sent, received = self._child.stdin, self._child.stdout
        assert sent is not None
        assert received is not None
        if fresh:
            for pipe in (sent, received):
                with contextlib.suppress(OSError):  # an administrator may allow less
                    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        return sent, received

    def _end(self) -> None:
        self._child = None
        self._stack.close()
        self._stack = contextlib.ExitStack()


darkroom = Darkroom()
