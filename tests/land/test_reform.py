"""The reform of 2025 runs as data: parcels answer under old and new keys, and no key is given twice."""

from datetime import date
from pathlib import Path

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from shapely.affinity import translate

from gis_core.models import AdminUnit
from land.history import key_on
from land.layers import Parcels
from land.mutations.rekeying import Line, Rekeyed, rekey
from land.mutations.writing import geos
from land.rows import EVERYBODY, heads, parcels
from tests.land.desk import Desk
from tests.land.ground import slanted
from tests.world import World

DAY = date(2025, 7, 1)
BEFORE = date(2025, 6, 30)


@pytest.fixture
def office(world: World, db: None) -> Desk:
    """An Mỹ and An Xuân, which the reform makes one of, both have a sheet 7 with a parcel 5."""
    desk = Desk.open(world.units["an mỹ"])
    desk.parcel(slanted(), 5, sheet_no=7, valid_from=date(2020, 2, 1))
    Desk.open(world.units["an xuân 2025"]).parcel(translate(slanted(), 200, 0), 5, sheet_no=7, valid_from=date(2025, 3, 1))
    return desk


LINES = (Line("20341", 7, "20341", 7), Line("20347", 7, "20341", 31))


def _run(*lines: Line, on: date = DAY, dry_run: bool = False) -> Rekeyed:
    """With a line for every other sheet that the world has in these communes."""
    others = heads(EVERYBODY).filter(admin_unit__code__in=["20341", "20347"], admin_unit__valid_to=DAY).exclude(sheet_no__in=[7, 8])
    rest = {Line(row.admin_unit.code, row.sheet_no, "20341", 1_000 + row.sheet_no) for row in others if row.admin_unit}
    return rekey((*lines, *rest), on, dry_run=dry_run)


def _found(day: date, unit: str, sheet: int, number: int) -> list[tuple[int, int]]:
    rows = Parcels().rows(EVERYBODY, day).filter(key_on(day, unit, sheet, number))
    return sorted((row.sheet_no, row.parcel_no) for row in rows)


def test_parcels_answer_under_both_keys(office: Desk, world: World) -> None:
    """20341 is An Mỹ before the day and Tam Kỳ since; each key names one parcel."""
    assert _run(*LINES).faults == ()
    assert _found(BEFORE, "20341", 7, 5) == [(7, 5)]
    assert _found(BEFORE, "20347", 7, 5) == [(31, 5)]
    assert _found(DAY, "20341", 7, 5) == [(7, 5)]
    assert _found(DAY, "20341", 31, 5) == [(31, 5)]
    assert {row.admin_unit for row in heads(EVERYBODY).filter(old_sheet_no=7)} == {world.units["A"]}


def test_history_goes_with_the_parcel(office: Desk, world: World) -> None:
    """A version of 2021 answers under its old key, and to the officers of the new unit."""
    row = heads(EVERYBODY).get(sheet_no=7, admin_unit=office.unit)
    office.done("correct", parcel=str(row.uid), address="Kiệt 9")
    _run(*LINES)
    versions = parcels(EVERYBODY).filter(uid=row.uid)
    assert [(one.admin_unit, one.old_sheet_no) for one in versions] == [(world.units["A"], 7)] * 2


def test_a_collision_is_named_and_nothing_is_written(office: Desk) -> None:
    """Two sheets that would become one with the same numbers."""
    done = _run(LINES[0], Line("20347", 7, "20341", 7))
    assert done.parcels == 0
    assert len(done.faults) == 1
    assert "7" in done.faults[0]
    assert not heads(EVERYBODY).filter(old_sheet_no=7).exists()


def test_sheets_without_a_line_and_a_second_run_are_faults(office: Desk) -> None:
    """Nothing is guessed, nothing is lost."""
    assert len(_run(Line("20341", 8, "20341", 8), LINES[1]).faults) == 1
    assert _run(*LINES, dry_run=True).parcels >= 2
    assert not heads(EVERYBODY).filter(old_sheet_no=7).exists()
    _run(*LINES)
    assert rekey((Line("20341", 31, "20341", 40),), date(2025, 7, 2)).faults


def test_a_divided_sheet_goes_by_place(office: Desk, world: World) -> None:
    """A line for each new unit: a parcel follows the ground that it lies on; ground of neither is a fault."""
    lines = (Line("20341", 7, "203410", 3), Line("20341", 7, "20341", 7), LINES[1])
    row = heads(EVERYBODY).get(sheet_no=7, admin_unit=office.unit)
    heads(EVERYBODY).filter(pk=row.pk).update(geom=geos(_inside(world.units["C"])))
    assert len(_run(*lines).faults) == 1
    heads(EVERYBODY).filter(pk=row.pk).update(geom=geos(_inside(world.units["B"])))
    assert _run(*lines).faults == ()
    row.refresh_from_db()
    assert (row.admin_unit, row.sheet_no, row.old_sheet_no) == (world.units["B"], 3, 7)


def _inside(unit: AdminUnit) -> shapely.Polygon:
    place = unit.geom.point_on_surface.transform(5899, clone=True)
    assert isinstance(place, Point)
    return shapely.box(place.x, place.y, place.x + 20, place.y + 20)


def test_the_command(office: Desk, tmp_path: Path) -> None:
    """From a spreadsheet's CSV; faults end it with their sentences."""
    path = tmp_path / "sheets.csv"
    others = heads(EVERYBODY).filter(admin_unit=office.unit).exclude(sheet_no=7).values_list("sheet_no", flat=True).distinct()
    rest = "".join(f"20341,{sheet},20341,{1_000 + sheet}\n" for sheet in others)
    path.write_text("\ufeffold_unit,old_sheet,new_unit,new_sheet\n20341,8,20341,8\n" + rest, encoding="utf-8")
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("rekey_parcels", str(path), "--on", "2025-07-01")
    path.write_text("old_unit,old_sheet,new_unit,new_sheet\n20341,7,20341,7\n" + rest, encoding="utf-8")
    call_command("rekey_parcels", str(path), "--on", "2025-07-01")
    assert heads(EVERYBODY).filter(old_sheet_no=7).count() == 1
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="old_sheet"):
        call_command("rekey_parcels", str(path), "--on", "2025-07-01")
