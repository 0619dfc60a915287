"""Loads land-use codes and parcels."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import shapely
from django.db import connection

from gis_core.changes.tracking import quote
from gis_core.models import AdminUnit
from gis_core.pilot import bulk, plan
from gis_core.pilot.ragged import Ints
from gis_core.pilot.steps import Run, pilot_step
from land.models import ORIGIN, LandUseCode, Parcel, ParcelKey, ParcelLandUse
from land.pilot import crops  # noqa: F401  registers its step
from land.pilot.ahead import Ahead
from land.pilot.holders import clear_work
from land.pilot.parcels import Generator, ParcelBatch

PARCELS_AT_SCALE_1 = 67_000
PARCEL = bulk.target(
    Parcel,
    (
        "id", "uid", "admin_unit", "is_demo", "updated_at", "sheet_no", "parcel_no", "old_unit", "old_sheet_no", "old_parcel_no",
        "geohash", "address", "land_use", "land_use_label", "area_m2", "legal_area_m2", "status", "version", "valid_from", "geom",
    ),
)  # fmt: skip
LAND_USE = bulk.target(ParcelLandUse, ("parcel", "code", "area_m2"))
FORMER_KEY = bulk.target(ParcelKey, ("uid", "unit", "sheet_no", "parcel_no", "until"))
MEASURED_ROWS = 30_000


def _clear_codes() -> None:
    """The codes are facts, not demo data: they stay."""


@pilot_step("land_use_codes", clear=_clear_codes)
def load_land_use_codes(run: Run, _part: str) -> int:
    """The code table; codes that an officer already changed keep their values."""
    rows = list(plan.read_rows("land_use_codes.csv"))
    for row in rows:
        LandUseCode.objects.get_or_create(
            code=row["code"],
            defaults={"name": row["name"], "fill": row["fill"], "valid_from": _day(row["valid_from"]), "valid_to": _day(row["valid_to"])},
        )
    for row in rows:
        if row["successor"]:
            LandUseCode.objects.filter(code=row["code"], successor=None).update(successor=row["successor"])
    run.progress.advance(len(rows))
    return len(rows)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _clear_parcels() -> None:
    """Delete the demo parcels with their land uses and with what officers did to them."""
    clear_work()
    parcels, uses, keys = quote(PARCEL.table), quote(LAND_USE.table), quote(FORMER_KEY.table)
    with connection.cursor() as cursor:
        # By SQL: the ORM would read a million rows to find what hangs on them.
        cursor.execute(f"DELETE FROM {uses} WHERE parcel_id IN (SELECT id FROM {parcels} WHERE is_demo)")  # noqa: S608
        cursor.execute(f"DELETE FROM {keys} WHERE uid IN (SELECT uid FROM {parcels} WHERE is_demo)")  # noqa: S608
        cursor.execute(f"DELETE FROM {parcels} WHERE is_demo")  # noqa: S608


def _communes() -> list[str]:
    """Codes of the communes of 2020: the parcels of each are one part of the load."""
    rows = plan.read_rows("admin_units.csv")
    return sorted(row["code"] for row in rows if row["level"] == "commune" and row["valid_from"] == plan.FIRST_GENERATION)


@lru_cache(maxsize=1)
def _generator(seed: int, scale: float) -> Ahead:
    return Ahead(Generator(seed, scale))


@pilot_step(
    "parcels",
    clear=_clear_parcels,
    after=("admin_units", "land_use_codes"),
    parts=_communes,
    size=lambda scale: int(PARCELS_AT_SCALE_1 * scale**0.92),
)
def load_parcels(run: Run, part: str) -> int:
    """The parcels of one commune of 2020 with their land uses and the keys that they had before."""
    batch = _generator(run.seed, run.scale).batch(_communes().index(part))
    first = _commune(part, plan.FIRST_GENERATION)
    old, new = (_commune(plan.successors(day)[part], day) for day in (plan.BEFORE_REFORM, plan.TODAY))
    ids = bulk.new_ids(PARCEL.table, len(batch))
    rows = bulk.copy(PARCEL, _columns(batch, ids, new.pk, old.pk, run.moment.isoformat()), run.progress.advance)
    bulk.copy(LAND_USE, _use_columns(batch, ids))
    if first != old:
        bulk.copy(FORMER_KEY, _former_keys(batch, first))
    return rows


@pilot_step("parcels_rate", clear=_clear_codes, after=("parcels",))
def measure(run: Run, _part: str) -> int:
    """Say how fast the server takes the same rows by COPY alone, for comparison with the line above."""
    rows, seconds = bulk.bare_rate(PARCEL, "is_demo", MEASURED_ROWS)
    run.progress.remark(f"bare COPY of {rows:,} of these rows: {seconds:.1f} s, {rows / max(seconds, 1e-3):,.0f} rows/s")
    return 0


def _commune(code: str, day: str) -> AdminUnit:
    """The commune with this code on a day."""
    return AdminUnit.objects.as_of(date.fromisoformat(day)).get(code=code, level=AdminUnit.Level.COMMUNE)


def _columns(batch: ParcelBatch, ids: list[int], new: int, old: int, moment: str) -> Sequence[Sequence[str]]:
    """The columns of PARCEL as texts."""
    count = len(batch)
    main = [label.split("+")[0] for label in batch.uses.label]
    return (
        list(map(str, ids)),
        batch.uid,
        [str(new)] * count,
        ["t"] * count,
        [moment] * count,
        _numbers(batch.numbers.sheet_2025),
        _numbers(batch.numbers.parcel),
        [str(old)] * count,
        _numbers(batch.numbers.sheet_march),
        _numbers(batch.numbers.parcel),
        batch.geohash,
        batch.address,
        main,
        batch.uses.label,
        _areas(batch.tenths),
        _areas(batch.legal_tenths),
        batch.status,
        ["1"] * count,
        [ORIGIN.isoformat()] * count,
        shapely.to_wkb(batch.polygons, hex=True, include_srid=True).tolist(),
    )


def _use_columns(batch: ParcelBatch, ids: list[int]) -> Sequence[Sequence[str]]:
    """The columns of LAND_USE: one row a parcel, two where it has two uses."""
    rows: list[tuple[str, str, str]] = []
    for key, label, first, second in zip(ids, batch.uses.label, batch.uses.first.tolist(), batch.uses.second.tolist(), strict=True):
        for code, tenths in zip(label.split("+"), (first, second), strict=False):
            rows.append((str(key), code, f"{tenths / 10:.1f}"))
    return tuple(zip(*rows, strict=True))


def _former_keys(batch: ParcelBatch, unit: AdminUnit) -> Sequence[Sequence[str]]:
    """The columns of FORMER_KEY: the keys in a unit that ended before the last reform."""
    count = len(batch)
    ended = unit.valid_to.isoformat() if unit.valid_to else ""
    return batch.uid, [str(unit.pk)] * count, _numbers(batch.numbers.sheet), _numbers(batch.numbers.parcel), [ended] * count


def _numbers(values: Ints) -> list[str]:
    return list(map(str, values.tolist()))


def _areas(tenths: Ints) -> list[str]:
    return [f"{value / 10:.1f}" for value in tenths.tolist()]
