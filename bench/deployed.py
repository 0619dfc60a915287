"""The deployed shape on this machine: nginx as docs/deploy configures it, web processes and tile nodes behind it."""

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from bench.nginx_here import nginx_here
from bench.processes import FOLDER, await_answer, free_port, running

SMALL_CACHE = {"TILE_CACHE_MB": "4"}
"""For runs that watch memory: tiles that are kept fill it before anything is measured, and what fills up is no growth."""


@dataclass
class Deployed:
    """Where it is reached, the addresses of its parts, and their processes by name."""

    url: str = ""
    webs: list[str] = field(default_factory=list)
    tiles: list[str] = field(default_factory=list)
    processes: dict[str, int] = field(default_factory=dict)


def configuration(place: Path, port: int, webs: Sequence[str], tiles: Sequence[str], files: Path | None = None) -> str:
    """docs/deploy/nginx.conf with the places and upstreams ("127.0.0.1:8001") of this machine.

    All clients have one address here, so the limit of streams an address is left out.
    """
    text = re.sub(r"access_log \S+ line;", "access_log off;", nginx_here(place, webs, tiles, files))
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace("listen [::]:8080;", "")
    text = re.sub(r"limit_conn live \d+;", "", text)
    user = "user root;\n" if os.geteuid() == 0 else ""
    return f"daemon off;\n{user}{text}".replace("worker_processes auto;", "worker_processes 1;")


@contextmanager
def nginx_in_front(webs: Sequence[str], tiles: Sequence[str], files: Path | None = None) -> Iterator[tuple[str, int]]:
    """nginx in front of these upstreams; its address and its process."""
    port = free_port()
    place = FOLDER / f"nginx-{port}"
    place.mkdir(parents=True, exist_ok=True)
    (place / "nginx.conf").write_text(configuration(place, port, webs, tiles, files), encoding="utf-8")
    command: list[str | Path] = ["nginx", "-c", place / "nginx.conf", "-e", place / "error.log"]
    with running(f"nginx-{port}", command, {"PATH": f"{os.environ['PATH']}:/usr/sbin"}) as pid:
        await_answer(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}", pid


@contextmanager
def deployed(
    *,
    webs: int = 1,
    nodes: int = 1,
    environment: Mapping[str, str] | None = None,
    tiles: Mapping[str, str] | None = None,
    worker: bool = True,
) -> Iterator[Deployed]:
    """All of it; `environment` is for every process, `tiles` for tile nodes alone. Everything ends with the block."""
    found, common = Deployed(), {"LOG_LEVEL": "WARNING", "BEHIND_PROXY": "1", **(environment or {})}
    files = FOLDER / f"tile-files-{free_port()}"
    with ExitStack() as stack:
        for number in range(webs):
            port = free_port()
            command: list[str | Path] = [Path(sys.executable).with_name("granian"), "--interface", "asgi", "--no-ws", "--host", "127.0.0.1"]
            command += ["--port", str(port), "--respawn-failed-workers", "gis_core.asgi:application"]
            name = f"web-{number}"
            found.processes[name] = stack.enter_context(running(name, command, common, cwd=settings.BASE_DIR))
            found.webs.append(f"127.0.0.1:{port}")
        for number in range(nodes):
            port, name = free_port(), f"tiles-{number}"
            command = [sys.executable, "manage.py", "serve_tiles", "--port", str(port)]
            # One node lays out the files: nginx reads one folder.
            own = {"TILE_FILES": str(files)} if number == 0 else {}
            found.processes[name] = stack.enter_context(running(name, command, {**common, **(tiles or {}), **own}, cwd=settings.BASE_DIR))
            found.tiles.append(f"127.0.0.1:{port}")
        if worker:
            command = ["nice", "-n", "5", sys.executable, "manage.py", "procrastinate", "worker"]
            found.processes["worker"] = stack.enter_context(running("worker", command, common, cwd=settings.BASE_DIR))
        for address in (*found.webs, *found.tiles):
            await_answer(f"http://{address}/readyz")
        for address in found.tiles:
            await_answer(f"http://{address}/metrics", holds='store_state{layer="facilities",store_state="ready"} 1.0')
        found.url, found.processes["nginx"] = stack.enter_context(nginx_in_front(found.webs, found.tiles, files))
        yield found
