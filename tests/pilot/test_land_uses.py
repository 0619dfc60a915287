"""Land uses: codes of the table, areas that add up, the right kind of home."""

from collections import Counter

import numpy as np
import shapely

from gis_core.pilot import plan
from land.pilot.parcels import ParcelBatch


def _labels(batches: list[ParcelBatch]) -> Counter[str]:
    return Counter(label for batch in batches for label in batch.uses.label)


def test_parts_add_up_to_the_parcel(batches: list[ParcelBatch]) -> None:
    for batch in batches:
        assert (batch.uses.first + batch.uses.second == batch.tenths).all()
        assert (batch.uses.first > 0).all()


def test_a_second_area_stands_with_a_second_code(batches: list[ParcelBatch]) -> None:
    for batch in batches:
        two = np.array(["+" in label for label in batch.uses.label])
        assert ((batch.uses.second > 0) <= two).all()
        assert (batch.uses.second[two] > 0).mean() > 0.99


def test_areas_are_those_on_the_plane(batches: list[ParcelBatch]) -> None:
    for batch in batches:
        assert np.abs(batch.tenths / 10 - shapely.area(batch.polygons)).max() <= 0.1


def test_every_code_is_in_the_table_and_in_force(batches: list[ParcelBatch]) -> None:
    table = {row["code"]: row for row in plan.read_rows("land_use_codes.csv")}
    used = {code for label in _labels(batches) for code in label.split("+")}
    assert used <= set(table)
    assert not [code for code in used if table[code]["valid_to"]]


def test_wards_have_urban_homes_and_communes_rural_ones(batches: list[ParcelBatch]) -> None:
    for batch in batches:
        homes = {code for label in batch.uses.label for code in label.split("+")} & {"ODT", "ONT"}
        assert homes == ({"ODT"} if batch.unit.name.startswith("Phường") else {"ONT"})


def test_the_town_has_all_that_a_town_has(batches: list[ParcelBatch]) -> None:
    labels = _labels(batches)
    assert {"ODT", "ONT+CLN", "LUC", "HNK", "CLN", "NTS", "RSX", "RPH", "DGT", "DTL", "SON", "MNC", "TMD", "DGD", "TSC", "SKK"} <= set(
        labels
    )


def test_codes_that_were_merged_have_a_successor() -> None:
    table = {row["code"]: row for row in plan.read_rows("land_use_codes.csv")}
    assert table["BHK"]["successor"] == table["NHK"]["successor"] == "HNK"
    assert all(row["successor"] in table for row in table.values() if row["successor"])
    assert table["ODT"]["fill"] == "#ffa0ff"
