"""Crowded tiles: squares that count instead of features, the same from memory and from the database, nothing lost."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import Polygon
from django.db import transaction
from shapely.geometry import Point

from gis_core.access import Reach
from layers.filters.selecting import read_filter
from layers.layer import FeatureLayer
from layers.low_zooms import low_parts
from layers.store.registry import stores
from tests import factories
from tests.cast import Person
from tests.service import Service
from tests.sql import execute
from tests.store.against_sql import columns_of, decoded, load
from tests.store.plans import CORNER
from tests.store.test_against_sql import layer_of, reaches, stored
from tests.tiles.test_engine_bytes import tile_at
from tests.tiles.test_pyramid_counters import content, from_database
from tests.world import World
from tiles.matrix import Tile
from tiles.pyramid.crowded import CrowdedSource, crowded, may_be_crowded
from tiles.source import TileSource

ALL = Reach(everything=True)
MOST = 3
# At sea, where the world has no reports.
HERE = (CORNER[0] + 300_000, CORNER[1])


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> FeatureLayer:
    """Reports, of which three make a tile full."""
    found = layer_of("incidents")
    assert found.crowding is not None
    monkeypatch.setattr(type(found), "crowding", replace(found.crowding, most=MOST))
    return found


@pytest.fixture
def undone(db: None) -> Iterator[None]:
    """Rows of the test are gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def reports(layer: FeatureLayer, world: World, metres: list[tuple[float, float]]) -> list[Any]:
    """Reports at so many metres from the corner, of all severities in turn, in two units and none."""
    homes = [world.units["A"], world.units["B"], None]
    return [
        factories.feature(
            layer.model, homes[n % 3], (108.5, 15.6), geom=stored(layer, Point(HERE[0] + x, HERE[1] + y)),
            severity=("low", "medium", "high", "critical")[n % 4], is_public=n % 2 == 0,
        )
        for n, (x, y) in enumerate(metres)
    ]  # fmt: skip


@pytest.mark.parametrize("zoom", [0, 12, 16])
def test_memory_and_database_say_the_same(db: None, world: World, layer: FeatureLayer, zoom: int) -> None:
    """Before and after an edit, some tiles of these being crowded."""
    chance = np.random.default_rng(zoom)
    places = [(float(x), float(y)) for x, y in chance.uniform(-900, 900, (9, 2))]
    with transaction.atomic():
        rows = reports(layer, world, places)
        store = load(layer)
        compare(layer, store, world, zoom)
        gone = rows[0].pk
        rows[0].delete()
        compare(layer, store.patched(columns_of(store.builder, [gone]), np.array([gone], np.int64)), world, zoom)
        transaction.set_rollback(True)


def compare(layer: FeatureLayer, store: Any, world: World, zoom: int) -> None:
    """Each tile has all its features or counts them all, whoever asks and whoever answers."""
    for reach in list(filter(None, reaches(layer, world)))[:4]:
        source, told = crowded(TileSource(layer, reach)), 0
        for tile in around(zoom):
            found = content(source.encoded(store, tile))
            assert found == from_database(source, tile)  # type: ignore[arg-type]
            squares = found.get("incidents_grid", {})
            assert not (squares and "incidents" in found)
            total = sum(attributes["n"] for attributes, _shape in squares.values())
            assert not squares or total > MOST
            assert ("incidents_note" in found) == bool(squares)
            told += total
            told += sum(all(0 <= at < 4096 for at in shape["coordinates"]) for _values, shape in found.get("incidents", {}).values())
        assert told == layer.rows(reach).filter(geom_3857__bboverlaps=area(around(zoom))).count()


def area(tiles: list[Tile]) -> Polygon:
    """What the tiles cover."""
    west, south, east, north = zip(*(tile.bounds() for tile in tiles), strict=True)
    box = Polygon.from_bbox((min(west), min(south), max(east), max(north)))
    box.srid = 3857
    return box


def around(zoom: int) -> list[Tile]:
    """The tiles in which the reports are."""
    tile = tile_at(zoom, *HERE)
    side = range(-1, 2) if zoom > 5 else range(1)
    return [Tile(zoom, tile.x + dx, tile.y + dy) for dx in side for dy in side]


def test_what_a_square_says(undone: None, world: World, layer: FeatureLayer) -> None:
    """Number, group with most of them, shares; no area, for nothing is measured."""
    reports(layer, world, [(1, 1)] * 4)
    tile = tile_at(12, HERE[0] + 1, HERE[1] + 1)
    ((found, _shape),) = content(CrowdedSource(layer, ALL).encoded(load(layer), tile))["incidents_grid"].values()
    assert found == {"n": 4, "group": "critical", **{f"share_{key}": 25 for key in ("low", "medium", "high", "critical")}}
    ((note, _shape),) = content(CrowdedSource(layer, ALL).encoded(load(layer), tile))["incidents_note"].values()
    assert note == {"shows": "counters", "why": "crowd", "features_from_zoom": 17, "most_features": MOST}


@pytest.mark.parametrize("text", ["severity = 'high'", "title LIKE '%'"])
def test_a_filter_decides_too(undone: None, world: World, layer: FeatureLayer, text: str) -> None:
    """By a column in memory and by one that only the database has: what it leaves is what is counted."""
    reports(layer, world, [(n, n) for n in range(5)])
    source = crowded(TileSource(layer, ALL, filter=read_filter({"filter": text}, layer)))
    tile = tile_at(12, HERE[0] + 1, HERE[1] + 1)
    found = from_database(source, tile)  # type: ignore[arg-type]
    assert ("incidents_grid" in found) == ("title" in text)
    if source.in_memory:
        assert content(source.encoded(load(layer), tile)) == found


def test_where_it_is_looked_at(layer: FeatureLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not close by, not where memory knows that little is near, not for layers that never crowd."""
    source, tile = TileSource(layer, ALL), tile_at(12, *HERE)
    assert not may_be_crowded(source, tile_at(17, *HERE))
    for near, looked in ((None, True), (MOST, False), (MOST + 1, True)):
        held = None if near is None else SimpleNamespace(near=lambda _window, near=near: near)
        monkeypatch.setattr(stores, "get", lambda _layer, held=held: held)
        assert may_be_crowded(source, tile) == looked
        assert not may_be_crowded(TileSource(layer_of("roads"), ALL), tile)


def test_over_http(asgi: Service, scratch: World, layer: FeatureLayer, leader: Person) -> None:
    """Squares and the note in the tile, said in TileJSON, drawn by the style; an edit that makes room brings the features back."""
    rows = reports(layer, scratch, [(n, n) for n in range(5)])
    tile = tile_at(12, HERE[0] + 2, HERE[1] + 2)
    path = f"/tiles/incidents/{tile.z}/{tile.x}/{tile.y}.mvt"
    full = asgi.get(path, leader)
    assert set(decoded(full.content)) == {"incidents_grid", "incidents_note"}
    execute("DELETE FROM incidents_incident WHERE id = ANY(%s)", [row.pk for row in rows[:3]])
    sparse = asgi.get(path, leader)
    assert sparse.headers["etag"] != full.headers["etag"]
    assert {row.pk for row in rows[3:]} <= set(decoded(sparse.content)["incidents"])
    document = asgi.get("/tiles/incidents.json", leader).json()
    assert document["generalisation"] == "counters-where-crowded"
    assert {"incidents", "incidents_grid", "incidents_note"} <= {entry["id"] for entry in document["vector_layers"]}
    assert [part["source-layer"] for part in low_parts(layer, "dark")] == ["incidents_grid", "incidents_grid"]
