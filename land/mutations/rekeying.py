"""A reform of units, run over the parcels as data: new unit and sheet, and the key before it kept.

The file has a line for each sheet: old_unit, old_sheet, new_unit, new_sheet, with codes as they are on the day before and on
the day of the reform. A sheet that the reform divides has a line for each new unit; a parcel goes where it lies. Keys of every
earlier generation stay and answer for their days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from gis_core.models import AdminUnit

SHOWN = 20
# Hand SQL: one statement over a commune's parcels, whose unit is looked up by place only where a sheet is divided.
_AIMS = """
    CREATE TEMPORARY TABLE land_rekeying ON COMMIT DROP AS
    WITH line AS (
        SELECT * FROM unnest(%(old_unit)s::bigint[], %(old_sheet)s::int[], %(new_unit)s::bigint[], %(new_sheet)s::int[])
            AS line(old_unit, old_sheet, new_unit, new_sheet)
    ), counted AS (SELECT *, count(*) OVER (PARTITION BY old_unit, old_sheet) AS parts FROM line)
    SELECT p.uid, p.sheet_no, p.parcel_no, p.admin_unit_id, p.old_unit_id, p.old_until, aim.new_unit, aim.new_sheet
    FROM land_parcel p
    LEFT JOIN LATERAL (
        SELECT l.new_unit, l.new_sheet FROM counted l
        JOIN gis_core_adminunit u ON u.id = l.new_unit
        WHERE l.old_unit = p.admin_unit_id AND l.old_sheet = p.sheet_no
          AND (l.parts = 1 OR ST_Covers(u.geom_3857, ST_PointOnSurface(p.geom_3857)))
        ORDER BY l.new_unit LIMIT 1
    ) aim ON true
    WHERE p.superseded_at IS NULL AND p.admin_unit_id = ANY(%(old_unit)s)
"""
_COLLISIONS = """
    SELECT n.name, k.new_sheet, k.parcel_no, count(*) FROM (
        SELECT r.new_unit, r.new_sheet, r.parcel_no FROM land_rekeying r JOIN land_parcel p USING (uid)
        WHERE r.new_unit IS NOT NULL AND p.superseded_at IS NULL AND p.valid_to IS NULL
        UNION ALL
        SELECT p.admin_unit_id, p.sheet_no, p.parcel_no FROM land_parcel p
        WHERE p.valid_to IS NULL AND p.admin_unit_id IN (SELECT new_unit FROM land_rekeying)
          AND NOT EXISTS (SELECT FROM land_rekeying r WHERE r.uid = p.uid)
    ) k JOIN gis_core_adminunit n ON n.id = k.new_unit
    GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 1, 2, 3
"""
# The key before the last reform makes room for today's. Since when it held, the one before it knows.
_KEEP = """
    INSERT INTO land_parcelkey (uid, unit_id, sheet_no, parcel_no, since, until)
    SELECT p.uid, p.old_unit_id, p.old_sheet_no, p.old_parcel_no, max(k.until), p.old_until
    FROM land_parcel p JOIN land_rekeying r USING (uid) LEFT JOIN land_parcelkey k ON k.uid = p.uid
    WHERE p.superseded_at IS NULL AND p.old_unit_id IS NOT NULL AND p.old_sheet_no IS NOT NULL AND p.old_parcel_no IS NOT NULL
    GROUP BY p.uid, p.old_unit_id, p.old_sheet_no, p.old_parcel_no, p.old_until
"""
# Past versions too: who sees a parcel sees its history, and the old key stands in every row that held before the reform.
_WRITE = """
    UPDATE land_parcel p SET
        old_unit_id = r.admin_unit_id, old_sheet_no = p.sheet_no, old_parcel_no = p.parcel_no, old_until = %(on)s,
        admin_unit_id = r.new_unit, sheet_no = r.new_sheet, updated_at = CASE WHEN p.superseded_at IS NULL THEN now() ELSE p.updated_at END
    FROM land_rekeying r WHERE r.uid = p.uid
"""


@dataclass(frozen=True)
class Line:
    """A sheet's way through the reform, in codes."""

    old_unit: str
    old_sheet: int
    new_unit: str
    new_sheet: int


@dataclass(frozen=True)
class Rekeyed:
    """What a reform does: parcels that got a new key, and what forbids it. With faults nothing was written."""

    parcels: int
    faults: tuple[str, ...] = ()


def rekey(lines: Iterable[Line], on: date, *, dry_run: bool = False) -> Rekeyed:
    """Give the parcels of the old units their keys from `on` on, all or nothing. Raises BadParameter for an unknown unit."""
    rows = list(lines)
    before, after = _units(on - timedelta(days=1), (row.old_unit for row in rows)), _units(on, (row.new_unit for row in rows))
    values = {
        "old_unit": [before[row.old_unit] for row in rows],
        "old_sheet": [row.old_sheet for row in rows],
        "new_unit": [after[row.new_unit] for row in rows],
        "new_sheet": [row.new_sheet for row in rows],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # Nobody publishes meanwhile; readers go on.
        cursor.execute("LOCK TABLE land_parcel IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DROP TABLE IF EXISTS land_rekeying")
        cursor.execute(_AIMS, values)
        faults = _faults(on)
        cursor.execute("SELECT count(*) FROM land_rekeying WHERE new_unit IS NOT NULL")
        count = int(cursor.fetchone()[0])
        if not faults and not dry_run:
            cursor.execute(_KEEP)
            cursor.execute(_WRITE, {"on": on})
    return Rekeyed(0 if faults else count, faults)


def _faults(on: date) -> tuple[str, ...]:
    """Sentences, at most twenty of a kind."""
    with connection.cursor() as run:
        return (*_without_aim(run), *_keyed_since(run, on), *_collisions(run))


def _without_aim(run: CursorWrapper) -> list[str]:
    run.execute("SELECT sheet_no, count(*) FROM land_rekeying WHERE new_unit IS NULL GROUP BY 1 ORDER BY 1 LIMIT %s", [SHOWN])
    sentence = _("Sheet %(sheet)d: no line of the file says where %(count)d parcels go.")
    return [sentence % {"sheet": sheet, "count": count} for sheet, count in run.fetchall()]


def _keyed_since(run: CursorWrapper, on: date) -> list[str]:
    wanted = "SELECT sheet_no, parcel_no, old_until FROM land_rekeying WHERE old_unit_id IS NOT NULL AND old_until >= %s"
    run.execute(wanted + " ORDER BY 1, 2 LIMIT %s", [on, SHOWN])
    sentence = _("Parcel %(sheet)d/%(number)d got its key by the reform of %(day)s; another reform comes after that.")
    return [sentence % {"sheet": sheet, "number": number, "day": day.strftime("%d/%m/%Y")} for sheet, number, day in run.fetchall()]


def _collisions(run: CursorWrapper) -> list[str]:
    run.execute(_COLLISIONS + " LIMIT %s", [SHOWN])
    sentence = _("%(unit)s, sheet %(sheet)d, number %(number)d would be the key of %(count)d parcels.")
    keys = ("unit", "sheet", "number", "count")
    return [sentence % dict(zip(keys, row, strict=True)) for row in run.fetchall()]


def _units(day: date, codes: Iterable[str]) -> Mapping[str, int]:
    """Communes by code as of a day."""
    wanted = set(codes)
    known = dict(AdminUnit.objects.as_of(day).filter(code__in=wanted, level=AdminUnit.Level.COMMUNE).values_list("code", "pk"))
    if missing := sorted(wanted - known.keys()):
        sentence = _("There is no commune with the code %(code)s on %(day)s.")
        raise BadParameter(sentence % {"code": missing[0], "day": day.strftime("%d/%m/%Y")}, field="unit")
    return known
