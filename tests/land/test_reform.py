"""The reform of 2025 runs as data: parcels answer under old and new keys, and no key is given twice."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from shapely.affinity import translate

from gis_core.models import AdminUnit
from land.extract.map_sheet import sheet_of
from land.history import key_on, keys_on
from land.layers import Parcels
from land.models import ParcelKey
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


SECOND = date(2027, 1, 1)
BETWEEN = date(2026, 12, 31)


def _second(world: World, *lines: Line) -> Rekeyed:
    """A made-up reform: Tam Kỳ and Hương Trà become Sông Tiên, under the code that An Xuân had; their other sheets go far behind."""
    for home in ("A", "B"):
        AdminUnit.objects.filter(pk=world.units[home].pk).update(valid_to=SECOND)
    AdminUnit.objects.create(
        **{name: getattr(world.units["A"], name) for name in ("geom", "parent", "level")},
        code="20347",
        name="Phường Sông Tiên",
        path="48/20347/",
        valid_from=SECOND,
    )
    told = {(line.old_unit, line.old_sheet) for line in lines}
    others = heads(EVERYBODY).filter(admin_unit__in=[world.units["A"], world.units["B"]]).values_list("admin_unit__code", "sheet_no")
    rest = {
        Line(code, sheet, "20347", (5_000 if code == "20341" else 9_000) + sheet) for code, sheet in others if (code, sheet) not in told
    }
    return rekey((*lines, *rest), SECOND)


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


def test_keys_of_three_generations_answer(office: Desk, world: World) -> None:
    """An Mỹ 7/5, Tam Kỳ 7/5, Sông Tiên 31/5, where An Xuân 7/5 became Tam Kỳ 31/5 and then Sông Tiên 7/5: each day has its one parcel."""
    first, second = (
        heads(EVERYBODY).get(sheet_no=7, admin_unit__code=code, valid_from__gte=date(2020, 2, 1)).uid for code in ("20341", "20347")
    )
    _run(*LINES)
    assert _second(world, Line("20341", 7, "20347", 31), Line("20341", 31, "20347", 7)).faults == ()
    asked = [
        (BEFORE, "20341", 7),
        (BEFORE, "20347", 7),
        (DAY, "20341", 7),
        (DAY, "20341", 31),
        (BETWEEN, "20341", 7),
        (BETWEEN, "20341", 31),
    ]
    asked += [(SECOND, "20347", 31), (SECOND, "20347", 7)]
    assert [_uids(day, unit, sheet, 5) for day, unit, sheet in asked] == [[first], [second]] * 4
    assert _uids(SECOND, "20341", 7, 5) == _uids(BETWEEN, "20347", 7, 5) == []
    rows = list(Parcels().rows(EVERYBODY, BEFORE).filter(uid__in=[first, second]))
    assert {key.sheet for key in keys_on(BEFORE, rows).values()} == {7}
    assert {key.sheet for key in keys_on(BETWEEN, rows).values()} == {key.sheet for key in keys_on(SECOND, rows).values()} == {7, 31}
    assert sheet_of(EVERYBODY, 7, "20347", BEFORE).unit == "Phường An Xuân"
    assert [lot.number for lot in sheet_of(EVERYBODY, 7, "20347", BEFORE).lots] == [5]


def test_a_parcel_that_was_born_between_two_reforms_has_two_keys(office: Desk, world: World) -> None:
    """It did not exist under the first units."""
    _run(*LINES)
    desk = Desk.open(world.units["A"])
    born = desk.parcel(translate(slanted(), 400, 0), 6, sheet_no=7, valid_from=date(2026, 1, 1))
    assert _second(world, Line("20341", 7, "20347", 7), Line("20341", 31, "20347", 31)).faults == ()
    assert _uids(BETWEEN, "20341", 7, 6) == _uids(SECOND, "20347", 7, 6) == [born.uid]
    assert _uids(BEFORE, "20341", 7, 6) == _uids(BEFORE, "20347", 7, 6) == []


def test_a_second_reform_collides_with_nothing_unseen(office: Desk, world: World) -> None:
    """Two sheets that would become one; nothing is written, no former key either."""
    _run(*LINES)
    done = _second(world, Line("20341", 7, "20347", 7), Line("20341", 31, "20347", 7))
    assert len(done.faults) == 1
    assert not ParcelKey.objects.exists()


def test_reforms_come_one_after_another(world: World, db: None) -> None:
    """A unit that goes on, whose sheets are numbered anew twice."""
    desk = Desk.open(world.units["outside"])
    desk.parcel(slanted(), 5, sheet_no=7, valid_from=date(2020, 2, 1))
    sheets = {row.sheet_no for row in heads(EVERYBODY).filter(admin_unit=desk.unit)}

    def renumber(on: date, by: int) -> Rekeyed:
        now = heads(EVERYBODY).filter(admin_unit=desk.unit).values_list("sheet_no", flat=True).distinct()
        return rekey([Line("21034", sheet, "21034", sheet + by) for sheet in now], on)

    assert renumber(DAY, 100).parcels >= len(sheets)
    assert "01/07/2025" in renumber(DAY, 100).faults[0]
    assert "01/07/2025" in renumber(BEFORE, 100).faults[0]
    assert renumber(SECOND, 100).faults == ()
    assert renumber(date(2030, 1, 1), 100).faults == ()
    days = {BEFORE: 7, DAY: 107, BETWEEN: 107, SECOND: 207, date(2030, 1, 1): 307}
    assert all(
        len(_uids(day, "21034", sheet, 5)) == (on == day) for on, sheet in days.items() for day in days if days[day] != sheet or on == day
    )


def _uids(day: date, unit: str, sheet: int, number: int) -> list[UUID]:
    return list(Parcels().rows(EVERYBODY, day).filter(key_on(day, unit, sheet, number)).values_list("uid", flat=True))


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
