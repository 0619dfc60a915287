"""Writers and readers at work on an island while something is done to it."""

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import mapbox_vector_tile
import psycopg

from tests.contract.services import tile_of
from tests.freshness.history import TOTAL, History, Read, Seen, Write
from tests.freshness.island import Island, Node
from tests.service import wait_until
from tests.world import BOUNDS, World

LAYERS = ("facilities", "roads")
_TABLES = {"facilities": "layers_facility", "roads": "layers_roadsegment"}
_HOMES = ("A", "B", "C", "outside")


def cells_of(world: World) -> dict[int, tuple[tuple[str, int], ...]]:
    """Cell -> its rows, two of each layer, all of one unit."""
    rows = {layer: world.rows[layer] for layer in LAYERS}
    return {
        number: tuple((layer, row.pk) for layer in LAYERS for row in rows[layer] if row.home == home) for number, home in enumerate(_HOMES)
    }


@dataclass
class Traffic:
    """Runs for as long as the block lasts. `lossy`: notifications are lost, all or by chance."""

    island: Island
    nodes: list[Node]
    history: History
    seed: int
    lossy: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    _bodies: dict[tuple[str, str], Seen] = field(default_factory=dict)

    @contextlib.contextmanager
    def run(self) -> Iterator[None]:
        """Four writers, one a cell, and two readers a node."""
        work = [threading.Thread(target=self._write, args=(cell,)) for cell in self.history.cells]
        work += [threading.Thread(target=self._read, args=(index, number)) for index in range(len(self.nodes)) for number in range(2)]
        for thread in work:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in work:
                thread.join(90)

    def go_on(self, seconds: float, reads: int = 100, writes: int = 40) -> None:
        """Let it run so long, and on a slow machine until there is enough to prove something by. Raises TimeoutError."""
        seen, written = len(self.history.reads), len(self.history.writes)
        time.sleep(seconds)
        enough = lambda: len(self.history.reads) >= seen + reads and len(self.history.writes) >= written + writes  # noqa: E731
        wait_until(enough, f"{reads} reads and {writes} writes", 120)

    def _write(self, cell: int) -> None:
        chance = random.Random(f"{self.seed} write {cell}")
        while not self._stop.is_set():
            try:
                with self.island.connect() as db:
                    db.execute("SELECT set_config('search_path', %s, false)", ["public, pg_catalog" if self.lossy else "public"])
                    while not self._stop.is_set():
                        self._transaction(db, cell, chance)
                        time.sleep(chance.uniform(0.005, 0.06))
            except psycopg.Error:
                time.sleep(0.05)  # the database is away; what became of the transaction is read from the rows

    def _transaction(self, db: "psycopg.Connection[Any]", cell: int, chance: random.Random) -> None:
        rows = list(self.history.cells[cell])
        chance.shuffle(rows)
        began = time.monotonic()
        with db.transaction():
            states = {row: _state(db, row) for row in rows}
            version = max(state[0] for state in states.values()) + 1
            moved = chance.randint(1, 9)
            for row in rows:
                amount = states[row][1] + (-moved if row == rows[0] else moved if row == rows[1] else 0)
                _put(db, row, version, amount, chance)
                if chance.random() < 0.3:
                    time.sleep(chance.uniform(0, 0.01))
            found = db.execute("SELECT max(seq) FROM change_log WHERE txid = pg_current_xact_id()").fetchone()
            assert found is not None
        self.history.writes.append(Write(cell, version, found[0], began, time.monotonic()))

    def _read(self, index: int, number: int) -> None:
        chance = random.Random(f"{self.seed} read {index} {number}")
        with httpx.Client(base_url=self.nodes[index].url, timeout=60) as client:
            while not self._stop.is_set():
                began = time.monotonic()
                try:
                    self._ask(client, index, chance)
                except httpx.HTTPError:
                    self.history.failures.append((began, 0))
                    time.sleep(0.05)

    def _ask(self, client: httpx.Client, index: int, chance: random.Random) -> None:
        path = f"/tiles/{','.join(LAYERS)}/{'/'.join(map(str, _tile(chance.choice((9, 10, 11)))))}.mvt"
        held = [etag for at, etag in tuple(self._bodies) if at == path][-6:]
        sent = ", ".join(chance.sample(held, min(len(held), 2))) if chance.random() < 0.6 else ""
        known = self.history.writes[-1].seq if self.history.writes and chance.random() < 0.4 else None
        began = time.monotonic()
        answer = client.get(path, headers={"If-None-Match": sent} if sent else {}, params={} if known is None else {"min_seq": known})
        ended = time.monotonic()
        if answer.status_code not in (200, 204, 304):
            self.history.failures.append((began, answer.status_code))
            return
        etag = answer.headers.get("etag", "")
        seen = self._bodies.get((path, etag), {}) if answer.status_code == 304 else decoded(answer.content)
        if etag and answer.status_code == 200:
            self._bodies.setdefault((path, etag), seen)
        seq = int(answer.headers["x-change-seq"])
        self.history.reads.append(Read(index, path, began, ended, answer.status_code, etag, seq, seen, sent, known))


def prepare(island: Island, history: History) -> None:
    """Version 0 of every cell, and a `pg_notify` that loses what it is given for those who have it in their way."""
    with island.connect() as db, db.transaction():
        for rows in history.cells.values():
            for row in rows:
                _update(db, row, 0, TOTAL // len(rows))
        db.execute(
            "CREATE OR REPLACE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE plpgsql AS"
            " $$ BEGIN IF random() < 0.2 THEN PERFORM pg_catalog.pg_notify($1, $2); END IF; END $$"
        )


def decoded(body: bytes) -> Seen:
    """The versions and amounts in a tile."""
    tile = cast("dict[str, Any]", mapbox_vector_tile.decode(body)) if body else {}
    seen = {}
    for layer in LAYERS:
        for feature in tile.get(layer, {}).get("features", ()):
            version, _slash, amount = str(feature["properties"].get("name", "")).partition("/")
            if amount:
                seen[layer, int(feature["id"])] = (int(version), int(amount))
    return seen


def _tile(zoom: int) -> tuple[int, int, int]:
    """The tile in the middle of the world; all of it shows the whole world at these zooms (checked by the tests)."""
    return tile_of((BOUNDS[0] + BOUNDS[2]) / 2, (BOUNDS[1] + BOUNDS[3]) / 2, zoom)


def _state(db: "psycopg.Connection[Any]", row: tuple[str, int]) -> tuple[int, int]:
    found = db.execute(f"SELECT name FROM {_TABLES[row[0]]} WHERE id = %s", [row[1]]).fetchone()
    assert found is not None
    version, _slash, amount = found[0].partition("/")
    return int(version), int(amount)


def _put(db: "psycopg.Connection[Any]", row: tuple[str, int], version: int, amount: int, chance: random.Random) -> None:
    """Write a row: mostly in place, sometimes as a new row under the same key."""
    if chance.random() < 0.15:
        table = _TABLES[row[0]]
        columns = _columns(db, table)
        db.execute(f"CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT {columns} FROM {table} WHERE id = %s", [row[1]])
        db.execute(f"DELETE FROM {table} WHERE id = %s", [row[1]])
        db.execute(f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM kept")
        db.execute("DROP TABLE kept")
    _update(db, row, version, amount)


def _columns(db: "psycopg.Connection[Any]", table: str) -> str:
    found = db.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " AND table_schema = 'public'",
        [table],
    ).fetchone()
    assert found is not None
    return str(found[0])


def _update(db: "psycopg.Connection[Any]", row: tuple[str, int], version: int, amount: int) -> None:
    db.execute(f"UPDATE {_TABLES[row[0]]} SET name = %s WHERE id = %s", [f"{version}/{amount}", row[1]])
