"""Reading a whole layer into columns: streamed, in one snapshot, within a budget."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import psycopg

from gis_core.db import conninfo
from layers.layer import FeatureLayer
from layers.store.columns import Builder, Columns
from layers.store.schema import Schema
from layers.store.store import LayerStore

# Rows that exist as Python objects at a time.
PORTION = 20_000


class OverBudget(Exception):
    """The layer needs more memory than it may have; the database goes on serving it."""


class Stopped(Exception):
    """The process ends."""


@dataclass(frozen=True)
class Loaded:
    """A store and the state it was read in: `position` is a snapshot, as the follower of the change log keeps it."""

    store: LayerStore
    position: str
    seconds: float


def load(layer: FeatureLayer, budget: int, stop: threading.Event | None = None) -> Loaded:
    """Read `layer` now. Rows and position come from one snapshot, so changes since then are exactly what the log shows since.

    Raises OverBudget when columns grow past `budget` bytes, shapes.Unsupported for curves, psycopg.Error.
    """
    started = time.monotonic()
    builder = Builder(Schema(layer))
    with psycopg.connect(conninfo("store")) as db:
        db.isolation_level, db.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        (position,) = cast("tuple[str]", db.execute("SELECT pg_current_snapshot()::text").fetchone())
        pieces = list(_pieces(db, builder, budget, stop or threading.Event())) or [builder.columns([])]
    store = LayerStore.of(builder, Columns.concat(pieces).in_space())
    return Loaded(store, position, time.monotonic() - started)


def _pieces(db: "psycopg.Connection[Any]", builder: Builder, budget: int, stop: threading.Event) -> Iterator[Columns]:
    used = 0
    with db.cursor("store", binary=True) as cursor:
        cursor.execute(cast("Any", builder.schema.sql))
        while portion := cursor.fetchmany(PORTION):
            if stop.is_set():
                raise Stopped
            columns = builder.columns(portion)
            used += columns.nbytes
            if used + builder.nbytes > budget:
                raise OverBudget(f"More than {budget / 1e6:.0f} MB.")
            yield columns
