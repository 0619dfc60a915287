"""Counters of low zooms: memory and database say the same, and nothing is lost or counted twice at seams."""

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_core.access import Reach
from layers.layer import FeatureLayer
from layers.store.store import LayerStore
from tests import factories
from tests.store.against_sql import columns_of, load
from tests.store.plans import CORNER, rings
from tests.store.test_against_sql import layer_of, reaches, stored
from tests.tiles.test_engine_bytes import tile_at
from tests.world import World
from tiles.matrix import Tile
from tiles.mvt_sql import tile_query
from tiles.pyramid.sources import CounterSource
from tiles.pyramid.tally import SIDE

QUIET = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
USES = st.sampled_from(("LUC", "ODT", "RSX", "DGT", "??"))
Content = dict[str, dict[int, tuple[Any, Any]]]


def content(data: bytes) -> Content:
    """(attributes, geometry) by layer and id."""
    layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True}) if data else {}
    return {name: {f["id"]: (f["properties"], f["geometry"]) for f in layer["features"]} for name, layer in layers.items()}


def from_database(source: CounterSource, tile: Tile) -> Content:
    """The tile of counters as the database makes it, through Django's connection."""
    sql, parameters = tile_query([source], tile)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)  # type: ignore[arg-type]
        return content(bytes(cursor.fetchone()[0]))


def counter(layer: FeatureLayer, reach: Reach, zoom: int) -> CounterSource:
    """The counters that a zoom shows."""
    return CounterSource(layer, reach, why="zoom" if zoom <= 10 else "building")


def around(zoom: int) -> list[Tile]:
    """The tiles in which shapes near CORNER may count."""
    tile = tile_at(zoom, *CORNER)
    side = range(-2, 3) if zoom > 5 else range(1)
    return [Tile(zoom, tile.x + dx, tile.y + dy) for dx in side for dy in side]


@QUIET
@given(data=st.data())
def test_memory_and_database_count_alike_after_any_edits(db: None, world: World, data: st.DataObject) -> None:
    layer = layer_of("parcels")
    homes = [world.units["A"], world.units["B"], None]
    with transaction.atomic():
        rows = [_row(layer, homes[number % 3], data) for number in range(data.draw(st.integers(1, 6)))]
        store = load(layer)
        _compare(store, world, data)
        moved, gone = rows[0], rows[-1]
        moved.geom, moved.area_m2 = stored(layer, data.draw(_FIELD)), 77.7
        moved.save()
        ids = sorted({moved.pk, gone.pk})
        gone.delete()
        _compare(store.patched(columns_of(store.builder, ids), np.array(ids, np.int64)), world, data)
        transaction.set_rollback(True)


_FIELD = rings(2500.0).filter(lambda ring: not ring.is_empty)


def _row(layer: FeatureLayer, home: Any, data: st.DataObject) -> Any:
    shape, use = stored(layer, data.draw(_FIELD)), data.draw(USES)
    return factories.feature(layer.model, home, (108.5, 15.6), geom=shape, land_use=use, area_m2=data.draw(st.floats(0.1, 9e5)))


def _compare(store: LayerStore, world: World, data: st.DataObject) -> None:
    zoom = data.draw(st.sampled_from((5, 9, 10, 11, 13)))
    for reach in filter(None, reaches(store.layer, world)):
        source = counter(store.layer, reach, zoom)
        for tile in around(zoom)[:5]:
            assert content(source.encoded(store, tile)) == from_database(source, tile)


@pytest.mark.parametrize("zoom", [5, 8, 10, 11, 12, 13])
def test_counters_of_all_tiles_are_all_rows(db: None, world: World, zoom: int) -> None:
    """For each reach: rows on a seam count in one tile."""
    layer = layer_of("parcels")
    side = 2 * 20037508.342789244 / (1 << zoom)
    with transaction.atomic():
        # A row over the corner of four tiles, and one over the border of two cells.
        tile = tile_at(zoom, *CORNER)
        x, y = tile.bounds()[0], tile.bounds()[3]
        for number, (east, south) in enumerate(((0.0, 0.0), (side / SIDE, 0.0), (0.0, side / 2))):
            shape = f"POLYGON(({_ring(x + east, y - south)}))"
            factories.feature(layer.model, world.units["AB"[number % 2]], (108.5, 15.6), geom=_at(layer, shape))
        store = load(layer)
        for reach in filter(None, reaches(layer, world)):
            source = counter(layer, reach, zoom)
            tiles = [content(source.encoded(store, near)) for near in _all_tiles(zoom, store)]
            for part in ("grid", "units") if zoom <= 10 else ("grid",):
                counted = sum(found["n"] for one in tiles for found, _shape in one.get(f"parcels_{part}", {}).values())
                assert counted == store.count(reach) == layer.rows(reach).count()
        transaction.set_rollback(True)


def _ring(x: float, y: float) -> str:
    corners = ((-9, -9), (-9, 9), (9, 9), (9, -9), (-9, -9))
    return ", ".join(f"{x + dx} {y + dy}" for dx, dy in corners)


def _at(layer: FeatureLayer, wkt: str) -> Any:
    import shapely

    return stored(layer, shapely.from_wkt(wkt))


def _all_tiles(zoom: int, store: LayerStore) -> list[Tile]:
    west, south, east, north = store.bounds(Reach(everything=True)) or (0.0, 0.0, 0.0, 0.0)
    first, last = tile_at(zoom, west, north), tile_at(zoom, east, south)
    return [Tile(zoom, x, y) for x in range(first.x - 1, last.x + 2) for y in range(first.y - 1, last.y + 2)]


def test_a_reach_sees_counters_of_its_own_units_alone(db: None, world: World) -> None:
    layer = layer_of("parcels")
    store, a = load(layer), world.units["A"].pk
    source = counter(layer, Reach(units=frozenset({a})), 10)
    ids = {pk for tile in _all_tiles(10, store) for pk in content(source.encoded(store, tile)).get("parcels_units", {})}
    assert ids == {a}
    nothing = counter(layer, Reach(), 10)
    assert all(nothing.encoded(store, tile) == b"" for tile in _all_tiles(10, store))


def test_what_stands_here_is_said_in_the_tile(db: None, world: World) -> None:
    layer = layer_of("parcels")
    store = load(layer)
    tile = tile_at(11, *(store.bounds(Reach(everything=True)) or CORNER)[:2])
    for zoom, why in ((9, "zoom"), (11, "building")):
        near = Tile(zoom, tile.x >> (11 - zoom), tile.y >> (11 - zoom))
        ((attributes, _shape),) = content(counter(layer, Reach(everything=True), zoom).encoded(store, near))["parcels_note"].values()
        assert attributes == {"shows": "counters", "why": why, "features_from_zoom": 14, "area_unit": "m²"}
