"""What the change log costs an edit, alone and in bulk, the commit included."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from bench.harness import Ratio, alternate, benchmark, milliseconds
from gis_core.changes.tracking import Tracked

_ROWS, _BULK = 20_000, 100_000
_SINGLE = ("bench_single_plain", "bench_single_tracked")
_MANY = ("bench_bulk_plain", "bench_bulk_tracked")


@benchmark
def change_log() -> Iterator[Ratio]:
    """An edit with the change log's triggers ÷ without, each in a transaction of its own."""
    with _tables():
        ratio, tracked, plain = alternate(lambda: _edit(_SINGLE[1]), lambda: _edit(_SINGLE[0]), rounds=300, warm_up=20)
        times = f"{milliseconds(tracked)} ÷ {milliseconds(plain)}, a parcel with all its indexes, {_durability()}"
        yield Ratio("single edit, tracked ÷ not", ratio, "<= 1.3", times)
        ratio, tracked, plain = alternate(lambda: _insert(_MANY[1]), lambda: _insert(_MANY[0]), rounds=5, warm_up=1)
        yield Ratio("bulk insert, tracked ÷ not", ratio, "<= 1.3", f"{_BULK} rows, {milliseconds(tracked)} ÷ {milliseconds(plain)}")


def _durability() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        return "commits reach the disk" if cursor.fetchone() == ("on", "on") else "commits do not wait for the disk"


@contextmanager
def _tables() -> Iterator[None]:
    """Two pairs of tables, one of each under the log; what they wrote to it goes with them."""
    _drop()
    with connection.cursor() as cursor:
        for table in _SINGLE:
            cursor.execute(f"CREATE TABLE {table} (LIKE land_parcel INCLUDING ALL)")
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'", [table])
            names = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM land_parcel ORDER BY id LIMIT {_ROWS}")  # noqa: S608
        for table in _MANY:
            cursor.execute(
                f"CREATE TABLE {table} (id bigserial PRIMARY KEY, admin_unit_id bigint, land_use text, geom geometry(Polygon, 5899),"
                " geom_3857 geometry(Polygon, 3857) GENERATED ALWAYS AS (ST_ForcePolygonCW(ST_Transform(geom, 3857))) STORED)"
            )
            cursor.execute(f"CREATE INDEX ON {table} USING gist (geom_3857)")
        for table in (_SINGLE[1], _MANY[1]):
            cursor.execute(Tracked(table).sql())
    try:
        yield
    finally:
        _drop()


def _drop() -> None:
    with connection.cursor() as cursor:
        for table in (*_SINGLE, *_MANY):
            cursor.execute(f"DROP TABLE IF EXISTS {table}; DROP FUNCTION IF EXISTS change_log_of_{table}()")
        cursor.execute("DELETE FROM change_log WHERE table_name = ANY(%s)", [[*_SINGLE, *_MANY]])


def _insert(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (admin_unit_id, land_use, geom)"  # noqa: S608  one of our own tables
            " SELECT 1, 'ODT', ST_MakeEnvelope(x, y, x + 9, y + 9, 5899)"
            " FROM (SELECT 577000 + n %% 200 * 10 AS x, 1722000 + n / 200 * 10 AS y FROM generate_series(1, %s) n) lots",
            [_BULK],
        )


def _edit(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET land_use = CASE land_use WHEN 'ODT' THEN 'LUC' ELSE 'ODT' END"  # noqa: S608
            f" WHERE id = (SELECT min(id) FROM {table})"
        )
