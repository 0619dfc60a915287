"""Martin (MapLibre): a tile server in Rust over PostGIS."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from bench.data import PEER_SCHEMA
from bench.peers.peer import BUFFER, NAME, PROGRAMS, database_url, folder
from bench.processes import Server, await_answer, free_port, running
from tiles.matrix import Tile

_PROGRAM = PROGRAMS / "bin" / "martin"
_CONFIGURATION = """
listen_addresses: 127.0.0.1:{port}
cache_size_mb: 0
postgres:
  connection_string: {url}
  pool_size: 8
  auto_publish: false
  tables:
    {name}:
      schema: {schema}
      table: {name}
      srid: 3857
      geometry_column: geom
      id_column: id
      buffer: {buffer}
      extent: 4096
      clip_geom: true
      geometry_type: POLYGON
      properties: {{ land_use: varchar, status: varchar, parcel_no: int4 }}
"""


class Martin:
    """With its cache off, as many workers as it takes by itself."""

    name, target, optional = "Martin", 5.0, False
    notes = f"workers by its own choice, pool of 8; cache off; geometry stored in EPSG:3857 with GiST; buffer {BUFFER}"

    def version(self) -> str | None:
        """See Peer."""
        if not _PROGRAM.exists():
            return None
        said = subprocess.run([str(_PROGRAM), "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        return said.stdout.strip().removeprefix("martin ") or None

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """See Peer."""
        port, configuration = free_port(), folder(self.name) / "martin.yaml"
        values = {"port": port, "url": database_url(), "name": NAME, "schema": PEER_SCHEMA, "buffer": BUFFER}
        configuration.write_text(_CONFIGURATION.format(**values), encoding="utf-8")
        with running(self.name, [_PROGRAM, "--config", configuration]):
            server = Server(self.name, f"http://127.0.0.1:{port}", {"Accept-Encoding": "gzip"})
            await_answer(f"{server.url}/{NAME}")
            yield server

    def path(self, tile: Tile) -> str:
        """See Peer."""
        return f"/{NAME}/{tile.z}/{tile.x}/{tile.y}"
