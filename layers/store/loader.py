"""Reading a whole layer into columns: streamed, in one snapshot, within a budget."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from django.conf import settings

from gis_core.changes.follow import SNAPSHOT
from gis_core.db import conninfo
from layers.layer import FeatureLayer
from layers.store.columns import Builder, Columns
from layers.store.copying import Stopped, chunks
from layers.store.intake import Intake
from layers.store.jit import COMPILED
from layers.store.schema import Schema
from layers.store.store import LayerStore
from layers.store.warm import warm

# Rows that exist as Python objects at a time.
PORTION = 20_000


class OverBudget(Exception):
    """The layer needs more memory than it may have; the database goes on serving it."""


@dataclass(frozen=True)
class Loaded:
    """A store and the state it was read in: `position` is a snapshot, as the follower of the change log keeps it."""

    store: LayerStore
    position: str
    seconds: float


def budget_of(layer: FeatureLayer) -> int:
    """Bytes that the layer's columns may take in each process."""
    return int(settings.STORE_BUDGETS_MB.get(layer.name, settings.STORE_BUDGET_MB)) * 1_000_000


def load(layer: FeatureLayer, budget: int, stop: threading.Event | None = None) -> Loaded:
    """Read `layer` now. Rows and position come from one snapshot, so changes since then are exactly what the log shows since.

    Raises OverBudget when columns grow past `budget` bytes, shapes.Unsupported for curves, psycopg.Error.
    """
    warm()  # not while a snapshot is held: the database's patience with idle transactions is short
    started = time.monotonic()
    builder = Builder(Schema(layer))
    with psycopg.connect(conninfo("store")) as db:
        db.isolation_level, db.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        (position,) = cast("tuple[str]", db.execute(f"SELECT ({SNAPSHOT})::text").fetchone())
        read = _copied if COMPILED else _fetched
        columns = read(db, builder, budget, stop or threading.Event())
    return Loaded(LayerStore.of(builder.begin(), columns.indexed()), position, time.monotonic() - started)


def _copied(db: "psycopg.Connection[Any]", builder: Builder, budget: int, stop: threading.Event) -> Columns:
    """By the COPY stream and compiled loops."""
    intake = Intake(builder)
    for chunk, most in chunks(db, builder.schema.sql, stop):
        intake.take(chunk, most)
        _afford(intake.nbytes + builder.nbytes, budget)
    return intake.columns()


def _fetched(db: "psycopg.Connection[Any]", builder: Builder, budget: int, stop: threading.Event) -> Columns:
    """By a cursor and shapely, where nothing is compiled."""
    pieces = list(_pieces(db, builder, budget, stop)) or [builder.columns([])]
    return Columns.concat(pieces).in_space()


def _afford(used: int, budget: int) -> None:
    if used > budget:
        raise OverBudget(f"More than {budget / 1e6:.0f} MB.")


def _pieces(db: "psycopg.Connection[Any]", builder: Builder, budget: int, stop: threading.Event) -> Iterator[Columns]:
    used = 0
    with db.cursor("store", binary=True) as cursor:
        cursor.execute(cast("Any", builder.schema.sql))
        while portion := cursor.fetchmany(PORTION):
            if stop.is_set():
                raise Stopped
            columns = builder.columns(portion)
            used += columns.nbytes
            _afford(used + builder.nbytes, budget)
            yield columns
