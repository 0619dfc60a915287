"""nginx as it is deployed, in front of a tile node over the test database."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db.models import Max

from gis_core.models import ChangeLog
from tests.server import await_ready, database_url, free_port
from tests.world import World

DEPLOY = Path(settings.BASE_DIR, "docs", "deploy")
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass
class Node:
    """`manage.py serve_tiles` as a process."""

    port: int
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it is ready."""
        command = [sys.executable, "manage.py", "serve_tiles", "--port", str(self.port)]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url(), **self.environment}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        await_ready(f"{self.address}/readyz", self.process, self.log)

    def signal(self, number: signal.Signals) -> None:
        """To the node and its worker."""
        assert self.process is not None
        os.killpg(self.process.pid, number)

    def stop(self) -> None:
        """End it however it is."""
        if self.process is None:
            return
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                break
        self.process.wait(20)
        self.process = None


@dataclass
class Front:
    """nginx, the node behind it, and a client of each."""

    node: Node
    files: Path
    address: str
    client: httpx.Client

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Through nginx."""
        return self.client.get(self.address + path, headers={"Accept-Encoding": "gzip", **headers})

    def await_change(self) -> None:
        """Until the node knows every change that is committed."""
        seq = ChangeLog.objects.aggregate(last=Max("seq"))["last"] or 0
        deadline = time.monotonic() + 60
        while int(self.client.get(f"{self.node.address}/tiles/roads/0/0/0.mvt").headers["X-Change-Seq"]) < seq:
            assert time.monotonic() < deadline, "the node never heard of it"
            time.sleep(0.005)

    def written(self, path: str) -> list[tuple[int, int]]:
        """Which file stands for a tile: another one after it was taken away and written again, none in between."""
        found = [file.stat() for file in self.files.glob(f"files.*{path}.gz")]
        return [(file.st_ino, file.st_ctime_ns) for file in found]

    def kept(self) -> list[str]:
        """The tiles that nginx would find now."""
        lease = self.files / "lease" / str(int(time.time()))
        return [str(found.relative_to(lease)) for found in lease.glob("tiles/**/*.gz")]


def configuration(port: int, upstream: int, files: Path, place: Path) -> str:
    """The deployed pieces inside of the least that nginx needs to run in a directory of the test."""
    parts = {name: (DEPLOY / name).read_text() for name in ("tiles.conf", "tiles-locations.conf")}
    locations = parts["tiles-locations.conf"].replace("/srv/tiles", str(files))
    temporary = "\n".join(f"    {kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return f"""
daemon off;
master_process off;
pid {place}/nginx.pid;
error_log {place}/error.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
{temporary}
    sendfile on;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_connect_timeout 2s;
    upstream tiles {{ server 127.0.0.1:{upstream}; keepalive 16; }}
    {parts["tiles.conf"]}
    server {{
        listen 127.0.0.1:{port};
        {locations}
        location / {{ proxy_pass http://tiles; }}
    }}
}}
"""


@pytest.fixture(scope="module")
def front(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """nginx in front of a node; bin/test installs Debian's nginx-light."""
    assert NGINX, "nginx is not installed; bin/test installs it"
    place = tmp_path_factory.mktemp("front")
    files = place / "tiles"
    node = Node(free_port(), place / "node.log", {"TILE_FILES": str(files), "FOLLOWER_UNREADY_SECONDS": "4"})
    port = free_port()
    (place / "nginx.conf").write_text(configuration(port, node.port, files, place))
    node.start()
    nginx = subprocess.Popen([NGINX, "-p", str(place), "-c", str(place / "nginx.conf"), "-e", str(place / "error.log")])
    try:
        with httpx.Client(timeout=60) as client:
            _await_front(f"http://127.0.0.1:{port}/healthz", client)
            yield Front(node, files, f"http://127.0.0.1:{port}", client)
    finally:
        nginx.terminate()
        nginx.wait(30)
        node.stop()


def _await_front(url: str, client: httpx.Client) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            assert client.get(url).status_code == 200
        except (httpx.TransportError, AssertionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
