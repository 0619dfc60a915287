"""Sheets and parcel numbers, before and after the reform."""

from collections import defaultdict

import numpy as np

from gis_core.pilot import plan
from land.pilot import sheets
from land.pilot.parcels import ParcelBatch, inner_points


def test_old_keys_are_unique(batches: list[ParcelBatch]) -> None:
    for batch in batches:
        keys = list(zip(batch.numbers.sheet.tolist(), batch.numbers.parcel.tolist(), strict=True))
        assert len(set(keys)) == len(keys)


def test_new_keys_are_unique_in_the_merged_unit(batches: list[ParcelBatch]) -> None:
    keys: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for batch in batches:
        new = plan.successors()[batch.unit.code]
        keys[new] += list(zip(batch.numbers.sheet_2025.tolist(), batch.numbers.parcel.tolist(), strict=True))
    assert sorted(keys) == ["20335", "20341", "20350", "20356"]
    assert all(len(set(rows)) == len(rows) for rows in keys.values())


def test_old_sheet_numbers_alone_collide_after_the_merger(batches: list[ParcelBatch]) -> None:
    sheets_of = {batch.unit.code: set(batch.numbers.sheet.tolist()) for batch in batches}
    assert sheets_of["20341"] & sheets_of["20353"]  # both in Tam Kỳ since 2025


def test_parcels_of_a_sheet_are_numbered_without_gaps(batches: list[ParcelBatch]) -> None:
    for batch in batches:
        for sheet in np.unique(batch.numbers.sheet):
            numbers = np.sort(batch.numbers.parcel[batch.numbers.sheet == sheet])
            assert numbers.tolist() == list(range(1, len(numbers) + 1))


def test_sheets_run_from_north_to_south_beginning_in_the_west(batches: list[ParcelBatch]) -> None:
    batch = max(batches, key=len)
    side = sheets.sheet_side(0.1)
    cells = np.floor(inner_points(batch.polygons) / side)
    row_of, column_of = {}, {}
    for sheet, (column, row) in zip(batch.numbers.sheet.tolist(), cells.tolist(), strict=True):
        row_of[sheet], column_of[sheet] = row, column
    ordered = sorted(row_of)
    rows = [row_of[sheet] for sheet in ordered]
    assert rows == sorted(rows, reverse=True)
    north = [column_of[sheet] for sheet in ordered if row_of[sheet] == rows[0]]
    assert north == sorted(north)


def test_one_sheet_holds_one_square(batches: list[ParcelBatch]) -> None:
    for batch in batches:
        cells = np.floor(inner_points(batch.polygons) / sheets.sheet_side(0.1)).astype(int)
        pairs = {(sheet, *cell) for sheet, cell in zip(batch.numbers.sheet.tolist(), cells.tolist(), strict=True)}
        assert len(pairs) == len({sheet for sheet, *_ in pairs})
