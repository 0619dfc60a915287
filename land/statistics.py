"""Area statistics by unit and land use. Everything is summed in whole cents of a square metre, so that parts add up to totals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db import connection
from django.db.models import Count

from gis_core.access import Reach
from gis_core.models import AdminUnit
from land.layers import Parcels
from land.models import LandUseCode

# Hand SQL: one pass over parcels and uses with a fallback for parcels whose register has one use without a row of its own.
_SUMS = """
    SELECT p.admin_unit_id, coalesce(u.code_id, p.land_use), count(*),
           sum(round(coalesce(u.area_m2, p.area_m2)::numeric * 100))::bigint
    FROM ({rows}) p LEFT JOIN land_parcellanduse u ON u.parcel_id = p.id
    GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Line:
    """A unit's ground under one land-use code; `code` empty: all of it. Areas in hundredths of a square metre."""

    unit: str
    path: str
    code: str
    use: str
    parcels: int
    cents: int

    @property
    def area_m2(self) -> float:
        """Square metres."""
        return self.cents / 100


def area_table(reach: Reach, on: date) -> list[Line]:
    """Lines of every commune inside `reach` on a day, of the units above them, and their totals; units by path, codes by name.

    `parcels` counts a parcel of two uses under both codes, and once in the unit's total.
    """
    if not reach:
        return []
    cents = _sums(reach, on)
    units = {unit.pk: unit for unit in AdminUnit.objects.filter(pk__in={unit for unit, _code in cents}).defer("geom", "geom_3857")}
    names = {code.code: code.name for code in LandUseCode.objects.all()}
    totals: dict[tuple[str, str], list[int]] = {}
    counted = _parcels(reach, on)
    for (unit, code), (parcels, area) in cents.items():
        for path in _upwards(units[unit].path):
            _add(totals, (path, code), parcels, area)
            _add(totals, (path, ""), 0, area)
    for unit, parcels in counted.items():
        for path in _upwards(units[unit].path):
            _add(totals, (path, ""), parcels, 0)
    labels = _labels(units.values(), on)
    return [
        Line(labels.get(path, path), path, code, names.get(code, ""), parcels, area)
        for (path, code), (parcels, area) in sorted(totals.items(), key=lambda item: item[0])
    ]


def _add(totals: dict[tuple[str, str], list[int]], key: tuple[str, str], parcels: int, area: int) -> None:
    held = totals.setdefault(key, [0, 0])
    held[0] += parcels
    held[1] += area


def _sums(reach: Reach, on: date) -> dict[tuple[int, str], tuple[int, int]]:
    rows = Parcels().rows(reach, on).filter(admin_unit__isnull=False).order_by().values("id", "admin_unit_id", "land_use", "area_m2")
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(rows=sql), values)
        return {(unit, code): (parcels, area) for unit, code, parcels, area in cursor.fetchall()}


def _parcels(reach: Reach, on: date) -> dict[int, int]:
    rows = Parcels().rows(reach, on).filter(admin_unit__isnull=False).order_by()
    return dict(rows.values_list("admin_unit_id").annotate(count=Count("pk")))


def _upwards(path: str) -> Sequence[str]:
    """A unit's path and those of the units above it: "48/20341/" and "48/"."""
    codes = path.strip("/").split("/")
    return ["/".join(codes[: end + 1]) + "/" for end in range(len(codes))]


def _labels(units: Iterable[AdminUnit], on: date) -> dict[str, str]:
    paths = {path for unit in units for path in _upwards(unit.path)}
    above = AdminUnit.objects.as_of(on).filter(path__in=paths).values_list("path", "name")
    own = {unit.path: unit.name for unit in units}
    return {**own, **dict(cast("Iterable[tuple[str, str]]", above))}
