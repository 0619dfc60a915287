"""What the change log costs an edit, alone and in bulk."""

from collections.abc import Iterator

from django.db import connection, transaction

from bench.harness import Ratio, alternate, benchmark, milliseconds
from gis_core.changes.tracking import Tracked

_ROWS = 20_000
_TABLES = ("bench_plain", "bench_tracked")


@benchmark
def change_log() -> Iterator[Ratio]:
    """An edit with the change log's triggers ÷ without; the tables go away with the transaction."""
    with transaction.atomic():
        _create()
        ratio, tracked, plain = alternate(lambda: _edit("bench_tracked"), lambda: _edit("bench_plain"), rounds=200)
        yield Ratio("single edit, tracked ÷ not", ratio, "<= 3.0", f"{milliseconds(tracked)} ÷ {milliseconds(plain)}, commit not counted")
        ratio, tracked, plain = alternate(lambda: _insert("bench_tracked"), lambda: _insert("bench_plain"), rounds=5, warm_up=1)
        yield Ratio("bulk insert, tracked ÷ not", ratio, "<= 1.5", f"{_ROWS} rows, {milliseconds(tracked)} ÷ {milliseconds(plain)}")
        transaction.set_rollback(True)


def _create() -> None:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(
                f"CREATE TABLE {table} (id bigserial PRIMARY KEY, admin_unit_id bigint, land_use text, geom geometry(Polygon, 5899),"
                " geom_3857 geometry(Polygon, 3857) GENERATED ALWAYS AS (ST_ForcePolygonCW(ST_Transform(geom, 3857))) STORED)"
            )
            cursor.execute(f"CREATE INDEX ON {table} USING gist (geom_3857)")
            _insert(table)
        cursor.execute(Tracked("bench_tracked").sql())


def _insert(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (admin_unit_id, land_use, geom)"  # noqa: S608  one of our two tables
            " SELECT 1, 'ODT', ST_MakeEnvelope(x, y, x + 9, y + 9, 5899)"
            " FROM (SELECT 577000 + n %% 200 * 10 AS x, 1722000 + n / 200 * 10 AS y FROM generate_series(1, %s) n) lots",
            [_ROWS],
        )


def _edit(table: str) -> None:
    with connection.cursor() as cursor:
        sql = f"UPDATE {table} SET land_use = CASE land_use WHEN 'ODT' THEN 'LUC' ELSE 'ODT' END WHERE id = 77"  # noqa: S608
        cursor.execute(sql)
