"""The plot of a whole map sheet."""

import re
import zlib
from datetime import date

import pytest
import shapely
from django.utils import timezone

from gis_core.access import Reach
from gis_core.errors import BadParameter, NotFound
from land.extract.map_plot import plot
from land.extract.map_sheet import PAPERS, MapSheet, sheet_of
from land.rows import EVERYBODY
from tests.land.api.caller import caller
from tests.land.desk import Desk
from tests.land.ground import CENTRE, slanted
from tests.world import World

X, Y = CENTRE
UNIT = "20341"


@pytest.fixture
def desk_with_sheet(desk: Desk) -> Desk:
    """Sheet 900 with four parcels, one in a hole of another, one too small for its whole label; sheet 901 beside it."""
    yard = shapely.box(X, Y, X + 80, Y + 60)
    pond = shapely.box(X + 20, Y + 20, X + 40, Y + 40)
    desk.parcel(yard.difference(pond), 1, uses=(("ODT", 0.2), ("CLN", 0.8)))
    desk.holder(desk.parcel(pond, 2, uses=(("LUC", 1.0),)), "Nguyễn Thị Bưởi")
    desk.parcel(shapely.box(X + 80, Y, X + 120, Y + 60), 3)
    desk.parcel(shapely.box(X + 120, Y, X + 120.8, Y + 60), 4)
    desk.parcel(shapely.box(X, Y + 60, X + 50, Y + 90), 1, sheet_no=901)
    return desk


def _sheet(scale: int | None = None, number: int = 900) -> MapSheet:
    return sheet_of(EVERYBODY, number, UNIT, timezone.localdate(), scale)


def _streams(content: bytes) -> bytes:
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    found = []
    for part in parts:
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            found.append(part)
    return b"\n".join(found)


def test_the_whole_sheet_is_on_it(desk_with_sheet: Desk) -> None:
    """Parcels, the legend adds up to them, and the sheets beside."""
    sheet = _sheet()
    assert [lot.number for lot in sheet.lots] == [1, 2, 3, 4]
    assert [(use.code, use.parcels) for use in sheet.legend] == [("ODT", 3), ("LUC", 1)]
    assert sum(use.area for use in sheet.legend) == pytest.approx(sum(lot.area for lot in sheet.lots))
    assert sheet.beside == (901,)


def test_scale_and_paper(desk_with_sheet: Desk) -> None:
    """The largest usual scale that goes onto an A1; as asked; and what is accepted where no paper is large enough."""
    assert (_sheet().scale, _sheet().paper) == (200, PAPERS["A1"])
    assert (_sheet(500).scale, _sheet(500).paper) == (500, PAPERS["A3"])
    desk_with_sheet.parcel(shapely.box(X, Y, X + 3_000, Y + 20), 1, sheet_no=903)
    assert _sheet(number=903).scale == 5_000
    with pytest.raises(BadParameter, match="1:5000") as refused:
        _sheet(200, 903)
    assert refused.value.field == "scale"


def test_positions_are_to_scale(desk_with_sheet: Desk) -> None:
    """In the file itself: the outline of parcel 3 measures 40 m and 60 m at 1:500."""
    content = _streams(plot(_sheet(500)))
    point = 72 / 25.4
    wanted = (40 * point * 2, 60 * point * 2)
    found = False
    for path in re.findall(rb"((?:[\d.]+ [\d.]+ [ml]\s+){4,5}h)", content):
        places = [(float(x), float(y)) for x, y in re.findall(rb"([\d.]+) ([\d.]+) [ml]", path)]
        width, height = (max(axis) - min(axis) for axis in zip(*places, strict=True))
        found |= abs(width - wanted[0]) < 0.05 and abs(height - wanted[1]) < 0.05
    assert found


def test_a_page_of_its_paper_without_pictures(desk_with_sheet: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """One page; both fonts inside, so that no letter is missing."""
    answer = caller(desk_with_sheet.officer).client.get(f"/api/land/sheets/900/plot?unit={UNIT}&scale=500")
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        200,
        "application/pdf",
        "private, no-cache",
    )
    assert answer.content.count(b"/Type /Page\n") == 1
    assert b"/Subtype /Image" not in answer.content
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", answer.content)
    assert box
    assert [round(float(side) / 72 * 25.4) for side in box.groups()] == [420, 297]
    assert "missing" not in caplog.text


@pytest.mark.parametrize("query", ["unit=20341&scale=99", "unit=20341&scale=many", "unit=20341&on=yesterday", "scale=500"])
def test_bad_questions_are_named(desk_with_sheet: Desk, query: str) -> None:
    """Before anything is drawn."""
    assert caller(desk_with_sheet.officer).get(f"/sheets/900/plot?{query}").status_code in (400, 422)


def test_what_is_not_open_is_not_there(desk_with_sheet: Desk) -> None:
    """The same answer as for a sheet that does not exist."""
    for reach, number in ((Reach(), 900), (EVERYBODY, 999)):
        with pytest.raises(NotFound):
            sheet_of(reach, number, UNIT, timezone.localdate())


def test_before_the_reform_under_its_old_key(desk: Desk, world: World) -> None:
    """Unit, sheet and numbers of that day."""
    desk.parcel(slanted(), 7, old_unit=world.units["an mỹ"], old_sheet_no=12, old_parcel_no=34)
    sheet = sheet_of(EVERYBODY, 12, UNIT, date(2025, 6, 30))
    assert (sheet.unit, [lot.number for lot in sheet.lots]) == (world.units["an mỹ"].name, [34])
    assert [lot.number for lot in _sheet().lots] == [7]
