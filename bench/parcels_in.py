"""Parcels from a GeoPackage into the register, against ogr2ogr into the same table."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from bench.harness import Ratio, benchmark
from gis_core.models import AdminUnit, User
from land.exporting.files import _write
from land.exporting.rows import Row, columns
from land.importing.pipeline import examine, read_file, write
from land.importing.request import Asked
from land.models import LandUseCode, ParcelLandUse
from land.rows import EVERYBODY, parcels
from tests.land.importing.files import square

COUNT, ROUNDS = 60_000, 3
"""Lots side by side, and how often both ways are gone."""


class _Undo(Exception):
    """Ends a transaction without a trace."""


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@benchmark
def parcels_in() -> Iterator[Ratio]:
    """Reading and writing 60,000 parcels ÷ ogr2ogr into the same table with its indexes, triggers and constraints."""
    if shutil.which("ogr2ogr") is None:
        raise SystemExit("ogr2ogr is not installed (gdal-bin).")
    LandUseCode.objects.get_or_create(code="ODT", defaults={"name": "Đất ở tại đô thị", "fill": "#ffa0ff"})
    unit = AdminUnit.objects.current().filter(level=AdminUnit.Level.COMMUNE).order_by("pk")[0]
    author = User.objects.filter(is_active=True).order_by("pk")[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "parcels.gpkg"
        _make(path, unit)
        ours, validation, theirs = [], 0.0, []
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
        key = ("", "", unit.code, 9_000 + number // 500, number % 500 + 1, "", None, None)
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
            write(examined.rows, examined.register, unit, author, timezone.localdate(), "bench", _quiet)
            done = time.perf_counter()
            raise _Undo
    except _Undo:
        pass
    return read - began + done - checked, checked - read


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
    command = ["ogr2ogr", "-append", "-nln", "land_parcel", "-nlt", "POLYGON", "-dialect", "SQLite", "-sql", sql, "-gt", "unlimited"]
    began = time.perf_counter()
    subprocess.run([*command, "--config", "PG_USE_COPY", "YES", target, str(path)], check=True, capture_output=True)  # noqa: S603
    seconds = time.perf_counter() - began
    rows = parcels(EVERYBODY).filter(admin_unit=unit, sheet_no__gte=9_000)
    ParcelLandUse.objects.filter(parcel__in=rows).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM land_parcel WHERE admin_unit_id = %s AND sheet_no >= 9000", [unit.pk])
    return seconds
