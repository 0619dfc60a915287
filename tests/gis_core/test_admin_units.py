"""Units through time: every question has a date, and the answer is right on each side of a reform."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from gis_core.models import AdminUnit, AdminUnitPart
from tests import factories
from tests.world import CELL, JULY, MARCH, SOUTH, WEST, World, cells

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# Column and row of a place -> the names of the ward there in 2020, since March 2025 and since July 2025.
PLACES = {
    (0, 0): ("Phường Tân Thạnh", "Phường Tân Thạnh", "Phường Bàn Thạch"),
    (1, 0): ("Phường An Mỹ", "Phường An Mỹ", "Phường Tam Kỳ"),
    (1, 1): ("Phường Phước Hòa", "Phường An Xuân", "Phường Tam Kỳ"),
    (1, 2): ("Phường An Xuân", "Phường An Xuân", "Phường Tam Kỳ"),
    (2, 1): ("Phường An Sơn", "Phường An Sơn", "Phường Hương Trà"),
    (3, 1): ("Xã Bình Sơn", "Xã Bình Sơn", "Xã Bình Sơn"),
}


def _at(place: tuple[int, int], day: date) -> AdminUnit | None:
    return AdminUnit.objects.at_point(WEST + (place[0] + 0.5) * CELL, SOUTH + (place[1] + 0.5) * CELL, on=day)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("day", "generation"),
    [(MARCH - DAY, 0), (MARCH, 1), (MARCH + DAY, 1), (JULY - DAY, 1), (JULY, 2), (JULY + DAY, 2), (date(2026, 11, 1), 2)],
)
def test_the_ward_over_a_place_on_a_day(world: World, place: tuple[int, int], day: date, generation: int) -> None:
    """The lowest unit, of the generation in force; `valid_to` is the first day on which it is not."""
    found = _at(place, day)
    assert found is not None
    assert found.name == PLACES[place][generation]


@pytest.mark.parametrize(
    ("code", "before", "since"), [("20341", "Phường An Mỹ", "Phường Tam Kỳ"), ("20335", "Phường Tân Thạnh", "Phường Bàn Thạch")]
)
def test_a_code_is_reused_and_means_another_unit(world: World, code: str, before: str, since: str) -> None:
    """A code alone is never a key: 30 June and 1 July give different units."""
    names = [AdminUnit.objects.as_of(day).get(code=code, level="commune").name for day in (JULY - DAY, JULY)]
    assert names == [before, since]


def test_nothing_before_the_first_generation_and_outside_all_units(world: World) -> None:
    """No guess."""
    assert _at((1, 1), date(2019, 12, 31)) is None
    assert AdminUnit.objects.at_point(0.0, 0.0, on=JULY) is None


def test_units_of_one_day_do_not_overlap(world: World) -> None:
    """A generation is a partition: each place has one commune on each day."""
    for day in (MARCH - DAY, MARCH, JULY - DAY, JULY):
        communes = list(AdminUnit.objects.as_of(day).filter(level="commune"))
        for first in communes:
            others = [second for second in communes if second.pk > first.pk and first.geom.intersection(second.geom).area > 1e-12]
            assert others == []


def test_a_subtree_is_closed(world: World) -> None:
    """ "48/20341/" does not contain "48/203410/", though the text begins alike without the closing separator."""
    assert {unit.code for unit in AdminUnit.objects.subtree("48/20341/")} == {"20341"}
    assert {unit.code for unit in AdminUnit.objects.subtree("48/")} == {"48", "20341", "203410", "20335"}


def test_a_path_must_be_closed(world: World) -> None:
    """The database refuses a path without its last separator."""
    with pytest.raises(IntegrityError, match="admin_unit_path_is_closed"), transaction.atomic():
        factories.unit("48/20342", cells(9, 9), code="20342")


def test_a_code_is_unique_on_each_day(world: World) -> None:
    """The same code twice at a time is refused; one after the other it is fine."""
    factories.unit("48/20999/", cells(9, 0), valid_from=date(2025, 7, 1), valid_to=date(2026, 1, 1))
    factories.unit("48/20999/", cells(9, 0), valid_from=date(2026, 1, 1))
    with pytest.raises(IntegrityError, match="admin_unit_code_once_at_a_time"), transaction.atomic():
        factories.unit("48/20999/", cells(9, 0), valid_from=date(2026, 6, 1))


def test_dates_must_be_in_order(world: World) -> None:
    """A unit lasts at least a day."""
    with pytest.raises(IntegrityError, match="admin_unit_dates_in_order"), transaction.atomic():
        factories.unit("48/20998/", cells(9, 0), valid_from=JULY, valid_to=JULY)


def test_the_subdivided_twin_follows_the_boundary(world: World) -> None:
    """Parts cover the unit exactly, and are made anew when it changes."""
    unit = world.units["A"]
    assert _area_of_parts(unit) == pytest.approx(unit.geom.area)
    AdminUnit.objects.filter(pk=unit.pk).update(geom=cells(1, 0))
    assert _area_of_parts(unit) == pytest.approx(CELL * CELL)
    assert _at((1, 2), JULY) == world.units["đà nẵng"]


def test_a_part_has_at_most_256_vertices(world: World) -> None:
    """That is what makes point-in-polygon fast."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE gis_core_adminunit SET geom = ST_Multi(ST_Buffer(ST_Centroid(geom), 0.004, 500)) WHERE id = %s", [world.units["A"].pk]
        )
        cursor.execute("SELECT max(ST_NPoints(geom)), count(*) FROM gis_core_adminunitpart WHERE unit_id = %s", [world.units["A"].pk])
        most, parts = cursor.fetchone()
    assert most <= 256
    assert parts > 1


def test_a_place_on_a_border_has_one_answer(world: World) -> None:
    """Both neighbours touch it; the answer is the same each time."""
    answers = {AdminUnit.objects.at_point(WEST + CELL, SOUTH + CELL / 2, on=JULY) for _ in range(5)}
    assert len(answers) == 1
    assert answers <= {world.units["A"], world.units["C"]}


def test_the_crosswalk_tells_what_became_of_a_unit(world: World) -> None:
    """Forwards and backwards."""
    assert [step.new.name for step in world.units["tân thạnh"].successions.all()] == ["Phường Bàn Thạch"]
    assert {step.old.name for step in world.units["A"].origins.all()} == {"Phường An Mỹ", "Phường An Xuân"}


def test_the_mercator_copy_follows(world: World) -> None:
    """The database computes it; exteriors wind clockwise, as vector tiles want them."""
    unit = AdminUnit.objects.get(pk=world.units["A"].pk)
    assert unit.geom_3857.srid == 3857
    with connection.cursor() as cursor:
        cursor.execute("SELECT ST_IsPolygonCW(geom_3857) FROM gis_core_adminunit WHERE id = %s", [unit.pk])
        assert cursor.fetchone() == (True,)


def _area_of_parts(unit: AdminUnit) -> float:
    return sum(part.geom.area for part in AdminUnitPart.objects.filter(unit=unit))
