"""Reports: whole in one file, with the rows of their reader alone, in every format."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest
from django.utils import timezone

from gis_core.models import Role
from incidents.models import Incident
from layers.briefings.charts import bars, columns, nice
from layers.briefings.content import Bars, Columns, number, short
from layers.briefings.drawing import svg
from layers.models import BriefingJob
from layers.themes.indicators import Indicator, IndicatorValue
from tests import factories
from tests.briefings.conftest import Desk
from tests.world import CELL, SOUTH, WEST, World

A_CODE, B_CODE = "20341", "203410"
_ASSET = re.compile(r"""(?:src|href)=["'](?!data:|#)([^"']+)""")


@pytest.fixture
def busy(db: None, world: World) -> list[Incident]:
    """Eight reports close together in A, two in B."""
    made = []
    for unit, column, count in (("A", 1, 8), ("B", 2, 2)):
        for step in range(count):
            at = (WEST + (column + 0.4) * CELL + step * 0.0002, SOUTH + 0.012)
            values: dict[str, Any] = {"reported_at": timezone.now() - timedelta(days=2, hours=step), "status": "new", "severity": "high"}
            made.append(factories.feature(Incident, world.units[unit], at, f"ổ gà {unit}", **values))
    return made


@pytest.fixture
def figures(db: None, world: World) -> None:
    """One indicator of two communes in two periods, plan and actual."""
    population = Indicator.objects.create(code="dan_so_thu", name="Dân số thử", unit_of_measure="người")
    for year, factor in ((2024, 1), (2025, 2)):
        for unit, actual in (("A", 900), ("B", 1_200)):
            column = 1 if unit == "A" else 2
            values: dict[str, Any] = {"indicator": population, "period_from": date(year, 1, 1), "period_to": date(year + 1, 1, 1)}
            at = (WEST + (column + 0.5) * CELL, SOUTH + 0.01)
            factories.feature(IndicatorValue, world.units[unit], at, actual=actual * factor, plan=1_000.0 * factor, **values)


def test_the_page_is_whole_in_itself(desk: Desk, busy: list[Incident]) -> None:
    """No address of anybody is left in it, and none of ours: it opens from a disk. The map's scripts are inside."""
    report = desk.made("situation", unit=A_CODE)
    assert (report["state"], report["failure"]) == ("done", "")
    page = desk.file(report, "html").decode()
    assert "Tình hình Phường Tam Kỳ" in page
    inside = page.replace("&quot;", '"').replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert _ASSET.findall(inside) == []
    assert re.findall(r"url\((?!data:)[^)]*\)", inside.partition("<style>")[2].partition("</style>")[0]) == []
    assert "data:text/javascript;base64," in inside
    assert "L.geoJson" in inside
    assert "data:font/woff2;base64," in page


def test_every_format_says_the_same(desk: Desk, busy: list[Incident], tmp_path: Path) -> None:
    """PDF with pages, a workbook with a sheet a table, a GeoPackage with the features."""
    report = desk.made("hotspots", unit=A_CODE, days=30, metres=100, least=3)
    assert report["state"] == "done", report["failure"]
    assert set(report["files"]) == {"html", "pdf", "xlsx", "gpkg"}
    assert desk.file(report, "pdf").startswith(b"%PDF-")
    book = openpyxl.load_workbook(io.BytesIO(desk.file(report, "xlsx")))
    assert book.sheetnames[0] == "Tổng hợp"
    assert book["Điểm nóng"].max_row == 2
    data = tmp_path / "a.gpkg"
    data.write_bytes(desk.file(report, "gpkg"))
    assert {str(name) for name, _kind in pyogrio.list_layers(data)} == {"hotspots", "field_reports"}
    assert pyogrio.read_info(data, layer="field_reports")["features"] == 8


def test_a_report_holds_its_readers_rows_alone(desks: Callable[..., Desk], busy: list[Incident], tmp_path: Path) -> None:
    """Two analysts over the whole province: each has the reports of the own unit, and the neighbour's stand in no format."""
    for unit, other, count in (("A", "B", 8), ("B", "A", 2)):
        analyst = desks(Role.ANALYST, unit)
        report = analyst.made("hotspots", unit="48", days=30, metres=100, least=2)
        assert report["state"] == "done", report["failure"]
        data = tmp_path / f"{unit}.gpkg"
        data.write_bytes(analyst.file(report, "gpkg"))
        assert pyogrio.read_info(data, layer="field_reports")["features"] == count
        situation = analyst.made("situation", unit="48")
        for form in ("html", "xlsx", "gpkg"):
            assert f"ổ gà {other}".encode() not in analyst.file(situation, form)
        assert f"ổ gà {unit}" in analyst.file(situation, "html").decode()


def test_land_use_change_between_two_dates(desk: Desk, world: World) -> None:
    """A parcel that is another one today: its ground, its matrix."""
    from land.models import Parcel

    unit, at = world.units["A"], (WEST + 1.6 * CELL, SOUTH + 0.02)
    old: dict[str, Any] = {"land_use": "LUC", "valid_from": date(2025, 8, 1), "valid_to": date(2026, 2, 1)}
    factories.feature(Parcel, unit, at, **old)
    factories.feature(Parcel, unit, at, land_use="ODT", valid_from=date(2026, 2, 1), valid_to=None)
    report = desk.made("land_use_change", unit=A_CODE, before="2026-01-01", after="2026-03-01")
    assert report["state"] == "done", report["failure"]
    page = desk.file(report, "html").decode()
    assert "LUC" in page
    assert "ODT" in page
    sheet = openpyxl.load_workbook(io.BytesIO(desk.file(report, "xlsx")))["Biến động"]
    assert [cell.value for cell in sheet[2]][:3] == ["LUC", "ODT", 1]


def test_indicators_are_compared(desk: Desk, figures: None) -> None:
    """Plan, actual, the period before, and the ranking of the communes."""
    report = desk.made("indicators", indicator="dan_so_thu", period="2025-06-01")
    assert report["state"] == "done", report["failure"]
    book = openpyxl.load_workbook(io.BytesIO(desk.file(report, "xlsx")))
    line = next(row for row in book["Chỉ tiêu"].iter_rows(values_only=True) if row[0] == "Dân số thử")
    assert line[1:] == (4_000, 4_200, 105, 2_100, 100)
    assert [row[1] for row in book["Theo đơn vị"].iter_rows(min_row=2, values_only=True)] == ["Phường Hương Trà", "Phường Tam Kỳ"]


@pytest.mark.parametrize(
    ("kind", "parameters", "field"),
    [
        ("situation", {}, "unit"),
        ("situation", {"unit": "00000"}, "unit"),
        ("hotspots", {"unit": A_CODE, "days": 0}, "days"),
        ("land_use_change", {"unit": A_CODE, "before": "gestern", "after": "2026-01-01"}, "before"),
        ("indicators", {"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_asked_is_said(desk: Desk, kind: str, parameters: dict[str, Any], field: str) -> None:
    """Before anything is queued."""
    answer = desk.send("", {"kind": kind, "parameters": parameters})
    assert (answer.status_code, answer.body["field"]) == (400, field)
    assert BriefingJob.objects.count() == 0


def test_a_report_that_cannot_be_made_says_why(desk: Desk, figures: None) -> None:
    """There is no such indicator."""
    report = desk.made("indicators", indicator="unbekannt")
    assert (report["state"], "indicator" in report["failure"]) == ("refused", True)


def test_numbers_are_written_as_people_read_them() -> None:
    """A dot for thousands, a comma for decimals."""
    assert [number(1234.5, 1), number(None), short(1_234_567), short(12.34), short(0.5)] == ["1.234,5", "–", "1.234.567", "12,3", "0,50"]


def test_names_cannot_break_a_drawing() -> None:
    """Texts of people stand in charts and maps."""
    drawn = svg(bars(Bars("<b>", [('<script>alert("x")</script>', 3.0), ("b", 0.0)], plan=[4.0, None])))
    assert "<script" not in drawn
    assert drawn.count("<rect") == 5
    assert svg(columns(Columns("c", ["1", "2"], {"n": [1.0, 3.0]}))).count("<title>") == 2
    assert [nice(value) for value in (0, 3, 17, 0.21, 1000)] == [1.0, 3.2, 20, pytest.approx(0.24), 1000]
