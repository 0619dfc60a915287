"""Mergers, moved boundaries, corrected corners, land uses."""

import pytest
import shapely
from shapely.affinity import rotate

from land.models import LotRule, Parcel
from land.rows import EVERYBODY, parcels
from land.topology import coverage
from tests.land.desk import LONG_AGO, Desk, positions, shape_of
from tests.land.ground import CENTRE, line, slanted


def _row(desk: Desk, count: int = 3) -> list[Parcel]:
    """Parcels of 20 x 40 m side by side on a slanted street, numbered from the west."""
    x, y = CENTRE
    boxes = [rotate(shapely.box(x + 20 * i, y, x + 20 * i + 20, y + 40), 17, origin=CENTRE) for i in range(count)]
    # One set of corners: rotated one by one they could differ in the last digit.
    corner = {(round(a, 6), round(b, 6)): (a, b) for box in boxes for a, b in box.exterior.coords}
    shapes = [shapely.Polygon([corner[round(a, 6), round(b, 6)] for a, b in box.exterior.coords]) for box in boxes]
    return [desk.parcel(shape, number) for number, shape in enumerate(shapes, start=1)]


def _valid(desk: Desk) -> bool:
    return coverage.is_valid([shape_of(head) for head in desk.heads()])


def test_a_merger_takes_a_new_number_and_both_grounds(desk: Desk) -> None:
    """In the same hands only, and only what touches."""
    west, middle, east = _row(desk)
    assert desk.refused("merge", parcels=[str(west.uid), str(east.uid)]) == ["not-adjacent"]
    desk.holder(west)
    assert desk.refused("merge", parcels=[str(west.uid), str(middle.uid)]) == ["holders-differ"]
    desk.holder(middle)
    desk.done("merge", parcels=[str(west.uid), str(middle.uid)])
    third, merged = desk.heads()
    assert (third.pk, merged.parcel_no) == (east.pk, 4)
    assert merged.area_m2 == pytest.approx(1600, abs=0.01)
    assert set(merged.parents.values_list("parent", flat=True)) == {west.pk, middle.pk}
    assert merged.rights.filter(valid_to__isnull=True).count() == 1
    assert _valid(desk)


def test_a_boundary_moves_on_both_sides_at_once(desk: Desk) -> None:
    """The outline of both together stays, so no third parcel changes but for a vertex."""
    west, middle, _east = _row(desk)
    slanting = rotate(line((18, -5), (23, 50)), 17, origin=CENTRE)
    change = desk.done("adjust_boundary", parcels=[str(west.uid), str(middle.uid)], lines=[positions(slanting)])
    one, other = desk.head(west), desk.head(middle)
    assert one.area_m2 + other.area_m2 == pytest.approx(1600, abs=0.01)
    assert one.area_m2 != pytest.approx(800, abs=1)
    assert {row.uid for row in (one, other)} == {west.uid, middle.uid}
    assert sum(use.area_m2 for use in one.land_uses.all()) == pytest.approx(one.area_m2, abs=0.005)
    assert [pair[1] for pair in change.after] == [2, 2]
    assert _valid(desk)
    outside = rotate(line((65, -5), (65, 50)), 17, origin=CENTRE)
    assert desk.refused("adjust_boundary", parcels=[str(west.uid), str(middle.uid)], lines=[positions(outside)]) == ["line-misses"]


def test_a_corner_moves_in_every_parcel_that_has_it(desk: Desk) -> None:
    """By coordinates; the version before was wrong and so is on no map of the past."""
    west, middle, east = _row(desk)
    corner = _corner(west, middle, top=False)
    into_the_third = rotate(shapely.Point(CENTRE[0] + 45, CENTRE[1] + 1), 17, origin=CENTRE)
    moves = [{"source": corner, "target": [into_the_third.x, into_the_third.y]}]
    assert desk.refused("correct_corners", parcel=str(west.uid), moves=moves) == ["corner-breaks-shape"]
    target = (corner[0] + 0.4, corner[1] - 0.02)
    along = rotate(shapely.Point(CENTRE[0] + 20.5, CENTRE[1] + 40), 17, origin=CENTRE)
    moves = [{"source": _corner(west, middle, top=True), "target": [along.x, along.y]}]
    desk.done("correct_corners", parcel=str(west.uid), moves=moves)
    assert desk.head(west).area_m2 == pytest.approx(810, abs=0.01)
    assert desk.head(middle).area_m2 == pytest.approx(790, abs=0.01)
    assert desk.head(east).version == 1
    assert desk.head(west).valid_from == LONG_AGO
    assert _valid(desk)
    nowhere = [{"source": CENTRE, "target": target}, {"source": (CENTRE[0] + 5, CENTRE[1] + 9), "target": target}]
    assert desk.refused("correct_corners", parcel=str(west.uid), moves=nowhere[1:]) == ["no-corner"]


def _corner(one: Parcel, other: Parcel, *, top: bool) -> tuple[float, float]:
    shared = shape_of(one).boundary.intersection(shape_of(other).boundary)
    ends = sorted(shapely.get_coordinates(shared).tolist(), key=lambda place: place[1])
    return tuple(ends[-1 if top else 0])


def test_a_corner_may_not_enter_a_parcel_that_does_not_have_it(desk: Desk) -> None:
    """At the edge of the surveyed ground a corner is free, up to the next parcel."""
    parcel, (x, y) = desk.parcel(slanted(), 1), CENTRE
    desk.parcel(rotate(shapely.box(x + 64, y - 5, x + 90, y + 45), 17, origin=CENTRE), 2)
    corner = rotate(shapely.Point(x + 60, y), 17, origin=CENTRE)

    def moves(east: float) -> list[dict[str, list[float]]]:
        target = rotate(shapely.Point(x + 60 + east, y), 17, origin=CENTRE)
        return [{"source": [corner.x, corner.y], "target": [target.x, target.y]}]

    assert "overlap" in desk.refused("correct_corners", parcel=str(parcel.uid), moves=moves(8))
    desk.done("correct_corners", parcel=str(parcel.uid), moves=moves(1))
    assert desk.head(parcel).area_m2 == pytest.approx(2420, abs=0.01)


def test_uses_must_be_in_force_and_add_up(desk: Desk) -> None:
    """The whole or a part of the area."""
    parcel = _row(desk, 1)[0]
    wrong = [{"code": "ODT", "area_m2": 300}, {"code": "CLN", "area_m2": 400}]
    assert desk.refused("change_use", parcel=str(parcel.uid), uses=wrong) == ["uses-do-not-add-up"]
    assert desk.refused("change_use", parcel=str(parcel.uid), uses=[{"code": "XYZ", "area_m2": 800}]) == ["unknown-use"]
    right = [{"code": "ODT", "area_m2": 300, "origin": "4"}, {"code": "CLN", "area_m2": 500, "term_until": "2063-12-31"}]
    desk.done("change_use", parcel=str(parcel.uid), uses=right)
    head = desk.head(parcel)
    assert (head.land_use, head.land_use_label) == ("CLN", "CLN+ODT")
    terms = {use.code_id: (use.area_m2, use.origin, str(use.term_until)) for use in head.land_uses.all()}
    assert terms == {"ODT": (300, "4", "None"), "CLN": (500, "", "2063-12-31")}


def test_least_sizes_are_dated_and_of_the_nearest_unit(desk: Desk) -> None:
    """A ward's own rule goes before the province's; a rule of another day says nothing."""
    parcel = desk.parcel(slanted(), 1)
    values = {"land_use": "ODT,ONT", "legal_basis": "Mẫu", "is_sample": True}
    province = desk.unit.parent
    LotRule.objects.create(unit=province, area_m2=2000, valid_from=LONG_AGO, **values)
    split = {"parcel": str(parcel.uid), "areas": [100], "side": "west"}
    assert desk.refused("split_areas", **split) == ["lot-too-small"]
    ward = LotRule.objects.create(unit=desk.unit, area_m2=80, width_m=6, valid_from=LONG_AGO, **values)
    thin = {"parcel": str(parcel.uid), "areas": [160], "bearing": 253.0}
    assert desk.refused("split_areas", **thin) == ["lot-too-narrow"]
    ward.width_m = 0
    ward.save()
    desk.done("split_areas", **thin)
    LotRule.objects.create(unit=desk.unit, area_m2=9_999, valid_from=LONG_AGO, valid_to=LONG_AGO.replace(year=2021), **values)


def test_a_change_stays_inside_one_unit_and_touches_what_lives(desk: Desk) -> None:
    """Parcels of another unit are unknown to the officer; retired ones have no future."""
    parcel = desk.parcel(slanted(), 1)
    desk.done("split_areas", parcel=str(parcel.uid), areas=[800], side="north")
    assert desk.refused("split_areas", parcel=str(parcel.uid), areas=[800], side="north") == ["retired"]


def test_a_correction_leaves_no_trace_on_the_map_of_the_past(desk: Desk) -> None:
    """What was written wrongly never held; the history still tells that it stood there."""
    parcel = desk.parcel(slanted(), 1)
    desk.done("correct", parcel=str(parcel.uid), address="14 Trần Cao Vân", legal_area_m2=2399.5)
    head = desk.head(parcel)
    assert (head.address, head.legal_area_m2, head.valid_from, head.version) == ("14 Trần Cao Vân", 2399.5, LONG_AGO, 2)
    (wrong,) = parcels(EVERYBODY).filter(uid=parcel.uid, superseded_at__isnull=False)
    assert (wrong.valid_from, wrong.valid_to) == (LONG_AGO, LONG_AGO)
