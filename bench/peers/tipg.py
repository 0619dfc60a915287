"""tipg (Development Seed): OGC API Features and Tiles in Python over PostGIS."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.data import PEER_SCHEMA
from bench.peers.peer import BUFFER, PROGRAMS, TABLE, database_url
from bench.processes import Server, await_answer, free_port, running
from tiles.matrix import Tile

_PYTHON = PROGRAMS / "tipg" / "bin" / "python"


class Tipg:
    """Served by uvicorn with a worker a core, as ours is."""

    name, target, optional = "tipg", 15.0, False
    notes = f"uvicorn, a worker a core, pool of 8; geometry in EPSG:3857, GiST; buffer {BUFFER}, no limit of features; gzip 6; no cache"

    def version(self) -> str | None:
        """See Peer."""
        if not _PYTHON.exists():
            return None
        said = subprocess.run([str(_PYTHON), "-c", "import tipg; print(tipg.__version__)"], capture_output=True, text=True, check=False)  # noqa: S603
        return said.stdout.strip() or None

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """See Peer."""
        port = free_port()
        environment = {
            "DATABASE_URL": database_url(),
            "TIPG_DB_SCHEMAS": f'["{PEER_SCHEMA}"]',
            "TIPG_MAX_FEATURES_PER_TILE": "1000000",
            "TIPG_TILE_BUFFER": str(BUFFER),
            "TIPG_CATALOG_TTL": "0",
            "DB_MAX_CONN_SIZE": "8",
        }
        command: list[str | Path] = [_PYTHON, "-m", "uvicorn", "tipg.main:app", "--no-access-log"]
        command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(len(os.sched_getaffinity(0)))]
        with running(self.name, command, environment):
            server = Server(self.name, f"http://127.0.0.1:{port}", {"Accept-Encoding": "gzip"})
            await_answer(f"{server.url}/collections/{TABLE}")
            yield server

    def path(self, tile: Tile) -> str:
        """See Peer."""
        return f"/collections/{TABLE}/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}"
