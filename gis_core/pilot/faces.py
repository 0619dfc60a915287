"""What units, main roads and water cut the town into: faces that meet exactly."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from gis_core.pilot import plan
from gis_core.pilot.mesh import Mesh
from gis_core.pilot.ragged import Ints

MILLIMETRE = 0.001
CRUMB_M2 = 10.0


class Kind(IntEnum):
    """What a face or block is."""

    LAND = 0
    ROAD = 1
    WATER = 2
    STREET = 3
    DITCH = 4


@dataclass
class Faces:
    """A mesh with, for each piece, its unit (index into plan.units()), kind, and road or water (index into plan's list, or -1)."""

    mesh: Mesh
    unit: Ints
    kind: Ints
    source: Ints


def draw_faces() -> Faces:
    """Units cut by water and by main roads (water first: a bridge is no land), roads cut into lengths."""
    units, roads, waters = plan.units(), plan.roads(), plan.waters()
    extent = shapely.union_all([unit.geom for unit in units])
    road_areas = [road.line.buffer(road.width_m / 2, quad_segs=3, cap_style="flat") for road in roads]
    water_areas = [water.surface for water in waters]
    outlines = [unit.geom.exterior for unit in units]
    edges = shapely.boundary(np.array([shapely.union_all(water_areas), shapely.union_all(road_areas)]))
    inner = shapely.intersection(edges, extent)
    lines = [*outlines, *inner, *_cross_lines(extent)]
    pieces = _without_crumbs(_without_holes(lines, extent), [unit.geom for unit in units])
    inside = shapely.point_on_surface(pieces)
    kind = np.full(len(pieces), Kind.LAND, np.int64)
    road, water = _covering(road_areas, inside), _covering(water_areas, inside)
    source = np.where(water >= 0, water, road)
    kind[road >= 0] = Kind.ROAD
    kind[water >= 0] = Kind.WATER
    unit = _covering([unit.geom for unit in units], inside)
    return Faces(Mesh.from_polygons(pieces), unit, kind, source)


def _cross_lines(extent: shapely.Geometry) -> list[shapely.Geometry]:
    """Short lines across roads every 240 m and across rivers every 700 m, so that no parcel runs through the whole town."""
    lines: list[LineString] = []
    for road in plan.roads():
        lines += _across(road.line, 240.0, road.width_m / 2 + 1.0)
    for water in plan.waters():
        if water.kind != "lake":
            reach = 200.0 if water.kind == "river" else 12.0
            whole = [shapely.intersection(line, water.surface) for line in _across(water.line, 700.0, reach)]
            lines += [line for line in whole if isinstance(line, LineString)]
    return list(shapely.intersection(np.array(lines), extent))


def _across(line: LineString, spacing: float, reach: float) -> list[LineString]:
    """Lines at right angles to a line, `reach` metres to each side, every `spacing` metres."""
    at = np.arange(spacing / 2, line.length, spacing)
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, at + 1.0))
    normal = np.c_[here[:, 1] - ahead[:, 1], ahead[:, 0] - here[:, 0]] * reach
    ends = np.stack([here - normal, here + normal], axis=1)
    return list(shapely.linestrings(ends))


def _without_holes(lines: list[shapely.Geometry], extent: shapely.Geometry) -> NDArray[np.object_]:
    """Polygonise; cut through the holes of pieces that have any and try again."""
    for _ in range(5):
        noded = shapely.union_all(np.array(lines, dtype=object), grid_size=MILLIMETRE)
        pieces: NDArray[np.object_] = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
        pieces = pieces[shapely.contains_properly(extent, shapely.point_on_surface(pieces))]
        holed = pieces[shapely.get_num_interior_rings(pieces) > 0]
        if not len(holed):
            return pieces
        west, _, east, _ = shapely.bounds(extent)
        for piece in holed:
            for hole in piece.interiors:
                middle = shapely.Polygon(hole).representative_point()
                lines.append(shapely.intersection(LineString([(west, middle.y), (east, middle.y)]), piece))
    raise ValueError("the plan leaves faces with holes")


def _without_crumbs(pieces: NDArray[np.object_], units: list[shapely.Polygon]) -> NDArray[np.object_]:
    """Join pieces of a few square metres to the neighbour in their unit with which they share most."""
    unit = _covering(units, shapely.point_on_surface(pieces))
    whole, tree = pieces.copy(), shapely.STRtree(pieces)
    gone = np.zeros(len(pieces), bool)
    for crumb in np.flatnonzero(shapely.area(pieces) < CRUMB_M2):
        near = tree.query(pieces[crumb], predicate="intersects")
        near = near[(near != crumb) & ~gone[near] & (unit[near] == unit[crumb])]
        shared = shapely.length(shapely.intersection(shapely.boundary(whole[near]), shapely.boundary(whole[crumb])))
        if len(near) and shared.max() > 0:
            host = near[shared.argmax()]
            whole[host] = shapely.coverage_union(whole[host], whole[crumb])
            gone[crumb] = True
    left: NDArray[np.object_] = shapely.get_parts(whole[~gone])
    return left


def _covering(areas: list[shapely.Polygon], points: NDArray[np.object_]) -> Ints:
    """For each point the first area that contains it, or -1."""
    tree = shapely.STRtree(areas)
    point, area = tree.query(points, predicate="within")
    found = np.full(len(points), len(areas), np.int64)
    np.minimum.at(found, point, area)
    return np.where(found == len(areas), -1, found)
