"""Parcels from a GeoPackage into the register, against ogr2ogr into a table like it.

ogr2ogr cannot write into a table with a generated column. Its table is `LIKE land_parcel` with every index, constraint, foreign
key and trigger, and a trigger computes there what PostgreSQL generates here; it is as full as the register.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from bench.harness import Ratio, benchmark
from gis_core.changes.tracking import Tracked
from gis_core.models import AdminUnit, User
from land.exporting.files import _write
from land.exporting.rows import Row, columns
from land.importing.pipeline import examine, read_file, write
from land.importing.request import Asked
from land.models import LandUseCode
from land.mutations.bulk import Hands
from tests.land.importing.files import square

COUNT, ROUNDS = 60_000, 3
"""Lots side by side, and how often both ways are gone."""
FIRST_SHEET = 900_000
"""Above every sheet of the town's copies."""


class _Undo(Exception):
    """Ends a transaction without a trace."""


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@benchmark
def parcels_in() -> Iterator[Ratio]:
    """Reading and writing 60,000 parcels ÷ ogr2ogr into a table with the same indexes, triggers and constraints."""
    if shutil.which("ogr2ogr") is None:
        raise SystemExit("ogr2ogr is not installed (gdal-bin).")
    LandUseCode.objects.get_or_create(code="ODT", defaults={"name": "Đất ở tại đô thị", "fill": "#ffa0ff"})
    unit = AdminUnit.objects.current().filter(level=AdminUnit.Level.COMMUNE).order_by("pk")[0]
    author = User.objects.filter(is_active=True).order_by("pk")[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "parcels.gpkg"
        _make(path, unit)
        ours, validation, theirs = [], 0.0, []
        with _twin():
            for _round in range(ROUNDS):
                theirs.append(_ogr2ogr(path, unit))
                seconds, validation = _import(path, unit, author)
                ours.append(seconds)
    ratio = min(ours) / min(theirs)
    detail = f"{COUNT} parcels with their uses and their line in the journal: {min(ours):.1f} s ÷ {min(theirs):.1f} s; "
    yield Ratio("import of 60,000 parcels ÷ ogr2ogr", ratio, "<= 1.5", f"{detail}examining them {validation:.1f} s")


def _make(path: Path, unit: AdminUnit) -> None:
    rows = []
    for number in range(1, COUNT + 1):
        shape = square(number % 300, number // 300 + 1_000)
        key = ("", "", unit.code, FIRST_SHEET + number // 500, number % 500 + 1, "", None, None)
        rows.append(Row(number, shape, (*key, "ODT", "ODT=400.0", 400.0, 400.0, f"{number} Trần Cao Vân", "active", "2026-01-01"), ()))
    _write(path, rows, "GPKG", dict(columns(rows)), layer="thua_dat")


def _import(path: Path, unit: AdminUnit, author: User) -> tuple[float, float]:
    """Seconds of reading and writing, and of examining."""
    began = time.perf_counter()
    reading = read_file(path, Asked(), unit, _quiet)
    read = time.perf_counter()
    examined = examine(reading, unit, timezone.localdate(), _quiet)
    checked = time.perf_counter()
    try:
        with transaction.atomic():
            write(examined.rows, examined.register, unit, Hands(author), timezone.localdate(), "bench", _quiet)
            # What a commit would check, as ogr2ogr's does.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            done = time.perf_counter()
            raise _Undo
    except _Undo:
        pass
    return read - began + done - checked, checked - read


_TABLE = "bench_parcels_in"


@contextmanager
def _twin() -> Iterator[None]:
    """ogr2ogr's table, filled with the register's rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_TABLE}; DROP FUNCTION IF EXISTS {_TABLE}()")
        cursor.execute(f"CREATE TABLE {_TABLE} (LIKE land_parcel INCLUDING ALL EXCLUDING GENERATED)")
        cursor.execute(
            f"ALTER TABLE {_TABLE} ADD FOREIGN KEY (admin_unit_id) REFERENCES gis_core_adminunit (id) DEFERRABLE INITIALLY DEFERRED"
        )
        cursor.execute(
            f"ALTER TABLE {_TABLE} ADD FOREIGN KEY (old_unit_id) REFERENCES gis_core_adminunit (id) DEFERRABLE INITIALLY DEFERRED"
        )
        cursor.execute(f"INSERT INTO {_TABLE} SELECT * FROM land_parcel")  # noqa: S608  a name of ours
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{_TABLE}', 'id'), max(id)) FROM {_TABLE}")  # noqa: S608
        cursor.execute(_GENERATED)
        expression = re.sub(r"\bgeom\b", "NEW.geom", cursor.fetchone()[0])
        body = f"BEGIN NEW.geom_3857 := {expression}; RETURN NEW; END"
        cursor.execute(f"CREATE FUNCTION {_TABLE}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        cursor.execute(f"CREATE TRIGGER generated BEFORE INSERT ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION {_TABLE}()")
        cursor.execute(Tracked(_TABLE).sql())
        cursor.execute(f"ANALYZE {_TABLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {_TABLE}; DROP FUNCTION {_TABLE}(); DROP FUNCTION change_log_of_{_TABLE}()")
            cursor.execute("DELETE FROM change_log WHERE table_name = %s", [_TABLE])


_GENERATED = """
    SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE d.adrelid = 'land_parcel'::regclass AND a.attname = 'geom_3857'
"""
_SELECT = """
    SELECT geom, lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
    || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) AS uid, soTo AS sheet_no, soThua AS parcel_no, diaChi AS address,
    loaiDat AS land_use, loaiDat AS land_use_label, dienTich AS area_m2, dtPhapLy AS legal_area_m2, 'active' AS status, 1 AS version,
    '2026-01-01' AS valid_from, '' AS geohash, 0 AS is_demo, '2026-01-01 00:00:00' AS updated_at, {unit} AS admin_unit_id FROM thua_dat
"""


def _ogr2ogr(path: Path, unit: AdminUnit) -> float:
    """Seconds; its rows are deleted afterwards, outside of the measurement."""
    values = connection.settings_dict
    place = {
        "dbname": values["NAME"],
        "user": values["USER"],
        "password": values["PASSWORD"],
        "host": values["HOST"],
        "port": values["PORT"],
    }
    target = "PG:" + " ".join(f"{key}='{value}'" for key, value in place.items() if value)
    sql = _SELECT.format(unit=unit.pk)
    command = ["ogr2ogr", "-append", "-nln", _TABLE, "-nlt", "POLYGON", "-dialect", "SQLite", "-sql", sql, "-gt", "unlimited"]
    environment = {**os.environ, "PGPASSWORD": values["PASSWORD"] or "", "PG_USE_COPY": "YES"}
    began = time.perf_counter()
    done = subprocess.run([*command, target, str(path)], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"ogr2ogr: {done.stderr[:600]}")
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE} WHERE id > (SELECT max(id) FROM land_parcel)")  # noqa: S608
        if cursor.rowcount != COUNT:
            raise SystemExit(f"ogr2ogr wrote {cursor.rowcount} rows.")
    return seconds
