"""The parcels fill the town without gaps and overlaps, vertex to vertex."""

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from gis_core.pilot import plan
from land.pilot.parcels import Generator, ParcelBatch

Polygons = NDArray[np.object_]


def test_every_parcel_is_valid(polygons: Polygons) -> None:
    assert shapely.is_valid(polygons).all()


def test_parcels_are_an_edge_matched_coverage(polygons: Polygons) -> None:
    # Without a gap width, T-junctions off by less than a millimetre go unseen.
    assert shapely.coverage_is_valid(polygons, gap_width=0.001)


def test_no_vertex_lies_inside_a_neighbours_edge(polygons: Polygons) -> None:
    points, ring = shapely.get_coordinates(shapely.get_rings(polygons), return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1][same], points[1:][same]], axis=1)
    vertices = np.unique(points, axis=0)
    vertex, edge = shapely.STRtree(shapely.linestrings(ends)).query(shapely.points(vertices), predicate="dwithin", distance=0.0004)
    to_ends = np.abs(ends[edge] - vertices[vertex][:, None, :]).max(axis=2).min(axis=1)
    assert (to_ends < 0.0005).all()


def test_coordinates_are_whole_millimetres(polygons: Polygons) -> None:
    coordinates = shapely.get_coordinates(polygons)
    assert (np.round(coordinates, 3) == coordinates).all()


def test_parcels_fill_their_unit_and_nothing_else(batches: list[ParcelBatch]) -> None:
    for batch in batches:
        assert shapely.area(batch.polygons).sum() == pytest.approx(batch.unit.geom.area, abs=1.0)
        assert shapely.covered_by(batch.polygons, batch.unit.geom.buffer(0.002)).all()


def test_every_unit_has_parcels(batches: list[ParcelBatch]) -> None:
    assert [batch.unit.code for batch in batches] == [unit.code for unit in plan.units()]
    assert all(len(batch) > 100 for batch in batches)


def test_holes_are_filled_by_a_parcel_of_their_own(batches: list[ParcelBatch]) -> None:
    holes = 0
    for batch in batches:
        rings = [ring for polygon in batch.polygons for ring in polygon.interiors]
        normal = {shapely.normalize(polygon).wkb for polygon in batch.polygons}
        assert all(shapely.normalize(shapely.Polygon(ring)).wkb in normal for ring in rings)
        holes += len(rings)
    assert holes > 5


@pytest.mark.parametrize("seed", [2, 3])
def test_other_seeds_give_other_towns_that_hold_together(seed: int, polygons: Polygons) -> None:
    other = np.concatenate([batch.polygons for batch in Generator(seed, 0.1).batches()])
    assert shapely.is_valid(other).all()
    assert shapely.coverage_is_valid(other, gap_width=0.001)
    assert len(other) != len(polygons)


def test_larger_scales_hold_together_too() -> None:
    batch = Generator(1, 2.0).batch(4)
    assert shapely.is_valid(batch.polygons).all()
    assert shapely.coverage_is_valid(batch.polygons, gap_width=0.001)
