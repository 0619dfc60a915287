"""Tables whose rows name an administrative unit instead of a place: each becomes the outline of its unit.

Names are compared without diacritics and without the kind of unit before them: "Phường Tam Kỳ", "tam ky" and "P. Tam Kỳ" are one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from gis_core.importing.reading.tables import GEOMETRY, plain

_COLUMNS = (
    *("ma xa", "ma phuong", "ma phuong xa", "ma dvhc", "ma don vi", "ma don vi hanh chinh", "maxa", "ma_xa", "ma_dvhc"),
    *("admin_unit_code", "unit_code", "commune_code", "admin_code"),
    *("phuong xa", "phuong/xa", "xa/phuong", "xa phuong", "ten xa", "ten phuong", "ten phuong xa", "ten_xa", "xa", "phuong"),
    *("don vi", "don vi hanh chinh", "dia phuong", "admin_unit", "commune", "unit"),
)
_KIND = re.compile(r"^(phuong|xa|thi tran|dac khu|p\.|x\.|tt\.)\s*")


def unit_column(names: Iterable[str]) -> str | None:
    """The column that names units: one with codes before one with names."""
    known = {plain(name): name for name in names}
    return next((known[name] for name in _COLUMNS if name in known), None)


def key_of(value: object) -> str:
    """What a code or a name is looked up by."""
    return " ".join(_KIND.sub("", plain(str(value))).split())


def outlined(batches: Iterable[Any], column: str, units: Mapping[str, str]) -> Iterator[Any]:
    """Each batch with its outlines as WKB; a row whose unit is not known has none."""
    for batch in batches:
        found = [units.get(key_of(value)) if value is not None else None for value in batch.column(column).to_pylist()]
        outlines = [bytes.fromhex(text) if text else None for text in found]
        yield batch.append_column(GEOMETRY, pa.array(outlines, pa.binary()))
