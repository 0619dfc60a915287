"""Figures of indicators: by API and from files, once, by the units of their own day, adding up."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from layers.ingestion.batch import RowFault
from layers.ingestion.indicators import period_of
from layers.models import Indicator, IndicatorValue
from tests.layers.ingestion.test_observations import _post
from tests.service import Service
from tests.world import World


@pytest.fixture
def grdp(scratch: World) -> str:
    """An indicator."""
    return Indicator.objects.create(code="grdp", name="GRDP").pk


def _figure(unit: str, period: str = "2026-10", **values: Any) -> dict[str, Any]:
    return {"indicator": "grdp", "unit": unit, "period": period, **values}


def test_plan_and_actual_add_up_and_are_seen_everywhere(asgi: Service, cast: Any, world: World, grdp: str) -> None:
    rows = [_figure("20341", plan=100, actual=80), _figure("203410", plan=50, actual=60), _figure("20335", plan=50)]
    answer = _post(asgi, cast["analyst"], rows, "/api/indicators")
    assert answer.status_code == 200, answer.text
    assert answer.json()["created"] == 3
    assert _post(asgi, cast["analyst"], rows, "/api/indicators").json()["repeated"] == 3
    asked = "/query/metrics?metrics=indicators.actual,indicators.fulfilled&filter=indicator='grdp'&by=unit&level="
    for level in ("commune", "province"):
        actual, fulfilled = asgi.get(asked + level).json()["metrics"]
        assert (actual["value"], actual["plan"], fulfilled["value"]) == (140, 200, 93.3333)
        assert sum(group["amount"] or 0 for group in actual["groups"]) == 140
    item = asgi.get("/ogc/collections/indicators/items?filter=indicator='grdp'&f=json").json()
    assert {feature["properties"]["period_from"] for feature in item["features"]} == {"2026-10-01"}


def test_a_code_means_the_unit_of_its_day(asgi: Service, cast: Any, world: World, grdp: str, leader: Any) -> None:
    """20341 was An Mỹ and is Tam Kỳ now: figures before the reform belong to An Mỹ, and count in Tam Kỳ when read by today's units."""
    from gis_core.access import Reach
    from layers.ingestion.indicators import Figure, take_in

    take_in(Reach(everything=True), [Figure("grdp", "20341", "2025-05", actual=7), Figure("grdp", "20341", "2025-08", actual=5)])
    manager: Any = IndicatorValue._default_manager
    homes = {row.period_from.month: row.admin_unit_id for row in manager.filter(indicator="grdp")}
    assert homes == {5: world.units["an mỹ"].pk, 8: world.units["A"].pk}
    asked = "/query/metrics?metrics=indicators.actual&filter=indicator='grdp'&by=unit"
    (today,) = asgi.get(asked).json()["metrics"]
    assert [(group["key"]["id"], group["value"]) for group in today["groups"]] == [(world.units["A"].pk, 12)]


def test_faults_of_all_rows_are_named(asgi: Service, cast: Any, grdp: str) -> None:
    """An officer of another province's unit is told the same as for a code that does not exist."""
    rows = [
        _figure("21034", actual=1),
        _figure("99999", actual=1),
        _figure("20341"),
        _figure("20341", "2026-13", actual=1),
        _figure("20341", actual=2),
    ]
    answer = _post(asgi, cast["analyst"], rows, "/api/indicators")
    assert answer.status_code == 422
    assert [(fault["row"], fault["field"]) for fault in answer.json()["faults"]] == [(1, "unit"), (2, "unit"), (3, "actual"), (4, "period")]
    assert not IndicatorValue.objects.filter(indicator="grdp").exists()
    assert _post(asgi, cast["officer"], rows, "/api/indicators").status_code == 404


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_file_is_taken_in_once(grdp: str, tmp_path: Path, suffix: str) -> None:
    """As offices keep them: decimal commas, empty cells, an empty line."""
    lines = [["indicator", "unit", "period", "plan", "actual"], ["grdp", "20341", "2026-Q3", "10,5", "9"], ["", "", "", "", ""]]
    path = tmp_path / f"figures.{suffix}"
    if suffix == "csv":
        path.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in lines), encoding="utf-8")
    else:
        import xlsxwriter

        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
    for said in ("1 ", "0 "):
        out = StringIO()
        call_command("ingest", "indicators", path, stdout=out)
        assert out.getvalue().startswith(said)
    row = IndicatorValue.objects.get(indicator="grdp")
    assert (row.plan, row.actual, str(row.period_from), str(row.period_to)) == (10.5, 9, "2026-07-01", "2026-10-01")


def test_a_bad_file_tells_its_lines(grdp: str, tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text("indicator,unit,period,actual\ngrdp,20341,2026,viel\nnope,20341,2026,1\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"(?s)2: actual.*3: indicator"):
        call_command("ingest", "indicators", path)


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-Q5", "0000", "2026-00"])
def test_periods_are_read_strictly(text: str) -> None:
    with pytest.raises(RowFault):
        period_of(text)
