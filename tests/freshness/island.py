"""A database cluster of its own with a copy of the world, and server processes on it: tests may break all of it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from gis_core.db import conninfo
from tests.server import await_ready, free_port

# A node that has not read the log for so long says that it is unready; short, so that tests need not wait.
UNREADY_SECONDS = 2.0
_OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c jit=off -c shared_buffers=64MB -c max_connections=60"


def programs() -> Path:
    """The newest PostgreSQL server of this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent


@dataclass
class Node:
    """One server process as in production, with its own follower and stores."""

    url: str
    process: "subprocess.Popen[bytes]"

    @classmethod
    def start(cls, database: str, log: Path) -> "Node":
        """Start it; `await_stores` says when it is as ready as can be."""
        port = free_port()
        command: list[str | Path] = [Path(sys.executable).with_name("granian"), "--interface", "asgi", "--no-ws"]
        command += ["--host", "127.0.0.1", "--port", str(port), "gis_core.asgi:application"]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database, "FEATURE_STORE": "1"}
        environment["FOLLOWER_UNREADY_SECONDS"] = str(UNREADY_SECONDS)
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output, start_new_session=True
            )
        return cls(f"http://127.0.0.1:{port}", process)

    def await_stores(self, log: Path, layers: Sequence[str]) -> None:
        """Wait until it serves and holds these layers in memory."""
        await_ready(f"{self.url}/readyz", self.process, log)
        deadline = time.monotonic() + 180
        while not all(f'store_state{{layer="{layer}",store_state="ready"}} 1.0' in self.get("/metrics") for layer in layers):
            if time.monotonic() > deadline:
                raise TimeoutError(f"The layers do not come into memory: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)

    def get(self, path: str) -> str:
        """The text of an answer."""
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:  # noqa: S310  our own server
            return str(answer.read().decode())

    def ready(self) -> bool:
        """What /readyz says."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=60) as answer:  # noqa: S310  our own server
                return bool(answer.status == 200)
        except OSError:
            return False

    def freeze(self) -> None:
        """Stop the process where it stands."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.killpg(self.process.pid, signal.SIGCONT)

    def end(self) -> None:
        """End it and what it started."""
        self.thaw()
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(15)


@dataclass
class Island:
    """The cluster. `url` reaches the copy of the world in it."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="ioc-island-")))
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """DATABASE_URL of the world's copy."""
        return f"postgis://postgres@127.0.0.1:{self.port}/world"

    def connect(self) -> "psycopg.Connection[Any]":
        """A connection of one's own, in autocommit."""
        return psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname="world", autocommit=True, connect_timeout=30)

    def make(self) -> None:
        """Make the cluster, start it, copy the world into it (not the log: its numbers belong to the other cluster)."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run(
            "initdb", "-D", self.folder / "data", "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"
        )
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "world")
        copy: list[str | Path] = [
            programs() / "pg_dump",
            "--no-owner",
            "--no-privileges",
            "--exclude-schema=world_copy",
            "--exclude-table-data=change_log",
        ]
        target = f"host=127.0.0.1 port={self.port} user=postgres dbname=world"
        with subprocess.Popen([*copy, "--dbname", conninfo("copy")], stdout=subprocess.PIPE) as dump:
            subprocess.run(
                [programs() / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", target], stdin=dump.stdout, check=True, stdout=subprocess.DEVNULL
            )

    def start(self) -> None:
        """Start the server and wait for it."""
        self._run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-s", "-o", f"-p {self.port} {_OPTIONS}", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is a crash."""
        self._run("pg_ctl", "-D", self.folder / "data", "-m", mode, "-w", "-s", "stop")

    def remove(self) -> None:
        """End the cluster and delete it."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def followers(self) -> list[int]:
        """Process ids of the followers' connections."""
        with self.connect() as db:
            rows = db.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'ioc-follower' AND datname = 'world'").fetchall()
        return [row[0] for row in rows]

    def _run(self, program: str, *arguments: str | Path) -> None:
        """A program of PostgreSQL's, which refuses to run as root."""
        other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] if os.geteuid() == 0 else []
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/"}
        command = [*other, programs() / program, *arguments]
        subprocess.run(command, check=True, cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
