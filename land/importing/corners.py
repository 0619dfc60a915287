"""Lists of corners (CSV or TXT): a line a corner, with sheet, parcel and two coordinates, as survey offices exchange them."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import shapely

from gis_core.geometry import position_range
from gis_core.importing.columns import identifier
from gis_core.importing.text import as_utf8
from land.importing.columns import recognised, whole
from land.importing.problems import Problem, Unusable

Axes = Literal["auto", "ne", "en"]
MAX_CORNERS = 3_000_000
_X = ("x", "toadox", "xm", "bac", "north", "northing")
_Y = ("y", "toadoy", "ym", "dong", "east", "easting")
_RING = ("vong", "ring", "lo")
_WKT = ("wkt", "geom", "geometry", "wktgeom", "thegeom")
_PLAIN = re.compile(r"[\d.,;\t +-]+")


@dataclass
class CornerList:
    """Parcels of a list in the order in which they first appear, each with its first line's other values."""

    parcels: dict[tuple[int | None, int | None], "Listed"] = field(default_factory=dict)
    axes: Axes = "ne"
    guessed: bool = False
    faults: list[Problem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)


@dataclass
class Listed:
    """A parcel's rings (first, second coordinate) and where it stands in the file."""

    row: int
    rings: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def shape(self, axes: Axes) -> shapely.Polygon | None:
        """The outline with its holes, east first; None when a ring has fewer than three corners."""
        rings = [np.array(ring)[:, ::-1] if axes == "ne" else np.array(ring) for ring in self.rings.values()]
        if any(len(np.unique(ring, axis=0)) < 3 for ring in rings):
            return None
        return shapely.Polygon(rings[0], rings[1:])


def has_shapes(head: Sequence[str]) -> bool:
    """Whether a table has a column of WKT: then it is no list of corners."""
    return any(identifier(name).replace("_", "") in _WKT for name in head)


def head_of(path: Path, encoding: str | None) -> list[str]:
    """The first line of a table, divided. Raises FileFault for text that is not in the encoding."""
    with as_utf8(path, encoding) as text, text.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline(65_536)
        return next(csv.reader(io.StringIO(line), delimiter=_delimiter(line)), [])


def read(path: Path, encoding: str | None, axes: Axes) -> CornerList:
    """The parcels of a list. Raises Unusable, and FileFault for text that is not in the encoding."""
    with as_utf8(path, encoding) as text, text.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline(65_536)
        delimiter = _delimiter(first)
        file.seek(0)
        lines = csv.reader((re.sub(r" +", " ", line.strip(" ")) for line in file), delimiter=delimiter) if delimiter == " " else None
        found = _collect(lines or csv.reader(file, delimiter=delimiter), headless=bool(_PLAIN.fullmatch(first.strip())))
    found.guessed = axes == "auto"
    found.axes = _axes(found) if axes == "auto" else axes
    return found


def _delimiter(line: str) -> str:
    return next((sign for sign in ("\t", ";", ",") if sign in line), " ")


def _collect(lines: Iterable[list[str]], *, headless: bool) -> CornerList:
    found = CornerList()
    columns: dict[str, int] | None = None
    for number, cells in enumerate(lines, start=0 if not headless else 1):
        if not cells or not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _without_head(len(cells)) if headless else _columns(cells, found)
            if not headless:
                continue
        if number > MAX_CORNERS:
            raise Unusable("too-many-corners", limit=MAX_CORNERS)
        _take(found, number, cells, columns)
    return found


def _without_head(count: int) -> dict[str, int]:
    """Sheet, parcel, [corner,] first, second coordinate."""
    if count not in (4, 5):
        raise Unusable("no-corner-columns", found="–")
    return {"sheet_no": 0, "parcel_no": 1, "first": count - 2, "second": count - 1}


def _columns(names: Sequence[str], found: CornerList) -> dict[str, int]:
    plain = [identifier(name).replace("_", "") for name in names]
    known = recognised(names)
    columns = {column: list(names).index(name) for column, name in known.items()}
    for key, wanted in (("first", _X), ("second", _Y), ("ring", _RING)):
        at = next((plain.index(name) for name in wanted if name in plain), None)
        if at is not None:
            columns[key] = at
    if not {"first", "second", "parcel_no"} <= set(columns):
        raise Unusable("no-corner-columns", found=", ".join(names)[:300])
    found.columns = known
    return columns


def _take(found: CornerList, row: int, cells: Sequence[str], columns: dict[str, int]) -> None:
    def cell(name: str) -> str:
        at = columns.get(name)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    try:
        corner = (_number(cell("first")), _number(cell("second")))
    except ValueError:
        found.faults.append(Problem("corner-unreadable", {"text": " ".join(cells)[:60]}, (row,)))
        return
    key = (whole(cell("sheet_no")), whole(cell("parcel_no")))
    # Without a number every line would be the same nameless parcel.
    listed = found.parcels.setdefault(key, Listed(row))
    listed.rings.setdefault(cell("ring"), []).append(corner)
    for name in columns:
        if name not in listed.values and cell(name):
            listed.values[name] = cell(name)


def _number(text: str) -> float:
    value = float(text.replace(" ", "").replace(",", ".") if text.count(",") == 1 and "." not in text else text.replace(" ", ""))
    if not abs(value) < 1e9:
        raise ValueError(text)
    return value


def _axes(found: CornerList) -> Axes:
    """By the numbers: in Vietnam the north of VN-2000 is above 1,600 km and the east below 750 km."""
    west, _south, east, _north = position_range(5899)
    firsts = [ring[0][0] for listed in found.parcels.values() for ring in listed.rings.values()]
    inside = sum(west <= value <= east for value in firsts)
    return "en" if inside * 2 > len(firsts) else "ne"
