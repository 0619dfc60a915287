"""Common vertices, and the proof that they are there."""

import numpy as np
import pytest
import shapely

from land.topology import coverage, dividing, joining, knots
from land.topology.faults import TopologyFault
from tests.land.ground import CENTRE, line, slanted


def _neighbours(degrees: float) -> tuple[shapely.Polygon, shapely.Polygon]:
    """Two parcels with one common slanted edge, its corners bit by bit the same."""
    whole = slanted(60, 80, degrees)
    south, north = dividing.by_lines(whole, [_across(whole, degrees)])
    return south, north


def _across(whole: shapely.Polygon, degrees: float) -> shapely.LineString:
    centre, turn = whole.centroid, np.radians(degrees)
    run = np.array([np.cos(turn), np.sin(turn)]) * 100
    return shapely.LineString([(centre.x - run[0], centre.y - run[1]), (centre.x + run[0], centre.y + run[1])])


@pytest.mark.parametrize("degrees", [0.1, 7.7, 17.0, 31.3, 44.4, 61.9, 80.05])
def test_the_trap_of_the_missing_vertex(degrees: float) -> None:
    """A split without the vertex in the neighbour is caught at the gap width of 1 mm, and mended by knitting."""
    south, north = _neighbours(degrees)
    pieces = dividing.by_areas(south, [1000], 90 - degrees)
    assert not coverage.is_valid([*pieces, north])
    pieces, (knotted,) = knots.knit(pieces, [north])
    assert coverage.is_valid([*pieces, knotted])
    assert len(knotted.exterior.coords) == len(north.exterior.coords) + 1
    assert knotted.area == pytest.approx(north.area, abs=1e-6)
    assert {tuple(place) for place in north.exterior.coords} <= {tuple(place) for place in knotted.exterior.coords}


def test_a_corner_that_nearly_meets_is_the_neighbours_corner() -> None:
    """Within 1 mm the piece moves, never the neighbour."""
    x, y = CENTRE
    neighbour = shapely.box(x + 10, y, x + 20, y + 10)
    piece = shapely.Polygon([(x, y), (x + 10.0004, y - 0.0003), (x + 9.9996, y + 10), (x, y + 10)])
    (snapped,), (same,) = knots.knit([piece], [neighbour])
    assert same.equals_exact(neighbour)
    assert coverage.is_valid([snapped, same])
    assert snapped.area == pytest.approx(100, abs=1e-9)


def test_points_far_away_or_at_corners_change_nothing() -> None:
    """The very same polygon comes back."""
    polygon = slanted()
    points = np.array([polygon.exterior.coords[1], (CENTRE[0] - 50, CENTRE[1])])
    assert knots.insert(polygon, points) is polygon


def test_several_points_on_one_edge_stand_in_its_order() -> None:
    """However they are given."""
    x, y = CENTRE
    box = shapely.box(x, y, x + 10, y + 10)
    knotted = knots.insert(box, np.array([(x + 7, y), (x + 2, y), (x + 5, y), (x + 10, y + 4)]))
    assert knotted.is_valid
    assert knotted.area == 100
    assert len(knotted.exterior.coords) == 9


def test_places_of_faults() -> None:
    """An overlap and a narrow gap are named where they are."""
    x, y = CENTRE
    box = shapely.box(x, y, x + 10, y + 10)
    overlapping, gap = shapely.box(x + 9.5, y, x + 20, y + 10), shapely.box(x + 10.0005, y, x + 20, y + 10)
    (common,) = coverage.overlaps([box, overlapping], 1)
    assert common.area == pytest.approx(5)
    assert coverage.overlaps([box, gap], 1) == []
    faults = coverage.unmatched([box, gap])
    assert {fault.index for fault in faults} == {0, 1}
    assert all(abs(fault.place[0] - x - 10) < 0.01 for fault in faults)
    assert coverage.is_valid([box])


def test_a_merger_keeps_every_corner_of_the_outline() -> None:
    """Neighbours outside have these corners too."""
    south, north = _neighbours(17)
    third = dividing.by_areas(south, [1000], 0)
    merged = joining.merge(third)
    outline = {tuple(place) for place in merged.exterior.coords}
    assert {tuple(place) for place in south.exterior.coords} <= outline
    assert merged.area == pytest.approx(south.area, abs=1e-9)
    with pytest.raises(TopologyFault, match="do not share a boundary"):
        joining.merge([north, shapely.box(0, 0, 1, 1)])


def test_a_parcel_and_its_pond_become_one_without_a_hole() -> None:
    """The hole closes."""
    pieces = dividing.by_lines(slanted(40, 40, 0), [line((15, 15), (25, 15), (25, 25), (15, 25), (15, 15))])
    assert len(joining.merge(pieces).interiors) == 0


def test_a_new_boundary_leaves_each_its_larger_part() -> None:
    """Whoever held more of a side keeps it."""
    south, north = _neighbours(0)
    x, y = CENTRE
    moved = shapely.LineString([(x - 5, y + 35), (x + 70, y + 47)])
    one, other = joining.adjust(south, north, [moved])
    assert shapely.intersection(one, south).area > shapely.intersection(one, north).area
    assert one.area + other.area == pytest.approx(4800, abs=1e-6)
    with pytest.raises(TopologyFault) as fault:
        joining.adjust(south, north, [moved, shapely.LineString([(x - 5, y + 60), (x + 70, y + 60)])])
    assert fault.value.code == "boundary-unclear"


def test_corners_move_together() -> None:
    """In every parcel that has them; one that nobody has is named."""
    south, north = _neighbours(0)
    corner = next(place for place in south.exterior.coords if place in set(north.exterior.coords))
    target = (corner[0], corner[1] + 0.5)
    moved = joining.move_corners([south, north], [(corner, target)])
    assert coverage.is_valid(moved)
    assert sum(shape.area for shape in moved) == pytest.approx(4800, abs=1e-6)
    with pytest.raises(TopologyFault) as fault:
        joining.move_corners([south, north], [((CENTRE[0] + 3, CENTRE[1] + 3), target)])
    assert (fault.value.code, fault.value.place) == ("no-corner", (CENTRE[0] + 3, CENTRE[1] + 3))
