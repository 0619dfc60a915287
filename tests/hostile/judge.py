"""What is wrong with an answer to a hostile request, and how the server's processes fare."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from django.conf import settings

from tests.cast import Cast
from tests.contract import oracle
from tests.hostile.requests import Hostile
from tests.hostile.wire import Heard
from tests.world import World

# Generous: the machine may be busy, and a request that is refused costs nothing.
SECONDS = 20.0
GROWTH = 300 << 20
_TELLTALE = re.compile(
    rb"Traceback \(most recent|psycopg|syntax error at|django\.db|root:x:0:0|SECRET_KEY|PostgreSQL \d|pbkdf2_sha256\$|md5\$"
    rb"|SELECT .{1,80} FROM "
)
_LIVE_MARKUP = re.compile(rb"<hostile-x>|<script>hostile|<img src=x onerror|<svg/onload=hostile|constructor\.constructor\('hostile")


def wrong_with(hostile: Hostile, heard: Heard, marks: list[bytes]) -> str:
    """Empty when the answer is as it should be."""
    if heard.status == 0:
        # A body that is too large may be cut off, and CONNECT asks for what a server is not.
        cut = len(hostile.body) >= 1_000_000 or hostile.method == "CONNECT"
        return "" if cut else "the connection was closed without an answer"
    if heard.status >= 500:
        return f"{heard.status}"
    if hostile.expect and heard.status not in hostile.expect:
        return f"{heard.status}, expected {sorted(hostile.expect)}"
    if heard.seconds > SECONDS:
        return f"{heard.seconds:.1f} s"
    if found := _told(hostile, heard):
        return f"tells too much: {found!r}"
    if str(settings.BASE_DIR).encode() in heard.body:
        return "tells a path"
    if "text/html" in heard.head.lower() and (live := _LIVE_MARKUP.search(heard.body)):
        return f"live markup: {live[0]!r}"
    leaked = [mark for mark in marks if mark in heard.body]
    return f"leaks {leaked[:3]}" if leaked else ""


def _told(hostile: Hostile, heard: Heard) -> bytes:
    """The first telltale that is no echo: an answer that names the refused value tells its sender nothing new."""
    sent = unquote_to_bytes(hostile.path).lower() + hostile.body.lower() + "".join(hostile.headers.values()).encode().lower()
    return next((found[0] for found in _TELLTALE.finditer(heard.body) if found[0].lower() not in sent), b"")


def hidden_marks(world: World, cast: Cast) -> list[bytes]:
    """What neither a visitor nor the stranger may see."""
    people = (cast["anonymous"], cast["stranger"])
    hidden = {row.label for name in ("parcels", "incidents", "instructions") for row in world.rows[name]
              if all(row in oracle.hidden(world, person, name) for person in people)}  # fmt: skip
    return sorted(label.encode() for label in hidden)


@dataclass(frozen=True)
class Processes:
    """The server's processes: number of each, resident memory, open descriptors."""

    pids: frozenset[int]
    memory: int
    descriptors: int

    @classmethod
    def of(cls, server: str) -> "Processes":
        """Those that were started for this port, with their children."""
        port = server.rpartition(":")[2].encode()
        roots = {pid for pid, line in _lines() if b"granian" in line and b"\0" + port + b"\0" in line}
        pids = roots | {pid for pid in _pids() if _parent(pid) in roots}
        return cls(frozenset(pids), sum(map(_resident, pids)), sum(map(_open_files, pids)))


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _lines() -> list[tuple[int, bytes]]:
    return [(pid, _read(pid, "cmdline")) for pid in _pids()]


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _status(pid: int, name: str) -> int:
    found = re.search(rf"^{name}:\s*(\d+)".encode(), _read(pid, "status"), re.MULTILINE)
    return int(found[1]) if found else 0


def _parent(pid: int) -> int:
    return _status(pid, "PPid")


def _resident(pid: int) -> int:
    return _status(pid, "VmRSS") * 1024


def _open_files(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0
