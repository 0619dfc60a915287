"""VN2000Quad: tiles in the plane of the cadastre, and the definitions of both matrix sets (OGC 17-083r4)."""

from itertools import pairwise
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gis_core import crs
from land.models import Parcel
from tests.cast import Person
from tests.service import Service
from tests.sql import execute
from tests.world import BOUNDS, World
from tiles.matrix import MATRIX_SETS, VN2000_QUAD, WEB_MERCATOR_QUAD, Tile, definition

QUAD = "VN2000Quad"


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """The tile of VN2000Quad over a WGS 84 position."""
    east, north = crs.transform(4326, 5899, lon, lat)
    size = VN2000_QUAD.side / (1 << z)
    return Tile(z, int((east - VN2000_QUAD.west) // size), int((VN2000_QUAD.north - north) // size), VN2000_QUAD)


def address(layer: str, tile: Tile) -> str:
    return f"/tiles/{layer}/{QUAD}/{tile.z}/{tile.x}/{tile.y}.mvt"


def features(asgi: Service, layer: str, tile: Tile, person: Person | None = None) -> dict[int, BaseGeometry]:
    """Shapes in metres of VN-2000 by key."""
    content = asgi.get(address(layer, tile), person).content
    decoded: dict[str, Any] = mapbox_vector_tile.decode(content) if content else {}
    west, south, _east, _north = tile.bounds()
    unit = tile.size / 4096
    return {
        feature["id"]: shapely.transform(shape(feature["geometry"]), lambda xy: xy * unit + (west, south))
        for feature in decoded.get(layer, {"features": []})["features"]
    }


@pytest.mark.parametrize("z", [12, 15, 18])
def test_shapes_lie_where_the_cadastre_says(asgi: Service, world: World, leader: Person, z: int) -> None:
    """Parcels are stored in this plane: their corners are the tile's, to a unit, with no transformation between."""
    row = world.row("parcels", "A")
    tile = tile_at(*row.at, z)
    found = features(asgi, "parcels", tile, leader)[row.pk]
    true = shapely.from_wkb(bytes(Parcel.objects.get(pk=row.pk).geom.wkb)).intersection(shapely.box(*tile.bounds(64 / 4096)))
    corners, drawn = shapely.get_coordinates(true), shapely.get_coordinates(found)
    unit = tile.size / 4096
    nearest = np.sqrt(((corners[:, None] - drawn[None]) ** 2).sum(axis=2)).min(axis=1)
    assert nearest.max() <= 1.5 * unit  # rounding, and what PostGIS tidies after it


def test_layers_in_degrees_are_moved_by_the_pinned_operation(asgi: Service, world: World) -> None:
    row = world.row("facilities", "A")
    found = features(asgi, "facilities", tile_at(*row.at, 17))[row.pk]
    assert shapely.get_coordinates(found)[0] == pytest.approx(crs.transform(4326, 5899, *row.at), abs=VN2000_QUAD.side / 2**17 / 4096)


@pytest.mark.parametrize("layer", ["parcels", "facilities", "roads", "admin_units"])
def test_no_feature_is_lost_at_seams(asgi: Service, world: World, leader: Person, layer: str) -> None:
    """All tiles of a zoom together hold what one tile far above them holds."""
    west, south, east, north = BOUNDS
    corners = [tile_at(lon, lat, 13) for lon in (west - 0.01, east + 0.01) for lat in (south - 0.01, north + 0.01)]
    columns = range(min(t.x for t in corners), max(t.x for t in corners) + 1)
    rows = range(min(t.y for t in corners), max(t.y for t in corners) + 1)
    assert len(columns) * len(rows) > 400, "many seams run through the world"
    tiles = [Tile(13, x, y, VN2000_QUAD) for x in columns for y in rows]
    pieces = [features(asgi, layer, tile, leader) for tile in tiles]
    whole = features(asgi, layer, tile_at(*world.row(layer, "A").at, 10), leader)
    assert set().union(*pieces) >= set(whole)
    assert whole


def test_a_shape_across_a_seam_is_whole(asgi: Service, scratch: World, leader: Person) -> None:
    """A parcel over the corner of four tiles: each has its part up to the margin, and together they cover it."""
    row = scratch.row("parcels", "A")
    tile = tile_at(*row.at, 16)
    west, _south, _east, north = tile.bounds()
    true = shapely.box(west - 9, north - 7, west + 8, north + 10)
    execute("UPDATE land_parcel SET geom = ST_GeomFromText(%s, 5899) WHERE id = %s", true.wkt, row.pk)
    four = [Tile(16, tile.x + dx, tile.y + dy, VN2000_QUAD) for dx in (-1, 0) for dy in (-1, 0)]
    parts = [features(asgi, "parcels", found, leader)[row.pk] for found in four]
    unit = tile.size / 4096
    assert shapely.union_all(parts).symmetric_difference(true).area < true.length * unit
    assert all(part.difference(shapely.box(*found.bounds(65 / 4096))).is_empty for part, found in zip(parts, four, strict=True))


def test_an_edit_changes_the_validator_of_its_tile_alone(asgi: Service, scratch: World) -> None:
    here, there = (address("facilities", tile_at(*scratch.row("facilities", home).at, 14)) for home in ("A", "outside"))
    before = {path: asgi.get(path).headers["ETag"] for path in (here, there)}
    execute("UPDATE layers_facility SET name = 'Tên mới' WHERE id = %s", scratch.row("facilities", "A").pk)
    assert asgi.get(here, headers={"If-None-Match": before[here]}).status_code == 200
    assert asgi.get(there, headers={"If-None-Match": before[there]}).status_code == 304


def test_the_mercator_box_holds_the_whole_tile() -> None:
    """A change anywhere in a tile has to reach its validator: sides are curves in the other plane."""
    rng = np.random.default_rng(1)
    for z in (0, 3, 7, 12, 19):
        for _turn in range(20):
            tile = Tile(z, int(rng.integers(0, 1 << z)), int(rng.integers(0, 1 << z)), VN2000_QUAD)
            west, south, east, north = tile.bounds(64 / 4096)
            x, y = rng.uniform(west, east, 500), rng.uniform(south, north, 500)
            x[:100], y[100:200] = west, north
            moved_x, moved_y = crs.transformer(5899, 3857).transform(x, y)
            box = tile.mercator_bounds(64 / 4096)
            assert moved_x.min() >= box[0] and moved_x.max() <= box[2]
            assert moved_y.min() >= box[1] and moved_y.max() <= box[3]


def test_the_default_set_may_be_named(asgi: Service, world: World) -> None:
    named, plain = (asgi.get(f"/tiles/roads/{part}13/6565/3730.mvt") for part in ("WebMercatorQuad/", ""))
    assert (named.headers["ETag"], named.content) == (plain.headers["ETag"], plain.content)


@pytest.mark.parametrize("path", ["/tiles/roads/NoQuad/1/0/0.mvt", "/tiles/matrix-sets/NoQuad.json"])
def test_unknown_sets_are_not_found(asgi: Service, path: str) -> None:
    answer = asgi.get(path)
    assert answer.status_code == 404
    assert "VN2000Quad" in answer.json()["detail"]


@pytest.mark.parametrize("place", ["20/0/0", "3/8/0", "3/0/8", "3/-1/0", "3/0/x"])
def test_places_outside_are_refused(asgi: Service, place: str) -> None:
    assert asgi.get(f"/tiles/roads/{QUAD}/{place}.mvt").status_code == 400


def test_definitions_are_published(asgi: Service) -> None:
    listed = asgi.get("/tiles/matrix-sets.json").json()["tileMatrixSets"]
    assert [entry["id"] for entry in listed] == list(MATRIX_SETS)
    for entry in listed:
        answer = asgi.get(entry["links"][0]["href"].replace("http://testserver", ""))
        assert answer.json() == definition(MATRIX_SETS[entry["id"]])
        assert asgi.get(f"/tiles/matrix-sets/{entry['id']}.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_scales_are_those_of_the_standard() -> None:
    """17-083r4, annex D.1: the first and the last rows of WebMercatorQuad."""
    levels = definition(WEB_MERCATOR_QUAD)["tileMatrices"]
    assert levels[0]["scaleDenominator"] == pytest.approx(559082264.028717, rel=1e-9)
    assert levels[18]["cellSize"] == pytest.approx(0.597164283559817, rel=1e-9)
    assert levels[0]["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])


def test_every_zoom_halves_the_one_above() -> None:
    for matrix in MATRIX_SETS.values():
        levels = definition(matrix)["tileMatrices"]
        for upper, lower in pairwise(levels):
            assert lower["cellSize"] * 2 == pytest.approx(upper["cellSize"])
            assert (lower["matrixWidth"], lower["matrixHeight"]) == (2 * upper["matrixWidth"], 2 * upper["matrixHeight"])
            assert lower["pointOfOrigin"] == upper["pointOfOrigin"]
