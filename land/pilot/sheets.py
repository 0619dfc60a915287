"""Map sheets and parcel numbers: both run from north to south, in zigzag from the west (circular on cadastral maps)."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely

from gis_core.pilot import plan
from gis_core.pilot.ragged import Floats, Ints

BANDS = 20
"""Rows of parcels in a sheet, for the zigzag."""


@dataclass(frozen=True)
class Numbers:
    """Sheet and parcel number of each parcel in the unit of 2020, and the sheet numbers in the units of March and of July 2025."""

    sheet: Ints
    parcel: Ints
    sheet_march: Ints
    sheet_2025: Ints


def sheet_side(scale: float) -> float:
    """Side of a sheet in metres: 500, less where the parcels are smaller."""
    return 500.0 if scale <= 1 else max(150.0, round(500.0 * scale**-0.25, -1))


def number(points: Floats, unit: int, scale: float) -> Numbers:
    """Numbers for parcels of a unit (index into plan.units()) by their inner points (n, 2).

    The reforms of 2025 put the sheets of the merged units into one row: those of the lowest old code come first.
    """
    side = sheet_side(scale)
    cells = _cells(unit, side)
    cell = np.floor(points / side).astype(np.int64)
    sheet = _sheet_numbers(cells, cell)
    north = (cell[:, 1] + 1) * side - points[:, 1]
    band = np.floor(north / (side / BANDS)).astype(np.int64)
    along = np.where(band % 2 == 0, points[:, 0], -points[:, 0])
    order = np.lexsort((points[:, 1], along, band, sheet))
    parcel = np.empty(len(points), np.int64)
    first = np.searchsorted(sheet[order], sheet[order])
    parcel[order] = np.arange(len(points)) - first + 1
    march, july = (sheet + _earlier_sheets(unit, side, day) for day in (plan.BEFORE_REFORM, plan.TODAY))
    return Numbers(sheet, parcel, march, july)


@cache
def _cells(unit: int, side: float) -> Ints:
    """Columns and rows (n, 2) of the squares that a unit touches, in the order of their numbers."""
    geom = plan.units()[unit].geom
    west, south, east, north = np.floor(np.array(geom.bounds) / side).astype(np.int64)
    columns, rows = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    cells = np.c_[columns.reshape(-1), rows.reshape(-1)]
    squares = shapely.box(*(cells * side).T, *((cells + 1) * side).T)
    cells = cells[shapely.intersects(squares, geom)]
    down = north - cells[:, 1]
    ordered: Ints = cells[np.lexsort((np.where(down % 2 == 0, cells[:, 0], -cells[:, 0]), down))]
    return ordered


def _sheet_numbers(cells: Ints, cell: Ints) -> Ints:
    """The number (from 1) of each point's square."""
    keys, wanted = cells[:, 0] * 1_000_000 + cells[:, 1], cell[:, 0] * 1_000_000 + cell[:, 1]
    order = np.argsort(keys)
    return order[np.searchsorted(keys[order], wanted)] + 1


def _earlier_sheets(unit: int, side: float, day: str) -> int:
    """How many sheets the units bring that are in the same unit on the day and have lower codes."""
    codes = [one.code for one in plan.units()]
    merged = plan.successors(day)
    same = [index for index, code in enumerate(codes) if merged[code] == merged[codes[unit]] and index < unit]
    return sum(len(_cells(index, side)) for index in same)
