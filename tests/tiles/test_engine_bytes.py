"""The compiled encoder and the one in numpy write the same bytes, and those are a tile as MVT 2.1 wants it."""

from itertools import pairwise
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from gis_core.access import Reach
from tests.store.plans import CORNER, lines, plans, points, store_of
from tiles.matrix import EDGE, Tile
from tiles.mvt_encoder import DEEPEST, encode

ALL = Reach(everything=True)


def tile_at(zoom: int, x: float, y: float) -> Tile:
    """The tile over a place in EPSG:3857."""
    size = 2 * EDGE / (1 << zoom)
    return Tile(zoom, int((x + EDGE) // size), int((EDGE - y) // size))


def features(data: bytes) -> list[dict[str, Any]]:
    """The features of the first layer, y southwards."""
    layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    found: list[dict[str, Any]] = next(iter(layers.values()))["features"] if layers else []
    return found


@settings(max_examples=150, deadline=None)
@given(plans(3000.0), st.integers(0, DEEPEST), st.integers(-1, 1), st.integers(-1, 1))
def test_both_encoders_write_the_same_bytes(shapes: list[Any], zoom: int, right: int, down: int) -> None:
    store = store_of(shapes)
    tile = tile_at(zoom, *CORNER)
    side = (1 << zoom) - 1
    tile = Tile(zoom, min(max(tile.x + right, 0), side), min(max(tile.y + down, 0), side))
    assert encode(store, tile, ALL) == encode(store, tile, ALL, compiled=False)


@pytest.mark.parametrize("parts", range(1, 15))
def test_a_message_is_whole_whatever_its_length(parts: int) -> None:
    """Around 128 bytes the lengths before a geometry take a byte more: its first bytes once were written over."""
    tile = tile_at(14, *CORNER)
    west, south, east, north = tile.bounds()
    far = [(west + 1, south + 1), (east - 1, north - 1), (west + 300, north - 300), (east - 300, south + 300)]
    for vertices in range(2, 40):
        lines = [shapely.LineString([far[(number + part) % 4] for number in range(vertices)]) for part in range(parts)]
        store = store_of([shapely.MultiLineString(lines), shapely.MultiPoint(far * vertices)])
        data = encode(store, tile, ALL)
        assert data == encode(store, tile, ALL, compiled=False)
        line, several = (shape(feature["geometry"]) for feature in features(data))
        assert [len(drawn.coords) for drawn in getattr(line, "geoms", [line])] == [vertices] * parts
        assert len(several.geoms) == 4 * vertices


def area(ring: Any) -> float:
    """By the surveyor's formula of MVT 2.1 (4.3.4.4)."""
    return float(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring.coords)))


@settings(max_examples=100, deadline=None)
@given(plans(3000.0), st.integers(10, 18))
def test_rings_wind_and_coordinates_stay_in_the_buffer(shapes: list[Any], zoom: int) -> None:
    for feature in features(encode(store_of(shapes), tile_at(zoom, *CORNER), ALL)):
        drawn = shape(feature["geometry"])
        west, north, east, south = drawn.bounds
        assert min(west, north) >= -64
        assert max(east, south) <= 4160
        for polygon in getattr(drawn, "geoms", [drawn]):
            if polygon.geom_type == "Polygon":
                assert area(polygon.exterior) > 0
                assert all(area(hole) < 0 for hole in polygon.interiors)


def test_ids_and_attributes_stand_as_given() -> None:
    shapes = [shapely.Point(CORNER[0] + step, CORNER[1]) for step in range(4)]
    found = features(encode(store_of(shapes), tile_at(14, *CORNER), ALL))
    assert [feature["id"] for feature in found] == [1, 8, 15, 22]
    assert found[0]["properties"] == {"name": "đường", "level": "cấp 0"}
    assert found[1]["properties"] == {"level": "cấp 1"}, "an absent value is left out"
    assert found[3]["properties"] == {"name": "", "level": "cấp 0"}


def test_an_exterior_that_vanishes_takes_its_holes_along() -> None:
    x, y = CORNER
    sliver = shapely.Polygon(
        [(x, y), (x + 900, y), (x + 900, y + 0.01), (x, y + 0.01)], [[(x + 1, y + 0.001), (x + 800, y + 0.005), (x + 2, y + 0.005)]]
    )
    assert encode(store_of([sliver]), tile_at(10, *CORNER), ALL) == b""


@pytest.mark.parametrize("compiled", [True, False])
def test_a_surface_over_the_whole_tile_is_its_buffered_square(*, compiled: bool) -> None:
    x, y = CORNER
    found = features(encode(store_of([shapely.box(x - 9e5, y - 9e5, x + 9e5, y + 9e5)]), tile_at(16, x, y), ALL, compiled=compiled))
    assert shape(found[0]["geometry"]).equals(shapely.box(-64, -64, 4160, 4160))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(points(2400.0), lines(2400.0)), min_size=1, max_size=8), st.integers(13, 15))
def test_no_feature_is_lost_at_a_seam(shapes: list[Any], zoom: int) -> None:
    """The tiles that cover the plan, without their buffers, hold every point and every line together."""
    store, corner, size = store_of(shapes), tile_at(zoom, *CORNER), Tile(zoom, 0, 0).size
    reach = range(int(2400 / size) + 2)
    seen: dict[int, float] = {}
    for tile in (Tile(zoom, corner.x + dx, corner.y - dy) for dx in reach for dy in reach):
        for feature in features(encode(store, tile, ALL)):
            drawn = shape(feature["geometry"]).intersection(shapely.box(0, 0, 4096, 4096))
            if not drawn.is_empty:
                seen[feature["id"]] = seen.get(feature["id"], 0.0) + shapely.union_all(drawn).length * size / 4096
    for number, drawn in enumerate(shapes):
        unit = size / 4096
        ground = shapely.union_all(drawn)  # what runs over itself counts once
        if drawn.geom_type == "Point" or ground.length > 4 * unit:
            lost = ground.length - seen[number * 7 + 1]
            assert lost <= 4 * unit * shapely.get_num_coordinates(drawn) * len(reach)
