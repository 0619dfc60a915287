"""Servers under test: started for a benchmark, awaited, ended with it, their logs kept for a look."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.DATA_DIR) / "bench"
_PATIENCE = 600.0  # loading a million rows on a machine that others use too


@dataclass(frozen=True)
class Server:
    """A server that answers: where, and what a request to it carries."""

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    pid: int = 0


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(name: str, command: Sequence[str | Path], environment: Mapping[str, str] | None = None, **options: object) -> Iterator[int]:
    """A process for as long as the block lasts; its id."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  programs that this package names
            [str(part) for part in command], env={**os.environ, **(environment or {})}, stdout=log, stderr=log, **options
        )  # type: ignore[call-overload]
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)


def await_answer(url: str, headers: Mapping[str, str] | None = None, holds: str = "", lacks: str = "\0") -> None:
    """Wait until an address answers 2xx and its text has `holds` and not `lacks`. Raises TimeoutError."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            request = urllib.request.Request(url, headers=dict(headers or {}))  # noqa: S310  addresses of ours
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                text = answer.read().decode("utf-8", "replace")
                if holds in text and lacks not in text:
                    return
        except (OSError, urllib.error.HTTPError):
            pass
        time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer; the logs are in {FOLDER}.")


@contextmanager
def ours(
    headers: Mapping[str, str], *, cache_mb: int = 64, layer: str = "parcels", files: Path | None = None, workers: int = 1
) -> Iterator[Server]:
    """This service as bin/up runs it: granian, the layer in each worker's memory; `files`: where it keeps public tiles for nginx."""
    port = free_port()
    command: list[str | Path] = [Path(sys.executable).with_name("granian"), "--interface", "asgi", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "gis_core.asgi:application"]
    environment = {"FEATURE_STORE": "1", "TILE_CACHE_MB": str(cache_mb), "DEBUG": "0", "LOG_LEVEL": "WARNING"}
    if files is not None:
        environment["TILE_FILES"] = str(files)
    with running("ours", command, environment, cwd=settings.BASE_DIR) as pid:
        server = Server("ours", f"http://127.0.0.1:{port}", {**headers, "Accept-Encoding": "gzip"}, pid)
        # Each question is a connection of its own, which the kernel gives to a worker by chance.
        for _ in range(1 if workers == 1 else 12 * workers):
            await_answer(f"{server.url}/metrics", holds=f'store_state{{layer="{layer}",store_state="ready"}} 1.0')
        yield server


NGINX = """
{user}worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=1000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {http}
  server {{ listen 127.0.0.1:{port}; root {folder}; {server} }}
}}
"""


@contextmanager
def nginx(name: str, server: str, http: str = "") -> Iterator[str]:
    """Debian's nginx with one worker and these lines of configuration; its address."""
    port, folder = free_port(), FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        NGINX.format(user="user root; " if os.geteuid() == 0 else "", folder=folder, port=port, server=server, http=http), encoding="utf-8"
    )
    with running(name, ["nginx", "-c", configuration], {"PATH": f"{os.environ['PATH']}:/usr/sbin"}):
        for _ in range(50):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
