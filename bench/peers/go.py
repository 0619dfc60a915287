"""pg_tileserv (Crunchy Data) and Tegola: tile servers in Go over PostGIS."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers.peer import BUFFER, NAME, PROGRAMS, TABLE, database_url, folder
from bench.processes import Server, await_answer, free_port, running
from tiles.matrix import Tile

_TEGOLA = """
[webserver]
port = "127.0.0.1:{port}"
[[providers]]
name = "bench"
type = "mvt_postgis"
uri = "{url}"
srid = 3857
  [[providers.layers]]
  name = "{name}"
  geometry_fieldname = "geom"
  id_fieldname = "id"
  sql = "SELECT id, land_use, status, parcel_no, ST_AsMVTGeom(geom, !BBOX!) AS geom FROM {table} WHERE geom && !BBOX!"
[[maps]]
name = "bench"
tile_buffer = {buffer}
  [[maps.layers]]
  provider_layer = "bench.{name}"
  min_zoom = 0
  max_zoom = 22
"""


def _version(program: Path, *arguments: str) -> str | None:
    if not program.exists():
        return None
    said = subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    return (said.stdout + said.stderr).strip().splitlines()[0][:60] or "unknown"


class Tileserv:
    """pg_tileserv with its cache off, as it comes."""

    name, target, optional = "pg_tileserv", 5.0, True
    notes = f"pool of 8; geometry stored in EPSG:3857 with GiST; buffer {BUFFER}; no limit of features; no cache"
    program = PROGRAMS / "bin" / "pg_tileserv"

    def version(self) -> str | None:
        """See Peer."""
        return _version(self.program, "--version")

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """See Peer."""
        port = free_port()
        environment = {
            "DATABASE_URL": database_url(), "TS_HTTPHOST": "127.0.0.1", "TS_HTTPPORT": str(port), "TS_DBPOOLMAXCONNS": "8",
            "TS_MAXFEATURESPERTILE": "1000000", "TS_DEFAULTBUFFER": str(BUFFER), "TS_CACHETTL": "0",
        }  # fmt: skip
        with running(self.name, [self.program], environment):
            server = Server(self.name, f"http://127.0.0.1:{port}", {"Accept-Encoding": "gzip"})
            await_answer(f"{server.url}/{TABLE}.json")
            yield server

    def path(self, tile: Tile) -> str:
        """See Peer."""
        return f"/{TABLE}/{tile.z}/{tile.x}/{tile.y}.pbf"


class Tegola:
    """Tegola's MVT provider without a cache."""

    name, target, optional = "Tegola", 5.0, True
    notes = f"mvt_postgis provider, no cache; geometry stored in EPSG:3857 with GiST; buffer {BUFFER}"
    program = PROGRAMS / "bin" / "tegola"

    def version(self) -> str | None:
        """See Peer."""
        return _version(self.program, "version")

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """See Peer."""
        port, configuration = free_port(), folder(self.name) / "tegola.toml"
        values = {"port": port, "url": database_url(), "name": NAME, "table": TABLE, "buffer": BUFFER}
        configuration.write_text(_TEGOLA.format(**values), encoding="utf-8")
        with running(self.name, [self.program, "serve", "--config", configuration, "--no-cache"]):
            server = Server(self.name, f"http://127.0.0.1:{port}", {"Accept-Encoding": "gzip"})
            await_answer(f"{server.url}/capabilities")
            yield server

    def path(self, tile: Tile) -> str:
        """See Peer."""
        return f"/maps/bench/{tile.z}/{tile.x}/{tile.y}.pbf"
