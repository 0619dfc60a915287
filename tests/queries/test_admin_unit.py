"""Which unit governs a position on a day, with those above it."""

from typing import Any

import pytest

from tests.queries.conftest import Asked
from tests.world import CELL, SOUTH, WEST, World

# The middle of column 1: its lowest cell was An Mỹ's, the two above Phước Hòa's and An Xuân's (tests/world.py).
LON = WEST + 1.5 * CELL
LATS = [SOUTH + (row + 0.5) * CELL for row in range(3)]


@pytest.mark.parametrize(
    ("day", "rows"),
    [
        ("2020-02-01", ["20341", "20338", "20347"]),
        ("2025-02-28", ["20341", "20338", "20347"]),
        ("2025-03-01", ["20341", "20347", "20347"]),
        ("2025-06-30", ["20341", "20347", "20347"]),
        ("2025-07-01", ["20341", "20341", "20341"]),
        ("2025-06-30T23:59:59+07:00", ["20341", "20347", "20347"]),
        ("2025-06-30T17:00:00Z", ["20341", "20341", "20341"]),
        ("", ["20341", "20341", "20341"]),
    ],
)
def test_the_unit_of_the_day(at_point: Asked, day: str, rows: list[str]) -> None:
    found = [at_point(LON, lat, layers="", datetime=day)["admin_unit"]["code"] for lat in LATS]
    assert found == rows


def test_a_code_that_is_used_again_means_another_unit(at_point: Asked) -> None:
    before = at_point(LON, LATS[0], layers="", datetime="2025-06-30")["admin_unit"]
    after = at_point(LON, LATS[0], layers="", datetime="2025-07-01")["admin_unit"]
    assert before["code"] == after["code"] == "20341"
    assert (before["name"], after["name"]) == ("Phường An Mỹ", "Phường Tam Kỳ")
    assert (before["valid_from"], before["valid_to"]) == ("2020-02-01", "2025-07-01")
    assert (after["valid_from"], after["valid_to"]) == ("2025-07-01", None)


def names(unit: dict[str, Any]) -> list[str]:
    return [parent["name"] for parent in unit["parents"]]


def test_the_units_above_are_those_of_the_day(at_point: Asked) -> None:
    assert names(at_point(LON, LATS[0], layers="", datetime="2025-06-30")["admin_unit"]) == ["Thành phố Tam Kỳ", "Tỉnh Quảng Nam"]
    assert names(at_point(LON, LATS[0], layers="", datetime="2025-07-01")["admin_unit"]) == ["Thành phố Đà Nẵng"]


def test_outside_of_all_units(at_point: Asked) -> None:
    assert at_point(0.0, 0.0, layers="")["admin_unit"] is None
    assert at_point(LON, LATS[0], layers="", datetime="1999-01-01")["admin_unit"] is None


def test_the_answer_says_what_was_asked(at_point: Asked) -> None:
    document = at_point(LON, LATS[0], layers="", datetime="2025-06-30")
    assert document["position"] == [LON, LATS[0]]
    assert document["datetime"] == "2025-06-30"
    assert document["results"] == []
    assert at_point(LON, LATS[0], layers="")["datetime"] is None


def test_the_layer_of_units_shows_the_same_day(at_point: Asked, world: World) -> None:
    document = at_point(LON, LATS[0], layers="admin_units", datetime="2025-06-30")
    found = [feature["properties"]["path"] for feature in document["results"][0]["features"]]
    assert found == ["49/502/20341/", "49/", "49/502/"] or found == ["49/502/20341/", "49/502/", "49/"]
