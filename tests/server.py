"""Real processes over the test database: a server, for programs that need one (browsers, QGIS), and workers."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

_START_SECONDS = 180


@contextmanager
def serve(log: Path, port: int | None = None) -> Iterator[str]:
    """The address of a server as in production: granian, one worker, its own follower and pools. It logs to a file.

    `port`: the one of a server that was there before (a restart); a free one where none is given.
    """
    port = port or free_port()
    command: list[str | Path] = [Path(sys.executable).with_name("granian"), "--interface", "asgi", "--no-ws"]
    # As in production: whoever listens to /live/ would hold a server that is told to stop for ever.
    command += ["--workers-kill-timeout", "5", "--host", "127.0.0.1", "--port", str(port), "gis_core.asgi:application"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url()}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            await_ready(f"http://127.0.0.1:{port}/readyz", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)


Start = Callable[[], "subprocess.Popen[bytes]"]


@contextmanager
def workers(log: Path, queue: str, **environment: str) -> Iterator[Start]:
    """Starts workers of a queue as bin/up does, with `environment` beside their own; what is left of them at the end is ended."""
    begun: list[subprocess.Popen[bytes]] = []
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "procrastinate", "worker", "--queues", queue]
    inherited = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url(), **environment}

    def start() -> "subprocess.Popen[bytes]":
        with log.open("ab") as output:
            begun.append(subprocess.Popen(command, env=inherited, stdout=output, stderr=subprocess.STDOUT))
        return begun[-1]

    yield start
    for process in begun:
        if process.poll() is None:
            process.terminate()
        process.wait(60)


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def database_url() -> str:
    """The test database as DATABASE_URL says it."""
    values = connection.settings_dict
    parts = {"host": values["HOST"], "port": str(values["PORT"] or ""), **values["OPTIONS"]}
    query = urlencode({key: value for key, value in parts.items() if value and isinstance(value, str)})
    password = f":{quote(values['PASSWORD'], safe='')}" if values["PASSWORD"] else ""
    return f"postgis://{quote(values['USER'], safe='')}{password}@/{quote(values['NAME'])}?{query}"


def await_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait for 200. Raises RuntimeError with the end of the log."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not become ready: {log.read_text(errors='replace')[-3000:]}")
