"""Splitting by lines and by areas: exact ground, exact corners, faults with their places."""

import pytest
import shapely

from land.topology import coverage, dividing, knots
from land.topology.faults import TopologyFault
from tests.land.ground import CENTRE, line, slanted

L_SHAPE = shapely.Polygon([(CENTRE[0] + x, CENTRE[1] + y) for x, y in ((0, 0), (30, 0), (30, 10), (10, 10), (10, 40), (0, 40))])
RING = shapely.Polygon(slanted(40, 40, 0).exterior, [[(CENTRE[0] + x, CENTRE[1] + y) for x, y in ((15, 15), (25, 15), (25, 25), (15, 25))]])


@pytest.mark.parametrize("bearing", [0.0, 37.0, 90.0, 201.5, 270.0, 359.9])
@pytest.mark.parametrize("area", [0.5, 120.0, 599.99])
def test_an_area_is_cut_exactly(area: float, bearing: float) -> None:
    """To 0.01 m² and better; the rest is the rest."""
    piece, rest = dividing.by_areas(slanted(30, 20), [area], bearing)
    assert piece.area == pytest.approx(area, abs=1e-4)
    assert rest.area == pytest.approx(600 - area, abs=1e-4)


def test_the_west_side_is_in_the_west() -> None:
    """Sides are bearings of the plane's north."""
    piece, rest = dividing.by_areas(slanted(30, 20, 0), [120], dividing.SIDES["west"])
    assert piece.bounds[2] == pytest.approx(rest.bounds[0])
    assert piece.bounds[2] - piece.bounds[0] == pytest.approx(6)


def test_areas_are_cut_one_after_the_other() -> None:
    """Each from what is left; together with the rest they are a coverage."""
    pieces = dividing.by_areas(slanted(), [500, 300, 200], 73)
    assert [round(piece.area, 3) for piece in pieces] == [500, 300, 200, 1400]
    assert coverage.is_valid(pieces)


def test_a_concave_parcel_is_cut_where_it_stays_whole() -> None:
    """From the east an arm comes off; from the north-east both arms would: refused, with a place."""
    arm, rest = dividing.by_areas(L_SHAPE, [100], dividing.SIDES["east"])
    assert (round(arm.area), round(rest.area)) == (100, 500)
    with pytest.raises(TopologyFault) as fault:
        dividing.by_areas(L_SHAPE, [120], 45)
    assert fault.value.code == "part-in-pieces"
    assert fault.value.place is not None


def test_a_closed_line_makes_a_hole_and_what_fills_it() -> None:
    """A pond becomes a parcel of its own inside another."""
    pond = line((15, 15), (25, 15), (25, 25), (15, 25), (15, 15))
    outer, inner = sorted(dividing.by_lines(slanted(40, 40, 0), [pond]), key=lambda piece: -piece.area)
    assert (round(inner.area, 6), len(outer.interiors)) == (100, 1)
    assert coverage.is_valid([outer, inner])


def test_a_line_through_a_hole_leaves_the_hole_empty() -> None:
    """What lies in the hole is another's ground."""
    pieces = dividing.by_lines(RING, [line((20, -5), (20, 45))])
    assert [round(piece.area, 6) for piece in pieces] == [750, 750]
    assert not any(piece.interiors for piece in pieces)


def test_lines_that_meet_inside() -> None:
    """A T of two lines makes three."""
    pieces = dividing.by_lines(slanted(40, 40, 0), [line((20, -1), (20, 41)), line((20, 20), (41, 20))])
    assert sorted(round(piece.area, 6) for piece in pieces) == [400, 400, 800]
    assert coverage.is_valid(pieces)


def test_an_end_a_little_short_of_the_boundary_is_meant_to_lie_on_it() -> None:
    """Within 1 cm; near a corner it is the corner, exactly."""
    square = slanted(40, 40, 0)
    pieces = dividing.by_lines(square, [line((0.004, 0.003), (39.994, 39.996))])
    assert [piece.area for piece in pieces] == pytest.approx([800, 800], abs=1e-6)
    assert len(knots.vertices(pieces)) == 4
    with pytest.raises(TopologyFault) as fault:
        dividing.by_lines(square, [line((0.5, 20), (39.5, 20))])
    assert fault.value.code == "line-misses"


def test_a_part_thinner_than_a_millimetre_is_refused() -> None:
    """It would be an error of drawing."""
    with pytest.raises(TopologyFault) as fault:
        dividing.by_lines(slanted(40, 40, 0), [line((0.0004, -1), (0.0004, 41))])
    assert fault.value.code == "too-thin"


@pytest.mark.parametrize(
    ("areas", "code"), [([2400.0], "area-too-large"), ([1300.0, 1200.0], "area-too-large"), ([0.0], "area-not-positive")]
)
def test_areas_that_are_not_there(areas: list[float], code: str) -> None:
    """Nothing would be left, or nothing is asked."""
    with pytest.raises(TopologyFault) as fault:
        dividing.by_areas(slanted(), areas, 90)
    assert fault.value.code == code
