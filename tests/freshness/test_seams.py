"""No feature is lost at a tile's edge: every tile that a feature reaches into holds it, and the pieces make up the whole."""

import math
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from hypothesis import given, settings

from gis_core.access import Reach
from tests.store.plans import CORNER, plans, rings, store_of
from tiles.matrix import EDGE, Tile
from tiles.mvt_encoder import encode

pytestmark = pytest.mark.usefixtures("warmed")
_ALL = Reach(everything=True)
_REACH = 1200.0
_SOME = settings(max_examples=12, deadline=None)


def _tiles(box: tuple[float, float, float, float], zoom: int) -> list[Tile]:
    """The tiles that a box in EPSG:3857 meets."""
    side = 2 * EDGE / (1 << zoom)
    left, right = (int((x + EDGE) // side) for x in (box[0], box[2]))
    top, bottom = (int((EDGE - y) // side) for y in (box[3], box[1]))
    return [Tile(zoom, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def _decoded(body: bytes) -> dict[int, Any]:
    features = mapbox_vector_tile.decode(body)["plain"]["features"] if body else ()
    return {feature["id"]: shapely.geometry.shape(feature["geometry"]) for feature in features}


@_SOME
@given(shapes=plans(_REACH))
@pytest.mark.parametrize("zoom", [13, 16])
def test_every_tile_that_a_feature_enters_holds_it(shapes: list[Any], zoom: int) -> None:
    """What enters by more than a unit of the tile's grid, and is larger than one."""
    store = store_of(shapes)
    box = (CORNER[0] - 10, CORNER[1] - 10, CORNER[0] + 2 * _REACH, CORNER[1] + 2 * _REACH)
    for tile in _tiles(box, zoom):
        west, south, east, north = tile.bounds(0)
        unit = (east - west) / 4096
        inner = shapely.box(west + 2 * unit, south + 2 * unit, east - 2 * unit, north - 2 * unit)
        held = _decoded(encode(store, tile, _ALL))
        for number, shape in enumerate(shapes):
            parts = [] if shape is None else shapely.get_parts(shape)  # which may overlap each other
            if any(_shows(part.intersection(inner), unit) for part in parts):
                assert number * 7 + 1 in held, f"feature {number} is missing in {tile}"


def _shows(part: Any, unit: float) -> bool:
    """Whether a part of a feature must be drawn: a point, or what keeps a length or an area on the grid."""
    if part.is_empty:
        return False
    if part.geom_type.endswith("Point"):
        return True
    return bool(part.length > 4 * unit if part.area == 0 else part.area > (4 * unit) ** 2 and part.area / part.length > unit)


@_SOME
@given(ring=rings(_REACH))
def test_pieces_make_up_the_whole(ring: Any) -> None:
    """The parts inside the tiles (without their margins) add up to the polygon's area."""
    if ring.is_empty:
        return
    zoom, store = 15, store_of([ring])
    total = 0.0
    for tile in _tiles(ring.bounds, zoom):
        west, _south, east, _north = tile.bounds(0)
        unit = (east - west) / 4096
        for piece in _decoded(encode(store, tile, _ALL)).values():
            total += piece.buffer(0).intersection(shapely.box(0, 0, 4096, 4096)).area * unit**2
    # Each corner is rounded to the grid: an error of at most a unit along the edges.
    unit = 2 * EDGE / (1 << zoom) / 4096
    assert math.isclose(total, ring.area, abs_tol=unit * ring.length + 4 * unit**2)
