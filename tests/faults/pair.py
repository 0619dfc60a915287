"""A primary with standbys by streaming replication, made by the same code as bin/replicate and bin/promote."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.freshness.island import _OPTIONS, Island
from tests.scripts.run import module
from tests.server import free_port

replication: Any = module("replication")


@dataclass
class Pair:
    """`island` is the primary; standbys lie beside its data."""

    island: Island = field(default_factory=Island)
    standbys: dict[str, Any] = field(default_factory=dict)

    def make(self, *names: str, synchronous: bool = True) -> None:
        """The primary with a copy of the world, and a standby for each name; the first is the synchronous one."""
        self.island.make()
        with self.island.connect() as db:
            for name, value in replication.SETTINGS.items():
                db.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        self.island.stop("fast")
        self.island.start()
        for name in names:
            server = replication.Server(Path(self.island.folder) / name, free_port(), _OPTIONS)
            replication.make_standby(self.conninfo, server, name)
            self.standbys[name] = server
        if synchronous:
            with self.island.connect() as db:
                replication.synchronous(db, names[0])

    @property
    def conninfo(self) -> str:
        """libpq's string to the primary."""
        return f"host=127.0.0.1 port={self.island.port} user=postgres"

    @property
    def old(self) -> Any:
        """The first primary as a server of the scripts."""
        return replication.Server(Path(self.island.folder) / "data", self.island.port, _OPTIONS)

    def url(self, *names: str, attributes: str = "read-write") -> str:
        """DATABASE_URL over several servers: whoever of them takes writes (or, with other attributes, only reads)."""
        ports = [self.standbys[name].port if name in self.standbys else self.island.port for name in names]
        hosts = ",".join(["127.0.0.1"] * len(ports))
        return f"postgis://postgres@/world?host={hosts}&port={','.join(map(str, ports))}&target_session_attrs={attributes}"

    def connect(self, name: str) -> "psycopg.Connection[Any]":
        """To a standby's copy of the world."""
        return psycopg.connect(host="127.0.0.1", port=self.standbys[name].port, user="postgres", dbname="world", autocommit=True)

    def remove(self) -> None:
        """End and delete everything."""
        for server in (*self.standbys.values(), self.old):
            if server.folder.exists() and server.runs:
                server.stop("immediate")
        shutil.rmtree(self.island.folder, ignore_errors=True)
