"""What a peer is to a benchmark."""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.db import connection

from bench.data import PEER_SCHEMA, PEER_TABLE
from bench.processes import FOLDER, Server
from tiles.matrix import Tile

# What bin/bench --install-peers installs: for all checkouts of this account, as compiling takes longer than measuring.
PROGRAMS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "ioc-map", "bench-peers")
TABLE, NAME = f"{PEER_SCHEMA}.{PEER_TABLE}", PEER_TABLE
BUFFER = 64  # units around a tile, as ours has


class Peer(Protocol):
    """A tile server that may be installed here."""

    name: str
    target: float  # how many times as many requests a second ours has to answer
    optional: bool  # whether a run without it is complete too
    notes: str  # configuration, caches and indexes, as the report states them

    def version(self) -> str | None:
        """Its version; None when it is not installed."""
        ...

    def serve(self) -> AbstractContextManager[Server]:
        """Run it over the peers' table."""
        ...

    def path(self, tile: Tile) -> str:
        """The address of a tile."""
        ...


def database_url() -> str:
    """A libpq address of the benchmarks' database, as most peers take it."""
    values = connection.settings_dict
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    return f"postgresql://{values['USER']}{password}@{values['HOST'] or 'localhost'}:{values['PORT'] or 5432}/{values['NAME']}"


def parts() -> dict[str, str]:
    """The same, in parts."""
    found = urlsplit(database_url())
    return {
        "host": found.hostname or "localhost",
        "port": str(found.port or 5432),
        "user": found.username or "",
        "password": found.password or "",
        "dbname": found.path.lstrip("/"),
    }


def folder(name: str) -> Path:
    """A folder for a peer's configuration."""
    made = FOLDER / name
    made.mkdir(parents=True, exist_ok=True)
    return made
