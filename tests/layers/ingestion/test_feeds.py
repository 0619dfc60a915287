"""`/api/feeds`: every format, every fault with its row, nothing half done, the same row once."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from layers.catalogue import catalogue
from layers.ingestion.bodies import XLSX
from layers.models import BlackSpot, Milestone, ServiceArea, TradePlace
from tests.service import Service
from tests.themes.cases import LAT, LON
from tests.themes.feeding import send
from tests.world import World

SPOT = {"code": "s1", "name": "Ngã ba", "year": 2025, "accidents": 3, "lon": LON, "lat": LAT}
SPOTS = "/api/feeds/black_spots"


def _stored(code: str = "s1") -> BlackSpot:
    return BlackSpot.objects.get(code=code)


def test_a_column_that_is_not_sent_keeps_its_value(asgi: Service, cast: Any, scratch: World) -> None:
    """One that is sent empty is emptied, or goes back to what it is without a word."""
    analyst = cast["analyst"]
    assert send(asgi, analyst, SPOTS, [{**SPOT, "deaths": 2}]).json()["created"] == 1
    assert send(asgi, analyst, SPOTS, [{**SPOT, "accidents": 4}]).json()["corrected"] == 1
    assert (_stored().accidents, _stored().deaths) == (4, 2)
    assert send(asgi, analyst, SPOTS, [{**SPOT, "deaths": ""}]).json()["corrected"] == 1
    assert _stored().deaths == 0
    assert not _stored().is_demo


def test_of_a_row_that_comes_twice_the_last_counts(asgi: Service, cast: Any, scratch: World) -> None:
    answer = send(asgi, cast["analyst"], SPOTS, [SPOT, {**SPOT, "accidents": 9}])
    assert answer.json() == {"received": 2, "created": 1, "corrected": 0, "repeated": 1}
    assert _stored().accidents == 9


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({**SPOT, "accidents": "many"}, "accidents"),
        ({**SPOT, "accidents": 1.5}, "accidents"),
        ({**SPOT, "accidents": -1}, "accidents"),
        ({**SPOT, "treated": "perhaps"}, "treated"),
        ({**SPOT, "name": ""}, "name"),
        ({**SPOT, "name": "x" * 161}, "name"),
        ({**SPOT, "name": ["x"]}, "name"),
        ({**SPOT, "code": ""}, "code"),
        ({**SPOT, "colour": "red"}, "colour"),
        ({**SPOT, "lon": "east"}, "lon"),
        ({**SPOT, "lon": LAT, "lat": LON}, "geometry"),
        ({**SPOT, "lon": 0, "lat": 0}, "geometry"),
        ({"code": "s2", "lon": LON, "lat": LAT}, "name"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(asgi: Service, cast: Any, scratch: World, row: dict[str, Any], field: str) -> None:
    answer = send(asgi, cast["analyst"], SPOTS, [{**SPOT, "code": "good"}, row])
    assert answer.status_code == 422, answer.text
    assert (answer.json()["faults"][0]["row"], answer.json()["faults"][0]["field"]) == (2, field)
    assert not BlackSpot.objects.filter(code="good").exists()


@pytest.mark.parametrize(
    ("layer", "row", "field"),
    [
        ("milestones", {"code": "m", "title": "t", "unit": "20341", "due_on": "yesterday"}, "due_on"),
        ("milestones", {"code": "m", "title": "t", "unit": "99999", "due_on": "2026-01-01"}, "unit"),
        ("road_events", {"code": "r", "kind": "party", "title": "t", "starts_at": "2026-01-01T08:00", "lon": LON, "lat": LAT}, "kind"),
        ("road_events", {"code": "r", "kind": "event", "title": "t", "starts_at": "soon", "lon": LON, "lat": LAT}, "starts_at"),
        ("cameras", {"code": "c", "name": "n", "picture_url": "javascript:x", "lon": LON, "lat": LAT}, "picture_url"),
        ("dossiers", {"office_code": "nowhere", "period": "2026-10"}, "office_code"),
        ("service_areas", {"facility_code": "f", "name": "n", "theme": "health", "geometry": "POINT(108.47 15.57)"}, "geometry"),
        ("service_areas", {"facility_code": "f", "name": "n", "theme": "health", "geometry": "nonsense"}, "geometry"),
        ("mentions", {"id": "", "source": "press", "published_at": "2026-01-01T08:00", "sentiment": 0}, "id"),
        ("mentions", {"id": "a", "source": "press", "published_at": "2026-01-01T08:00", "sentiment": 2}, "sentiment"),
        ("commerce", {"code": "c", "name": "n", "kind": "ocop", "stars": 6, "lon": LON, "lat": LAT}, "stars"),
    ],
)
def test_each_kind_of_value_has_its_sentence(asgi: Service, cast: Any, scratch: World, layer: str, row: dict[str, Any], field: str) -> None:
    person = cast["operator" if layer == "cameras" else "analyst"]
    answer = send(asgi, person, f"/api/feeds/{layer}", [row])
    assert answer.status_code == 422, answer.text
    assert answer.json()["faults"][0]["field"] == field


def test_rules_of_the_table_are_told_as_faults_of_rows(asgi: Service, cast: Any, scratch: World) -> None:
    """An end before its beginning, a progress above a hundred."""
    event = {
        "code": "r",
        "kind": "event",
        "title": "t",
        "starts_at": "2026-01-02T08:00",
        "ends_at": "2026-01-01T08:00",
        "lon": LON,
        "lat": LAT,
    }
    step = {"code": "m", "title": "t", "unit": "20341", "due_on": "2026-01-01", "progress": 101}
    for layer, row in (("road_events", event), ("milestones", step)):
        answer = send(asgi, cast["analyst"], f"/api/feeds/{layer}", [row])
        assert answer.status_code == 422, answer.text
        assert answer.json()["faults"][0]["row"] == 1


def test_a_key_of_somebody_else_is_not_written_over(asgi: Service, cast: Any, scratch: World) -> None:
    """A milestone of another province's unit, by its code."""
    other = scratch.row("milestones", "outside")
    code = Milestone.objects.get(pk=other.pk).code
    answer = send(
        asgi, cast["analyst"], "/api/feeds/milestones", [{"code": code, "title": "mine", "unit": "20341", "due_on": "2026-01-01"}]
    )
    assert answer.status_code == 422
    assert Milestone.objects.get(pk=other.pk).title != "mine"


def _workbook(rows: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def test_every_format_means_the_same(asgi: Service, cast: Any, scratch: World) -> None:
    names, cells = list(SPOT), [*SPOT.values()]
    table = ",".join(names) + "\n" + ",".join(map(str, cells)) + "\n"
    own = {name: value for name, value in SPOT.items() if name not in ("lon", "lat")}
    feature = {"type": "Feature", "properties": own, "geometry": {"type": "Point", "coordinates": [LON, LAT]}}
    collection = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    sent = [(table.encode("utf-8-sig"), "text/csv; charset=utf-8"), (_workbook([names, cells]), XLSX), (collection, "application/geo+json")]
    assert send(asgi, cast["analyst"], SPOTS, [SPOT]).json()["created"] == 1
    for body, kind in sent:
        assert send(asgi, cast["analyst"], SPOTS, body, kind).json() == {"received": 1, "created": 0, "corrected": 0, "repeated": 1}, kind


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"a": 1}', "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature"}]}', "application/geo+json", 400),
        (b"\xff\xfe", "text/csv", 400),
        (b"PK\x03\x04nothing", XLSX, 400),
        (b"<rows/>", "application/xml", 415),
    ],
)
def test_what_cannot_be_read_is_said(asgi: Service, cast: Any, scratch: World, body: bytes, kind: str, status: int) -> None:
    assert send(asgi, cast["analyst"], SPOTS, body, kind).status_code == status


def test_the_form_has_the_columns(asgi: Service, cast: Any, scratch: World) -> None:
    headers = {"Authorization": f"Bearer {cast['analyst'].secret}"}
    told = {feed["name"]: feed["columns"] for feed in asgi.request("GET", "/api/feeds", None, headers=headers).json()}
    assert set(told) >= {"milestones", "dossiers", "black_spots", "commerce", "mentions"}
    assert "security_events" not in told and "cameras" not in told
    content = asgi.request("GET", "/api/feeds/black_spots/form.xlsx", None, headers=headers).content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == told["black_spots"]
    for name in ("security_events", "cameras", "nothing", "roads"):
        assert asgi.request("GET", f"/api/feeds/{name}/form.xlsx", None, headers=headers).status_code == 404


def test_a_command_takes_what_the_api_takes(scratch: World, tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    path.write_text(f"code,name,kind,products,lon,lat\nt1,Chợ,market,,{LON},{LAT}\nt2,Cơ sở,ocop,3,{LON},{LAT}\n", encoding="utf-8")
    for said in ("2 ", "0 "):
        out = io.StringIO()
        call_command("ingest", "commerce", path, stdout=out)
        assert out.getvalue().startswith(said)
    assert TradePlace.objects.get(code="t2").products == 3
    area = {"type": "Polygon", "coordinates": [[[LON, LAT], [LON + 0.001, LAT], [LON + 0.001, LAT + 0.001], [LON, LAT]]]}
    feature = {"type": "Feature", "properties": {"facility_code": "f1", "name": "Vùng", "theme": "health"}, "geometry": area}
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    call_command("ingest", "service_areas", path, stdout=io.StringIO())
    assert ServiceArea.objects.get(facility_code="f1").admin_unit == scratch.units["A"]
    path = tmp_path / "bad.csv"
    path.write_text(f"code,name,kind,lon,lat\nt3,Chợ,bazaar,{LON},{LAT}\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"2: kind"):
        call_command("ingest", "commerce", path)


def test_a_feed_names_columns_that_are_there() -> None:
    """A key is a unique constraint of its table; what is sent is a column or a way to say where."""
    for layer in (layer for layer in catalogue.feature_layers() if layer.feed is not None):
        feed = layer.feed
        assert feed is not None
        meta = layer.model._meta
        for name in (*feed.key, *feed.values):
            meta.get_field(name)  # raises for a name that is none
        unique = [set(one.fields) for one in meta.constraints if hasattr(one, "fields")]
        unique += [{column.name} for column in meta.concrete_fields if column.unique]
        assert set(feed.key) in unique, layer.name
