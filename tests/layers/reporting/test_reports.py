"""Reports of units: asked for when a period ends, handed in by page, workbook or API; late ones are seen on the map."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from gis_core.access import Reach
from layers.ingestion.bodies import XLSX
from layers.ingestion.inside import rows_inside
from layers.models import Indicator, IndicatorValue, ReportDuty, ReportTemplate
from layers.reporting.duties import ask, last_period, settle
from tests import factories
from tests.cast import Person
from tests.service import Service
from tests.themes.feeding import items, metric, send
from tests.world import World

ALL = Reach(everything=True)
DAY = date(2026, 11, 5)
PATH = "/api/reports"


@pytest.fixture
def asked(scratch: World) -> Iterator[ReportTemplate]:
    """Two figures a month of every commune, by the tenth; asked for on DAY, for October."""
    template = ReportTemplate.objects.create(code="month", name="Báo cáo tháng", due_days=10)
    for code in ("grdp", "jobs"):
        template.indicators.add(Indicator.objects.create(code=code, name=code.upper(), unit_of_measure="x"))
    ReportTemplate.objects.exclude(pk="month").update(active=False)
    assert ask(DAY) == 4
    yield template


def _row(unit: str = "20341", period: str = "2026-10", **figures: Any) -> dict[str, Any]:
    return {"template": "month", "unit": unit, "period": period, **(figures or {"grdp": 12.5, "jobs": 3})}


def _duty(unit: int) -> ReportDuty:
    found: ReportDuty = rows_inside(ReportDuty, ALL).get(template="month", admin_unit=unit)
    return found


@pytest.mark.parametrize(
    ("kind", "day", "begins", "ends"),
    [
        ("month", date(2026, 11, 1), date(2026, 10, 1), date(2026, 11, 1)),
        ("month", date(2026, 1, 31), date(2025, 12, 1), date(2026, 1, 1)),
        ("quarter", date(2026, 1, 1), date(2025, 10, 1), date(2026, 1, 1)),
        ("quarter", date(2026, 6, 30), date(2026, 1, 1), date(2026, 4, 1)),
        ("year", date(2026, 12, 31), date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_the_last_period_is_the_one_that_is_over(kind: str, day: date, begins: date, ends: date) -> None:
    assert last_period(kind, day) == (begins, ends)


def test_units_are_asked_once_and_by_their_own_generation(asked: ReportTemplate, scratch: World) -> None:
    """October's reports are owed by today's communes; June 2025's by those that a reform ended the day after."""
    assert ask(DAY) == 0
    duty = _duty(scratch.units["A"].pk)
    assert (duty.period_from, duty.period_to, duty.due_on, duty.state) == (
        date(2026, 10, 1),
        date(2026, 11, 1),
        date(2026, 11, 10),
        "waiting",
    )
    assert ask(date(2025, 7, 3)) > 0
    rows = rows_inside(ReportDuty, ALL).filter(template="month", period_from=date(2025, 6, 1))
    assert scratch.units["an mỹ"].pk in {row.admin_unit_id for row in rows}
    assert scratch.units["A"].pk not in {row.admin_unit_id for row in rows}


def test_a_missed_day_is_on_the_map(asgi: Service, asked: ReportTemplate, scratch: World, leader: Person) -> None:
    """The worker marks it; who has not reported is a filter of the layer and a number of the wall."""
    settle(date(2026, 11, 10))
    before = metric(asgi, leader, "reports.overdue")["value"]
    send(asgi, scratch.cast["analyst"], PATH, [_row()])
    assert settle(date(2026, 11, 10)) == 0
    assert settle(date(2026, 11, 11)) == 3
    assert metric(asgi, leader, "reports.overdue")["value"] == before + 3
    late = items(asgi, leader, "reports", "&filter=template='month' AND state='overdue'")
    assert {row["properties"]["admin_unit_code"] for row in late} == {"203410", "20335", "21034"}
    assert settle(date(2026, 11, 10)) == 3
    assert metric(asgi, leader, "reports.overdue")["value"] == before


def test_figures_feed_the_indicators_and_leave_the_plan(asgi: Service, asked: ReportTemplate, scratch: World, leader: Person) -> None:
    analyst = scratch.cast["analyst"]
    send(asgi, analyst, "/api/indicators", [{"indicator": "grdp", "unit": "20341", "period": "2026-10", "plan": 20}])
    answer = send(asgi, analyst, PATH, [_row(), _row("20335", grdp="1,5", jobs="0")])
    assert answer.json() == {"received": 2, "created": 2, "corrected": 0, "repeated": 0}, answer.text
    assert int(answer.headers["X-Change-Seq"]) > 0
    assert send(asgi, analyst, PATH, [_row()]).json()["repeated"] == 1
    found = metric(asgi, leader, "indicators.actual", filter="indicator='grdp'")
    assert (found["value"], found["plan"]) == (14, 20)
    duty = _duty(scratch.units["A"].pk)
    assert duty.done_on == timezone.localdate()
    assert duty.state == ("late" if timezone.localdate() > duty.due_on else "done")
    corrected = send(asgi, analyst, PATH, [_row(grdp=13, jobs=3)])
    assert corrected.json() == {"received": 1, "created": 0, "corrected": 1, "repeated": 0}
    assert _duty(duty.admin_unit_id or 0).done_on == duty.done_on


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (_row(grdp=1), "jobs"),
        (_row(grdp="viel", jobs=1), "grdp"),
        (_row(grdp=1, jobs=1, beauty=2), "beauty"),
        (_row(period="2026-09"), "period"),
        (_row(period="soon"), "period"),
        (_row("21034"), "unit"),
        ({**_row(), "template": "none"}, "template"),
    ],
)
def test_a_wrong_report_is_named_and_nothing_is_written(
    asgi: Service, asked: ReportTemplate, cast: Any, row: dict[str, Any], field: str
) -> None:
    answer = send(asgi, cast["analyst"], PATH, [_row("20335"), row])
    assert answer.status_code == 422, answer.text
    assert (answer.json()["faults"][0]["row"], answer.json()["faults"][0]["field"]) == (2, field)
    assert not IndicatorValue.objects.filter(indicator="grdp").exists()


def test_who_reports_for_no_unit_finds_nothing(asgi: Service, asked: ReportTemplate, scratch: World) -> None:
    pk = _duty(scratch.units["A"].pk).pk
    for name in ("officer", "leader", "stranger"):
        person = scratch.cast[name]
        assert send(asgi, person, PATH, [_row()]).status_code == 404
        for path in ("/reports/", f"/reports/{pk}/", f"/reports/{pk}/report.xlsx", PATH):
            assert asgi.get(path, person).status_code == 404, path
    analyst = scratch.cast["analyst"]
    outside = _duty(scratch.units["outside"].pk).pk
    assert asgi.get(f"/reports/{outside}/", analyst).status_code == asgi.get("/reports/987654/", analyst).status_code == 404
    told = asgi.get(PATH, analyst).json()
    assert {duty["unit"] for duty in told if duty["template"] == "month"} == {"20341", "203410", "20335"}


def test_the_page_takes_a_report_and_says_what_is_wrong(asked: ReportTemplate, scratch: World) -> None:
    client = scratch.cast["analyst"].client()
    pk = _duty(scratch.units["A"].pk).pk
    assert "Báo cáo tháng" in client.get("/reports/").content.decode()
    wrong = client.post(f"/reports/{pk}/", {"grdp": "viel", "jobs": "2"})
    assert wrong.status_code == 422
    assert 'id="fault-grdp"' in wrong.content.decode() and 'value="viel"' in wrong.content.decode()
    assert client.post(f"/reports/{pk}/", {"grdp": "7,5", "jobs": "2"}).status_code == 302
    assert IndicatorValue.objects.get(indicator="grdp").actual == 7.5
    assert 'value="7.5"' in client.get(f"/reports/{pk}/").content.decode()


def test_a_workbook_is_filled_in_and_handed_in(asked: ReportTemplate, scratch: World, tmp_path: Any) -> None:
    """Downloaded, filled in, and uploaded; the same file is taken by the command, and changes nothing then."""
    client = scratch.cast["analyst"].client()
    pk = _duty(scratch.units["A"].pk).pk
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/reports/{pk}/report.xlsx").content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["template", "unit", "period", "grdp", "jobs"]
    assert [cell.value for cell in sheet[2]][:3] == ["month", "20341", "2026-10"]
    sheet["D2"], sheet["E2"] = 11.5, 4
    path = tmp_path / "report.xlsx"
    book.save(path)
    sent = SimpleUploadedFile("report.xlsx", path.read_bytes(), content_type=XLSX)
    assert client.post(f"/reports/{pk}/", {"workbook": sent}).status_code == 302
    assert IndicatorValue.objects.get(indicator="grdp").actual == 11.5
    out = io.StringIO()
    call_command("ingest", "reports", path, stdout=out)
    assert out.getvalue().startswith("0 ")
    broken = SimpleUploadedFile("report.xlsx", b"PK\x03\x04 no workbook", content_type=XLSX)
    assert client.post(f"/reports/{pk}/", {"workbook": broken}).status_code == 422


def test_a_unit_reports_for_itself_alone(asgi: Service, asked: ReportTemplate, scratch: World) -> None:
    """The analyst of one commune."""
    user = factories.user("statistics.a")
    factories.jurisdiction(user, "analyst", scratch.units["A"])
    person = Person("statistics", user, factories.token(user))
    assert send(asgi, person, PATH, [_row()]).json()["created"] == 1
    assert send(asgi, person, PATH, [_row("20335")]).status_code == 422


@pytest.mark.parametrize(
    ("due", "done", "state"),
    [(1, None, "waiting"), (0, None, "waiting"), (-1, None, "overdue"), (-1, -1, "done"), (-2, -1, "late"), (3, 0, "done")],
)
def test_a_state_follows_from_its_days(due: int, done: int | None, state: str) -> None:
    duty = ReportDuty(due_on=DAY + timedelta(days=due), done_on=None if done is None else DAY + timedelta(days=done))
    assert duty.state_on(DAY) == state
