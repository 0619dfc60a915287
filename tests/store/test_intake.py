"""Rows that come by the COPY stream are the same columns as rows that come one by one through shapely."""

import struct
import threading
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from gis_core.db import conninfo
from layers.catalogue import catalogue
from layers.store import copying
from layers.store.columns import Builder, Columns
from layers.store.copying import Stopped, chunks
from layers.store.distinct import Distinct
from layers.store.growing import Growing
from layers.store.intake import Intake
from layers.store.jit import COMPILED
from layers.store.loader import OverBudget, budget_of, load
from layers.store.schema import Schema
from layers.store.shapes import Unsupported
from tests.store import against_sql
from tests.store.plans import Plain, Rows, plans, rows_of
from tests.world import World

pytestmark = pytest.mark.skipif(not COMPILED, reason="without numba rows are read through shapely alone")
TRAILER = b"\xff\xff"


def packed(rows: Rows) -> bytes:
    """Rows as PostgreSQL's binary COPY writes them."""
    return b"".join(struct.pack(">h", len(row)) + b"".join(map(_field, row)) for row in rows)


def _field(value: Any) -> bytes:
    if value is None:
        return struct.pack(">i", -1)
    raw = value if isinstance(value, bytes) else struct.pack(">q", value) if isinstance(value, int) else value.encode()
    return struct.pack(">i", len(raw)) + raw


def taken(rows: Rows, portion: int = 5) -> Columns:
    """Columns of rows that come in portions."""
    intake = Intake(Builder(Schema(Plain())))
    for start in range(0, len(rows), portion):
        intake.take(packed(rows[start : start + portion]), portion)
    intake.take(TRAILER, 1)
    return intake.columns()


def assert_equal(ours: Columns, theirs: Columns) -> None:
    """Every column is the same, to its type."""
    for name in ("ids", "units", "public", "begins", "ends"):
        assert _listed(getattr(ours, name)) == _listed(getattr(theirs, name)), name
    for mine, other in zip((*ours.codes, *ours.measures), (*theirs.codes, *theirs.measures), strict=True):
        assert _listed(mine) == _listed(other)
    for place, counterpart in zip(ours.places, theirs.places, strict=True):
        assert place.boxes.tolist() == counterpart.boxes.tolist()
        for name in ("xs", "ys", "parts", "roles", "features"):
            assert _listed(getattr(place.geometry.slots, name)) == _listed(getattr(counterpart.geometry.slots, name)), name


def _listed(column: Any) -> Any:
    return None if column is None else (column.dtype, column.tolist())


@examples(max_examples=150)
@given(plans(3000.0), st.integers(1, 5))
def test_the_columns_are_those_of_shapely(shapes: list[Any], portion: int) -> None:
    rows = rows_of(shapes)
    assert_equal(taken(rows, portion), Builder(Schema(Plain())).columns(rows).in_space())


MIXED = shapely.GeometryCollection([shapely.Point(1, 1), shapely.box(0, 0, 9, 9), shapely.GeometryCollection([shapely.box(3, 3, 5, 5)])])
ODD = {
    "nothing": None,
    "an empty point": shapely.Point(),
    "an empty polygon": shapely.Polygon(),
    "an empty part": shapely.MultiPolygon([shapely.Polygon(), shapely.box(0, 0, 5, 5)]),
    "a collection": MIXED,
    "a collection of points and an empty polygon": shapely.GeometryCollection([shapely.Point(1, 1), shapely.Polygon()]),
    "an empty collection": shapely.GeometryCollection(),
    "heights": shapely.Polygon([(0, 0, 1), (5, 0, 2), (5, 5, 3)], [[(1, 1, 0), (2, 1, 0), (2, 2, 0)]]),
    "beyond the world": shapely.LineString([(-3e7, 0), (3e7, 9e9)]),
    "lines": shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 7), (8, 8)]]),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_geometries(name: str) -> None:
    flavour = {"flavor": "iso"}
    rows = [(7, "a", "b", None, None, None, None, None if ODD[name] is None else shapely.to_wkb(ODD[name], **flavour))]
    assert_equal(taken(rows), Builder(Schema(Plain())).columns(rows).in_space())


def test_curves_are_not_supported() -> None:
    circle = bytes.fromhex(
        "01080000000300000000000000000000000000000000000000000000000000F03F000000000000F03F00000000000000400000000000000000"
    )
    with pytest.raises(Unsupported):
        taken([(7, "a", "b", None, None, None, None, circle)])


def test_values_are_numbered_as_they_come_in_however_many() -> None:
    met: list[Any] = []

    def learn(values: list[Any]) -> Any:
        met.extend(values)
        return np.arange(len(met) - len(values) + 1, len(met) + 1)

    values = Distinct(lambda raw: raw.decode(), learn)
    words = [f"đường số {number % 3000}" for number in range(9000)]
    for start in range(0, 9000, 700):
        data, starts, lengths, at = b"", [], [], 0
        for word in words[start : start + 700]:
            raw = word.encode()
            starts.append([at])
            lengths.append([len(raw)])
            data, at = data + raw, at + len(raw)
        codes = values.codes(np.frombuffer(data, np.uint8), np.array(starts, np.int32), np.array(lengths, np.int32), 0)
        assert [met[code - 1] for code in codes.tolist()] == words[start : start + 700]
    assert len(met) == len(set(met)) == 3000


def test_a_column_grows_and_gives_itself_away() -> None:
    column = Growing(np.int32)
    for number in range(1000):
        column.room(1)[column.size] = number
        column.size += 1
    assert column.nbytes == 4000
    assert column.give().tolist() == list(range(1000))
    assert column.size == 0


def test_every_layer_of_the_world(world: World, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        for layer in catalogue.feature_layers():
            loaded = load(layer, 1 << 30).store
            with psycopg.connect(conninfo("test")) as db:
                rows = db.execute(loaded.builder.schema.sql, binary=True).fetchall()
            assert_equal(loaded.base, Builder(Schema(layer)).columns(rows).in_space())
            assert loaded.features == len(rows)


def test_a_budget_is_kept_while_reading(world: World, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), pytest.raises(OverBudget, match="MB"):
        load(next(layer for layer in catalogue.feature_layers() if layer.name == "roads"), 100)


def test_a_budget_may_be_a_layers_own(settings: Any) -> None:
    settings.STORE_BUDGET_MB, settings.STORE_BUDGETS_MB = 7, {"roads": 3}
    layers = {layer.name: budget_of(layer) for layer in catalogue.feature_layers()}
    assert layers["roads"] == 3_000_000
    assert layers["water"] == 7_000_000


def test_a_stream_ends_when_the_process_does(world: World, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "CHUNK", 10)
    stop = threading.Event()
    stop.set()
    with django_db_blocker.unblock(), psycopg.connect(conninfo("test")) as db:
        with pytest.raises(Stopped):
            list(chunks(db, "SELECT generate_series(1, 1000)", stop))
        assert db.closed


def test_a_query_that_fails_says_so(world: World, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), psycopg.connect(conninfo("test")) as db:
        with pytest.raises(psycopg.errors.UndefinedTable):
            list(chunks(db, "SELECT FROM nowhere_at_all", threading.Event()))
        db.rollback()
        with pytest.raises(psycopg.errors.DivisionByZero):
            list(chunks(db, "SELECT 1 / (n - 500) FROM generate_series(1, 1000) n", threading.Event()))


def test_against_the_reader_of_the_other_tests(db: None, world: World) -> None:
    roads = next(layer for layer in catalogue.feature_layers() if layer.name == "roads")
    assert against_sql.load(roads).features == load(roads, 1 << 30).store.features
