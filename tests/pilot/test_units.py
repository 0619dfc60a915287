"""The administrative units of the fixtures: three generations, reused codes, outlines that fit."""

import unicodedata
from datetime import date

import pytest
import shapely

from gis_core.pilot import plan
from gis_core.pilot.load import unit_outlines


def _communes(day: str) -> dict[str, str]:
    """Code -> name of the communes in force on a day."""
    rows = [row for row in plan.read_rows("admin_units.csv") if row["level"] == "commune"]
    return {row["code"]: row["name"] for row in rows if row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"])}


@pytest.mark.parametrize(
    ("day", "count"), [("2020-09-08", 13), ("2025-02-28", 13), ("2025-03-01", 12), ("2025-06-30", 12), ("2025-07-01", 4), ("2026-11-22", 4)]
)
def test_units_of_each_generation(day: str, count: int) -> None:
    assert len(_communes(day)) == count


def test_codes_are_used_again() -> None:
    before, after = _communes("2025-06-30"), _communes("2025-07-01")
    assert {code: (before[code], after[code]) for code in after} == {
        "20335": ("Phường Tân Thạnh", "Phường Bàn Thạch"),
        "20341": ("Phường An Mỹ", "Phường Tam Kỳ"),
        "20350": ("Phường An Sơn", "Phường Hương Trà"),
        "20356": ("Phường An Phú", "Phường Quảng Phú"),
    }


def test_only_an_xuan_changed_in_march() -> None:
    rows = [row for row in plan.read_rows("admin_units.csv") if row["valid_from"] == "2025-03-01"]
    assert [row["name"] for row in rows] == ["Phường An Xuân"]


def test_every_commune_of_2020_has_a_successor_of_2025() -> None:
    assert set(plan.successors()) == set(_communes("2020-09-08"))
    assert plan.successors()["20338"] == "20341"  # Phước Hòa, by way of An Xuân


def test_every_text_is_composed() -> None:
    for path in sorted(plan.FIXTURES.iterdir()):
        text = path.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text), path.name


def test_outlines_of_2020_are_a_coverage() -> None:
    outlines = list(plan.unit_outlines().values())
    assert len(outlines) == 13
    assert shapely.coverage_is_valid(outlines)
    assert shapely.coverage_is_valid([unit.geom for unit in plan.units()], gap_width=0.001)


def test_new_units_are_made_of_the_old_ones() -> None:
    outlines = unit_outlines()
    drawn = plan.unit_outlines()
    for code in ("20335", "20341", "20350", "20356"):
        parts = [drawn[old] for old, new in plan.successors().items() if new == code]
        assert outlines[code, "2025-07-01"].area == pytest.approx(sum(part.area for part in parts))
    an_xuan = outlines["20347", "2025-03-01"]
    assert an_xuan.area == pytest.approx(drawn["20338"].area + drawn["20347"].area)


def test_higher_units_have_the_pilots_extent_and_say_so() -> None:
    whole = shapely.union_all(list(plan.unit_outlines().values()))
    for row in plan.read_rows("admin_units.csv"):
        if row["level"] != "commune":
            assert unit_outlines()[row["code"], row["valid_from"]].area == pytest.approx(whole.area)
            assert "minh họa" in row["legal_basis"]


def test_known_places_lie_in_their_unit() -> None:
    for row in plan.read_rows("places.csv"):
        if row["unit_2020"]:
            assert shapely.contains_xy(plan.unit_outlines()[row["unit_2020"]], float(row["lon"]), float(row["lat"])), row["name"]


def test_every_succession_is_on_the_day_of_a_generation() -> None:
    days = {date.fromisoformat(row["valid_from"]) for row in plan.read_rows("admin_generations.csv")}
    assert {date.fromisoformat(row["new_from"]) for row in plan.read_rows("admin_unit_successions.csv")} < days
