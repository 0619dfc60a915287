"""Rows of a file as administrative units: which attribute is the code, which the name, and what they say. Without Django."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis_core.geometry import GeometryFault, require_valid
from gis_core.importing.columns import identifier
from gis_core.importing.faults import Fault, RowFault

# Attributes by their identifiers (fullName is full_name), the likeliest first.
_CODES = ("code", "ma", "ma_xa", "maxa", "ma_dvhc", "madvhc", "ma_don_vi", "unit_code", "ward_code", "commune_code")
_NAMES = ("full_name", "ten_day_du", "fullname", "ten_dvhc", "ten_don_vi", "unit_name", "ward_name", "ten_xa", "tenxa", "name", "ten")
_KINDS = ("type", "kind", "loai", "unit_type", "ward_type", "loai_dvhc")
_AREAS = ("area_km2", "dien_tich_km2", "dientich_km2")
# The longer first: "Thành phố trực thuộc" begins with neither of the others.
KINDS = ("Đặc khu", "Thị trấn", "Thị xã", "Thành phố", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")
DIGITS = {"province": 2, "district": 3, "commune": 5}


@dataclass(frozen=True)
class Attributes:
    """The names of the attributes that hold code and full name, and kind and area (km²) where there are such."""

    code: str
    name: str
    kind: str | None = None
    area: str | None = None


@dataclass(frozen=True)
class UnitRow:
    """A unit as a file gives it; `shape` is EPSG:4326."""

    row: int
    code: str
    name: str
    kind: str
    area_km2: float | None
    shape: MultiPolygon


def find_attributes(names: Sequence[str], code: str | None, name: str | None) -> Attributes | list[str]:
    """Which attributes to read; the words "code" and "name" for those that cannot be found."""
    plain = {identifier(found): found for found in names}

    def first(chosen: str | None, likely: Iterable[str]) -> str | None:
        if chosen is not None:
            return chosen if chosen in names else None
        return next((plain[known] for known in likely if known in plain), None)

    found_code, found_name = first(code, _CODES), first(name, _NAMES)
    if found_code is None or found_name is None:
        return [word for word, found in (("code", found_code), ("name", found_name)) if found is None]
    return Attributes(found_code, found_name, first(None, _KINDS), first(None, _AREAS))


def read_rows(records: Iterable[tuple[int, bytes, Mapping[str, Any]]], attributes: Attributes, level: str) -> Iterator[UnitRow | RowFault]:
    """Units, or what is wrong, from (row number, WKB, attributes by name)."""
    seen: dict[str, int] = {}
    for row, data, values in records:
        unit = _read(row, shapely.from_wkb(data), values, attributes, level)
        if isinstance(unit, UnitRow) and unit.code in seen:
            yield RowFault(row, Fault("duplicate", {"field": attributes.code, "value": unit.code, "other": seen[unit.code]}))
            continue
        if isinstance(unit, UnitRow):
            seen[unit.code] = row
        yield unit


def _read(row: int, shape: BaseGeometry, values: Mapping[str, Any], attributes: Attributes, level: str) -> UnitRow | RowFault:
    digits = DIGITS[level]
    # Numbers have lost their leading zeros; codes are text of a fixed length.
    code = str(values[attributes.code] if values[attributes.code] is not None else "").strip().zfill(digits)
    if len(code) != digits or not (code.isdecimal() and code.isascii()):
        return RowFault(row, Fault("bad-code", {"value": code[:20], "level": level, "digits": digits}))
    kind, name = full_name(str(values[attributes.name] or ""), str(values.get(attributes.kind or "") or ""))
    if not name:
        return RowFault(row, Fault("no-name", {"unit": code}))
    if not isinstance(shape, Polygon | MultiPolygon):
        return RowFault(row, Fault("not-a-surface", {"unit": code, "kind": shape.geom_type}))
    try:
        require_valid(shape, 4326)
    except GeometryFault as fault:
        return RowFault(row, Fault(fault.code, fault.params))
    area = values.get(attributes.area or "")
    surface = shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])
    return UnitRow(row, code, name, kind, float(area) if isinstance(area, int | float) else None, surface)


def full_name(name: str, kind: str = "") -> tuple[str, str]:
    """Kind and full name, composed (NFC): ("Phường", "Phường Tam Kỳ") from "Phường Tam Kỳ", or from "Tam Kỳ" and "phường"."""
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    for known in KINDS:
        if plain.lower().startswith(known.lower() + " "):
            return known, plain
    stated = " ".join(unicodedata.normalize("NFC", kind).split()).capitalize()
    return (stated, f"{stated} {plain}") if plain and stated in KINDS else ("", plain)
