"""A service of its own to break: a cluster with a copy of the world, web processes as in production, a worker."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from django.conf import settings

from tests.cast import Cast
from tests.faults.ledger import Clients, Ledger
from tests.freshness.island import UNREADY_SECONDS, Island
from tests.server import await_ready, free_port
from tests.service import wait_until
from tests.world import World

ITEMS = "/ogc/collections/facilities/items"
TABLE = "layers_facility"


def children(parent: int) -> list[int]:
    """Process ids of a process's children."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


def age(pid: int) -> float:
    """Seconds since a process was started."""
    ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class Web:
    """granian as in production: it starts a worker anew that dies. `environment` adds to or replaces the usual."""

    database: str
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    workers: int = 2
    port: int = field(default_factory=free_port)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, ready: bool = True) -> None:
        """Start it and wait until it is ready."""
        command: list[str | Path] = [Path(sys.executable).with_name("granian"), "--interface", "asgi", "--no-ws", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", str(self.workers), "--respawn-failed-workers", "--workers-kill-timeout", "5"]
        self.log = self.folder / f"web-{self.port}.log"
        self.process = self._run([*command, "gis_core.asgi:application"])
        if ready:
            await_ready(f"{self.address}/readyz", self.process, self.log)

    def work(self) -> "subprocess.Popen[bytes]":
        """A worker of the queue beside it."""
        return self._run([sys.executable, "manage.py", "procrastinate", "worker", "--shutdown-graceful-timeout", "2"])

    def _run(self, command: list[str | Path]) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": self.database, "FEATURE_STORE": "1"}
        environment |= {"FOLLOWER_UNREADY_SECONDS": str(UNREADY_SECONDS), "TESTS_DATA_DIR": str(self.folder), "PYTEST_XDIST_WORKER": "main"}
        environment["TILE_CACHE_MB"] = "1"  # full early: what fills up is no growth
        environment |= self.environment
        with (self.folder / f"web-{self.port}.log").open("ab") as output:
            return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output, start_new_session=True)

    def workers_now(self) -> list[int]:
        """Its worker processes."""
        return [pid for pid in children(self.process.pid) if b"resource_tracker" not in _words(pid)]

    def kill_workers(self) -> None:
        """All at once. granian takes a worker that dies again within 5.5 s for one that cannot live, and ends; so none is that young."""
        wait_until(lambda: min(map(age, self.workers_now())) > 6, "workers of some age", 30)
        for pid in self.workers_now():
            os.kill(pid, signal.SIGKILL)

    def status(self, path: str, patience: float = 10) -> int:
        """The status of a GET, 0 where there is none."""
        try:
            return httpx.get(self.address + path, timeout=patience).status_code
        except httpx.HTTPError:
            return 0

    def end(self) -> None:
        """End it and all that it started."""
        end_group(self.process)


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """A process of its own session, and what it started."""
    for number in (signal.SIGCONT, signal.SIGTERM):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(8)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@dataclass
class Rig:
    """What a fault is injected into."""

    world: World
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="ioc-faults-")))
    island: Island = field(default_factory=Island)

    def make(self) -> None:
        """Start everything."""
        (self.folder / "main" / "media").mkdir(parents=True, exist_ok=True)
        self.island.make()
        self.web = Web(self.island.url, self.folder)
        self.web.start()

    def remove(self) -> None:
        """End everything."""
        if hasattr(self, "web"):
            self.web.end()
        self.island.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def cast(self) -> Cast:
        """Who may what."""
        return self.world.cast

    @property
    def rows(self) -> list[int]:
        """Rows that the analyst may write."""
        return [row.pk for row in self.world.rows["facilities"] if row.home in ("A", "B", "C")][:4]

    def headers(self, name: str = "analyst") -> dict[str, str]:
        """A program's credentials."""
        return self.cast[name].headers("bearer")

    def clients(self, address: str = "", **options: Any) -> Clients:
        """Writers and readers with a new ledger; they begin from states of their own."""
        with self.island.connect() as db:
            for row in self.rows:
                db.execute(f"UPDATE {TABLE} SET name = %s WHERE id = %s", [f"{row}-start-{time.monotonic_ns()}", row])
        self.await_changes(address or self.web.address)
        return Clients(address or self.web.address, ITEMS, self.rows, self.headers(), **options)

    def final(self, island: Island | None = None) -> dict[int, str]:
        """The last state of each row."""
        with (island or self.island).connect() as db:
            return dict(db.execute(f"SELECT id, name FROM {TABLE} WHERE id = ANY(%s)", [self.rows]).fetchall())

    def await_changes(self, address: str) -> None:
        """Until a process behind an address knows what is committed."""
        with self.island.connect() as db:
            (seq,) = db.execute("SELECT coalesce(max(seq), 0) FROM change_log").fetchone() or (0,)
        wait_until(lambda: httpx.get(f"{address}/readyz", timeout=30).json().get("change_seq", 0) >= seq, "the changes to be known", 60)

    @contextlib.contextmanager
    def hold(self, statement: str) -> Iterator["psycopg.Connection[Any]"]:
        """A transaction of somebody else that has run a statement and stays open."""
        with self.island.connect() as db, db.transaction():
            db.execute(statement)
            yield db


def go_on(ledger: Ledger, edits: int = 12, patience: float = 90) -> float:
    """Until so many more writes that begin from now on are acknowledged; how many seconds until the first of them."""
    since = time.monotonic()
    wait_until(lambda: len(ledger.acknowledged(since)) >= edits, f"{edits} acknowledged writes", patience)
    return min(edit.ended for edit in ledger.acknowledged(since)) - since


def postmaster_family(island: Island) -> list[int]:
    """The postmaster and all of its processes."""
    first = int((island.folder / "data" / "postmaster.pid").read_text().split()[0])
    return [first, *children(first)]
