"""The mesh: cuts keep neighbours together."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis_core.pilot import cuts, ragged
from gis_core.pilot.halves import NONE, Lines
from gis_core.pilot.mesh import EDGE_BASE, Mesh, edge_keys

Polygons = NDArray[np.object_]


def squares(columns: int = 3, rows: int = 2, side: float = 100.0) -> Mesh:
    """A board of squares."""
    return Mesh.from_polygons(
        np.array([shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side) for x in range(columns) for y in range(rows)])
    )


def line(x: float, y: float, degrees: float, bend: float = 0.0) -> Lines:
    """One cutting line through a point, with its normal in this direction."""
    angle = np.radians(degrees)
    return Lines(np.array([[x, y]]), np.array([[np.cos(angle), np.sin(angle)]]), np.array([bend]))


def holds_together(mesh: Mesh, area: float) -> None:
    """The pieces are valid, meet vertex to vertex, and cover what they covered."""
    polygons = mesh.polygons()
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons, gap_width=0.001)
    assert shapely.area(polygons).sum() == pytest.approx(area, abs=0.5)


def test_a_board_comes_back_as_it_was() -> None:
    mesh = squares()
    assert len(mesh) == 6
    assert shapely.area(mesh.polygons()).tolist() == [10_000.0] * 6
    holds_together(mesh, 60_000)


def test_a_cut_gives_the_neighbour_its_vertices() -> None:
    mesh = squares(2, 1)
    made = cuts.cut(mesh, np.array([0]), line(50, 40.0, 90), snap=0.1)
    assert made.tolist() == [2]
    assert len(mesh) == 3
    assert shapely.get_num_coordinates(mesh.polygons()[1]) == 6  # a square's five and the new one
    holds_together(mesh, 20_000)


def test_the_new_piece_lies_where_the_normal_points() -> None:
    mesh = squares(1, 1)
    made = cuts.cut(mesh, np.array([0]), line(50, 30, 90), snap=0.1)
    low, high = mesh.polygons()[[0, made[0]]]
    assert (low.area, high.area) == (3_000, 7_000)


def test_a_line_beside_the_piece_cuts_nothing() -> None:
    mesh = squares(1, 1)
    assert cuts.cut(mesh, np.array([0]), line(500, 500, 90), snap=0.1).tolist() == [NONE]
    assert len(mesh) == 1


def test_too_small_a_piece_is_not_cut_off() -> None:
    mesh = squares(1, 1)
    assert cuts.cut(mesh, np.array([0]), line(50, 0.5, 90), snap=0.1, smallest=60).tolist() == [NONE]
    holds_together(mesh, 10_000)


def test_cuts_from_both_sides_at_one_place_share_the_vertex() -> None:
    mesh = squares(2, 1)
    lines = Lines(np.array([[50.0, 40.0], [150.0, 40.05]]), np.array([[0.0, 1.0], [0.0, 1.0]]))
    assert (cuts.cut(mesh, np.array([0, 1]), lines, snap=0.3) >= 0).all()
    on_border = np.unique(mesh.xy[mesh.xy[:, 0] == 100.0], axis=0)
    assert len(on_border) == 3
    holds_together(mesh, 20_000)


def test_of_a_piece_with_arms_only_the_one_at_the_point_is_cut() -> None:
    comb = shapely.Polygon([(0, 0), (90, 0), (90, 60), (60, 60), (60, 30), (30, 30), (30, 60), (0, 60)])
    mesh = Mesh.from_polygons(np.array([comb]))
    made = cuts.cut(mesh, np.array([0]), line(75, 45, 90), snap=0.1)
    assert mesh.polygons()[made[0]].bounds == (60, 45, 90, 60)
    holds_together(mesh, comb.area)


def test_a_strip_has_its_width() -> None:
    mesh = squares(1, 1)
    strips, beyond = cuts.strip(mesh, np.array([0]), line(50, 40, 90), np.array([8.0]), snap=0.1)
    assert shapely.area(mesh.polygons()[[0, strips[0], beyond[0]]]).tolist() == [4_000, 800, 5_200]


def test_fixed_edges_get_no_vertices() -> None:
    mesh = squares(2, 1)
    border = mesh.xy[:, 0] == 100.0
    mesh.fixed = edge_keys(*np.flatnonzero(border).reshape(2, 1))
    before = border.sum()
    cuts.cut(mesh, np.array([0]), line(50, 30, 90), snap=0.1)
    assert (mesh.xy[:, 0] == 100.0).sum() == before
    holds_together(mesh, 20_000)


def test_densify_puts_vertices_on_both_sides() -> None:
    mesh = squares(2, 1)
    ends = np.flatnonzero(mesh.xy[:, 0] == 100.0)
    mesh.densify(edge_keys(ends[:1], ends[1:]), 25.0)
    assert shapely.get_num_coordinates(mesh.polygons()).tolist() == [8, 8]
    holds_together(mesh, 20_000)


def test_taking_pieces_keeps_their_fixed_edges() -> None:
    mesh = squares(3, 1)
    a, b = np.flatnonzero(mesh.xy[:, 0] == 100.0)
    mesh.fixed = edge_keys(np.array([a]), np.array([b]))
    part = mesh.take(np.array([0]))
    assert len(part.xy) == 4
    assert part.xy[[part.fixed[0] // EDGE_BASE, part.fixed[0] % EDGE_BASE]].tolist() == mesh.xy[[a, b]].tolist()
    assert len(mesh.take(np.array([2])).fixed) == 0


def test_polygons_with_holes_are_refused() -> None:
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    with pytest.raises(ValueError, match="without holes"):
        Mesh.from_polygons(np.array([ring]))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), bend=st.sampled_from([0.0, 0.03]))
def test_any_cuts_keep_everything_together(seed: int, bend: float) -> None:
    rng = np.random.default_rng(seed)
    mesh = squares(3, 2)
    for _ in range(6):
        _, centre = mesh.measures()
        angle = rng.uniform(0, np.pi, len(mesh))
        lines = Lines(centre + rng.normal(0, 3, centre.shape), np.c_[np.cos(angle), np.sin(angle)], bend * rng.uniform(-1, 1, len(mesh)))
        cuts.cut(mesh, np.arange(len(mesh)), lines, snap=0.3, smallest=14)
    holds_together(mesh, 60_000)


def test_ranges_run_forwards_and_backwards() -> None:
    first, count = np.array([5, 20]), np.array([3, 2])
    assert ragged.ranges(first, count).tolist() == [5, 6, 7, 20, 21]
    assert ragged.ranges(first, count, np.array([True, False])).tolist() == [7, 6, 5, 20, 21]
