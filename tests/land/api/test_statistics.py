"""Area statistics: the same numbers in every format, adding up at every level."""

import csv
import io
import zipfile
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from gis_core.models import Role
from tests import factories
from tests.land.api.caller import Caller, caller
from tests.land.desk import Desk
from tests.land.ground import slanted

PATH = "/statistics/areas"


@pytest.fixture
def leader_api(desk: Desk) -> Caller:
    """Sees every unit."""
    desk.parcel(slanted(), 1, uses=(("ODT", 0.3333), ("CLN", 0.6667)))
    desk.parcel(slanted(33.3, 21.7), 2)
    leader = factories.user()
    factories.jurisdiction(leader, Role.LEADER, desk.unit)
    return caller(leader)


def _by_path(lines: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for line in lines:
        found[line["path"]][line["code"]] = line["area_m2"]
    return found


def test_parts_add_up_to_totals_and_communes_to_provinces(leader_api: Caller) -> None:
    """To the cent."""
    found = _by_path(leader_api.get(PATH).body)
    for codes in found.values():
        assert round(sum(area for code, area in codes.items() if code), 2) == codes[""]
    province = round(sum(codes[""] for path, codes in found.items() if path.startswith("48/") and path.count("/") == 2), 2)
    assert found["48/"][""] == province
    assert found["48/20341/"]["CLN"] == pytest.approx(2400 * 0.6667, abs=0.01)


def test_a_parcel_of_two_uses_counts_once_in_the_total(desk: Desk, leader_api: Caller) -> None:
    """And under each of its codes."""
    lines = {(line["path"], line["code"]): line["parcels"] for line in leader_api.get(PATH).body}
    sheets = lines["48/20341/", ""]
    assert lines["48/20341/", "CLN"] == 1
    assert lines["48/20341/", "ODT"] == 2
    assert sheets < sum(count for (path, code), count in lines.items() if path == "48/20341/" and code)


def test_a_past_day_has_the_areas_of_that_day(desk: Desk, leader_api: Caller) -> None:
    """Before a change of land use."""
    parcel = desk.heads()[0]
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    before = _by_path(leader_api.get(PATH).body)["48/20341/"]
    desk.done("change_use", parcel=str(parcel.uid), uses=[{"code": "LUC", "area_m2": 2400}])
    after = _by_path(leader_api.get(PATH).body)["48/20341/"]
    assert (after["LUC"], after[""]) == (2400, before[""])
    assert "CLN" not in after
    assert _by_path(leader_api.get(PATH, on=yesterday).body)["48/20341/"]["CLN"] == before["CLN"]


def test_csv_and_excel_say_the_same(leader_api: Caller) -> None:
    """Vietnamese heads, a byte order mark for Excel, numbers as numbers."""
    lines = leader_api.get(PATH).body
    answer = leader_api.client.get("/api/land" + PATH, {"format": "csv"})
    text = answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(text))
    assert head[0] == "Đơn vị"
    assert [(row[1], row[2], float(row[5])) for row in rows] == [(line["path"], line["code"], line["area_m2"]) for line in lines]
    book = leader_api.client.get("/api/land" + PATH, {"format": "xlsx"})
    assert book.headers["Content-Disposition"].startswith("attachment; filename=")
    with zipfile.ZipFile(io.BytesIO(book.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len(lines) + 1
    assert f"<v>{lines[-1]['area_m2']:g}" in sheet


def test_an_officer_sees_the_own_unit_alone(desk: Desk, leader_api: Caller) -> None:
    """The province above it shows that unit's share."""
    found = _by_path(caller(desk.officer).get(PATH).body)
    assert set(found) == {"48/", "48/20341/"}
    assert found["48/"] == found["48/20341/"]


def test_an_unknown_format_is_named(leader_api: Caller) -> None:
    """400."""
    answer = leader_api.get(PATH, format="pdf")
    assert (answer.status_code, answer.body["field"]) == (400, "format")
