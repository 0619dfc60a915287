"""Which column of a file is what, by the names that Vietnamese registers give them; and how land uses are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from gis_core.importing.columns import identifier

# Names without case, signs and underscores, the ones of VBDLIS and of the circular on cadastral maps first.
_NAMES: dict[str, tuple[str, ...]] = {
    "sheet_no": ("sohieutobando", "soto", "sotobando", "shbando", "tobando", "shtobando", "sheetno", "sheet", "tobd", "to", "sohieuto"),
    "parcel_no": ("sothututhua", "sothua", "shthua", "sohieuthua", "parcelno", "parcel", "thua", "sothuadat"),
    "unit": ("maxa", "xaid", "madvhc", "unit"),
    "old_unit": ("maxacu", "xaidcu", "oldunit"),
    "old_sheet_no": ("sohieutobandocu", "sotocu", "tobandocu", "oldsheetno"),
    "old_parcel_no": ("sothututhuacu", "sothuacu", "oldparcelno"),
    "uses": ("mucdich", "landuses"),
    "label": (
        *("kyhieumucdichsudung", "loaidat", "mucdichsudung", "kyhieumdsd", "mdsd", "mdsd2003", "kh2003", "kyhieuloaidat"),
        *("landuselabel", "landuse", "mucdichsd", "mdsddat"),
    ),
    "area": ("dientich", "dtich", "aream2", "area", "dt"),
    "legal_area": ("dientichphaply", "dtphaply", "legalaream2", "legalarea", "dtpl"),
    "address": ("diachi", "diachithua", "diachithuadat", "address"),
    "address_more": ("diachi2",),
    "uid": ("thuadatid", "uid", "uuid"),
    "geohash": ("mathua", "geohash", "madinhdanh"),
    "status": ("trangthai", "status"),
    "valid_from": ("hieuluctu", "validfrom"),
}
_DBF_LETTERS = 10
_HOLDERS = re.compile(r"ten_?chu|chu_?su_?dung|chu_?sd|ho_?ten|cccd|cmnd|so_?giay_?to|owner|holder|nguoi_|ten_?nguoi|dien_?thoai|phone")
_USE = re.compile(
    r"(?P<code>[A-ZĐ]{2,4})(?:\s*[=: ]\s*(?P<area>\d+(?:[.,]\d+)?))?(?:/(?P<origin>\d{1,2}))?(?:/(?P<term>\d{4}-\d{2}-\d{2}))?"
)


def recognised(names: Sequence[str]) -> dict[str, str]:
    """Column of the register -> name in the file, for those that are known."""
    plain = {identifier(name).replace("_", ""): name for name in reversed(names)}
    # A .dbf cuts names after ten letters.
    for name in reversed(names):
        if len(name) == _DBF_LETTERS:
            cut = identifier(name).replace("_", "")
            plain |= {known: name for wanted in _NAMES.values() for known in wanted if known.startswith(cut) and known not in plain}
    found = {column: next((plain[known] for known in wanted if known in plain), None) for column, wanted in _NAMES.items()}
    # One column answers once: cut, the old sheet's name is the new one's.
    return {column: name for at, (column, name) in enumerate(found.items()) if name is not None and name not in list(found.values())[:at]}


def of_holders(names: Sequence[str]) -> list[str]:
    """Columns that carry people; they are not read."""
    return [name for name in names if _HOLDERS.search(identifier(name))]


@dataclass(frozen=True)
class UsePart:
    """A land use as a file writes it; the area may be missing."""

    code: str
    area: float | None = None
    origin: str = ""
    term: date | None = None


@lru_cache(maxsize=20_000)
def uses_of(text: str) -> tuple[UsePart, ...] | None:
    """Land uses from "ONT=200.0/2+CLN=421.3/4/2063-10-15" or "ONT+CLN"; None when it cannot be read.

    Between the parts stand + or ;. Behind the code: the area, the code of the origin, the end of the term.
    """
    parts = []
    for piece in re.split(r"[+;]", text):
        found = _USE.fullmatch(piece.strip())
        if found is None:
            return None
        try:
            term = date.fromisoformat(found["term"]) if found["term"] else None
        except ValueError:
            return None
        area = float(found["area"].replace(",", ".")) if found["area"] else None
        parts.append(UsePart(found["code"], area, (found["origin"] or "").lstrip("0"), term))
    codes = [part.code for part in parts]
    return tuple(parts) if len(set(codes)) == len(codes) else None


def written(parts: Sequence[UsePart]) -> str:
    """Land uses as `uses_of` reads them, digit by digit."""
    return "+".join(_written(part) for part in parts)


def _written(part: UsePart) -> str:
    text = part.code + (f"={part.area!r}" if part.area is not None else "")
    # A term needs its place behind the origin, also where that is not recorded.
    if part.origin or part.term:
        text += f"/{part.origin or 0}"
    return text + (f"/{part.term.isoformat()}" if part.term else "")


def whole(value: object) -> int | None:
    """A number of a sheet or parcel from what a file holds (12, 12.0, "12", " 012 "); None when it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value) if value == value and abs(value) < 2**31 and value == int(value) and value > 0 else None
    text = str(value).strip()
    found = re.fullmatch(r"0*(\d{1,9})(?:\.0+)?", text)
    return int(found[1]) or None if found else None


def decimal(value: object) -> float | None:
    """An area from what a file holds; a decimal comma is accepted. None when it is no positive number."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value) if isinstance(value, int | float) else float(str(value).strip().replace(",", "."))
    except ValueError:
        return None
    return number if 0 < number < 1e12 else None
