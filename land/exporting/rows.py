"""The parcels of an export, read once, under the names that registers know (at most ten letters, for .dbf)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from gis_core.access import Reach
from gis_core.errors import TooLarge
from gis_core.models import AdminUnit
from land.importing.columns import UsePart, written
from land.layers import Parcels
from land.models import ParcelLandUse

MOST = 150_000
FIELDS = (
    *("thuaDatId", "maThua", "maXa", "soTo", "soThua", "maXaCu", "soToCu", "soThuaCu"),
    *("loaiDat", "mucDich", "dienTich", "dtPhapLy", "diaChi", "trangThai", "hieuLucTu"),
)
NUMBERS = frozenset({"soTo", "soThua", "soToCu", "soThuaCu"})
AREAS = frozenset({"dienTich", "dtPhapLy"})


@dataclass(frozen=True)
class Row:
    """A parcel as it is exported; `values` in the order of FIELDS, the outline in EPSG:5899 with every stored digit."""

    pk: int
    shape: shapely.Polygon
    values: tuple[Any, ...]
    uses: tuple[UsePart, ...]

    def named(self) -> dict[str, Any]:
        """The values by name."""
        return dict(zip(FIELDS, self.values, strict=True))


def rows_of(reach: Reach, units: Sequence[AdminUnit] | None, sheet: int | None, on: date) -> list[Row]:
    """The parcels inside a reach on a day, by sheet and number; of some units, of one sheet. Raises TooLarge."""
    found = Parcels().rows(reach, on).order_by("admin_unit", "sheet_no", "parcel_no", "pk")
    if units is not None:
        found = found.filter(admin_unit__in=units)
    if sheet is not None:
        found = found.filter(sheet_no=sheet)
    if (count := found.count()) > MOST:
        raise TooLarge(f"{count} > {MOST}")
    names = ("pk", "uid", "geohash", "admin_unit__code", "sheet_no", "parcel_no", "old_unit__code", "old_sheet_no", "old_parcel_no")
    more = ("land_use_label", "land_use", "area_m2", "legal_area_m2", "address", "status", "valid_from", "geom")
    tuples = list(found.values_list(*names, *more))
    uses = _uses([values[0] for values in tuples])
    return [_row(values, uses) for values in tuples]


def _row(values: tuple[Any, ...], uses: dict[int, tuple[UsePart, ...]]) -> Row:
    pk, uid, geohash, *rest = values
    unit, sheet, number, old_unit, old_sheet, old_number, label, use, area, legal, address, status, since, geom = rest
    parts = uses.get(pk) or (UsePart(use, area),)
    key = (str(uid), geohash, unit or "", sheet, number, old_unit or "", old_sheet, old_number)
    about = (label or use, written(parts), area, legal, address, status, since.isoformat())
    return Row(pk, shapely.from_wkb(bytes(geom.wkb)), key + about, parts)


def _uses(pks: list[int]) -> dict[int, tuple[UsePart, ...]]:
    """All land uses; the one that the map shows first."""
    found: dict[int, list[UsePart]] = {}
    for begin in range(0, len(pks), 20_000):
        some = ParcelLandUse.objects.filter(parcel__in=pks[begin : begin + 20_000]).order_by("parcel", "pk")
        for pk, code, area, origin, term in some.values_list("parcel_id", "code_id", "area_m2", "origin", "term_until"):
            found.setdefault(pk, []).append(UsePart(code, area, origin, term))
    return {pk: tuple(parts) for pk, parts in found.items()}


def columns(rows: Sequence[Row]) -> Iterator[tuple[str, list[Any]]]:
    """The values by column."""
    for index, name in enumerate(FIELDS):
        yield name, [row.values[index] for row in rows]
