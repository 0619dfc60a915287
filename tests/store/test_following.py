"""The store in the running service: every committed edit is in the next tile, with another validator."""

import random
from typing import Any, cast

import pytest
from django.db import connection, transaction

from gis_core import crs
from gis_core.access import Reach
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.store.registry import stores
from layers.themes.traffic import RoadSegment
from tests import factories
from tests.service import Service, wait_until
from tests.store.against_sql import _assert_same_features, by_sql, decoded
from tests.tiles.test_engine_bytes import tile_at
from tests.world import CELL, SOUTH, WEST, World
from tiles.engine import engine

AT = (WEST + 0.5 * CELL, SOUTH + 0.5 * CELL)
TILE = tile_at(14, *crs.transform(crs.WGS84, crs.WEB_MERCATOR, *AT))
PATH = f"/tiles/roads/{TILE.z}/{TILE.x}/{TILE.y}.mvt"
ALL = Reach(everything=True)


@pytest.fixture
def roads(asgi: Service, scratch: World) -> FeatureLayer:
    """The layer of roads, served from memory."""
    layer = next(layer for layer in catalogue.feature_layers() if layer.name == "roads")
    wait_until(lambda: engine.ready, "the engine", 120)
    asgi.settle()
    wait_until(lambda: stores.get(layer) is not None, "roads in memory", 30)
    return layer


def _make(number: int) -> RoadSegment:
    return factories.feature(RoadSegment, None, (AT[0] + number * 0.0003, AT[1]), f"road {number}")


def test_a_history_of_edits(asgi: Service, scratch: World, roads: FeatureLayer) -> None:
    chance = random.Random(11)
    alive = [_make(number) for number in range(4)]
    seen = {asgi.get(PATH).headers["etag"]}
    for number in range(40):
        _edit(chance, alive, number)
        answer = asgi.get(PATH)
        assert answer.headers["etag"] not in seen
        assert answer.headers["etag"].endswith('-m"'), "served from memory"
        seen.add(answer.headers["etag"])
        _assert_same_features(*(decoded(data)["roads"] for data in (answer.content, by_sql(roads, TILE, ALL))))
        assert asgi.get(PATH, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def _edit(chance: random.Random, alive: list[RoadSegment], number: int) -> None:
    act = chance.choice(("insert", "move", "name", "delete"))
    row = chance.choice(alive)
    with transaction.atomic():
        if act == "insert" or (act == "delete" and len(alive) < 3):
            alive.append(_make(number))
        elif act == "delete":
            alive.remove(row)
            row.delete()
        elif act == "move":
            row.geom = cast("Any", factories.place((AT[0] + chance.random() * 0.002, AT[1]), "MULTILINESTRING"))
            row.save()
        else:
            row.name = f"đường {number}"
            row.save()


def test_a_bulk_load_is_served_by_the_database_until_it_is_loaded(asgi: Service, scratch: World, roads: FeatureLayer) -> None:
    before = asgi.get(PATH).headers["etag"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ioc.bulk = 'on'")
        made = _make(7)
    answer = asgi.get(PATH)
    assert answer.headers["etag"] != before
    assert made.pk in decoded(answer.content)["roads"]
    wait_until(lambda: stores.get(roads) is not None, "roads to be loaded again", 30)
    again = asgi.get(PATH)
    assert again.headers["etag"].endswith('-m"')
    assert made.pk in decoded(again.content)["roads"]
    assert again.headers["etag"][:-2] == answer.headers["etag"][:-2], "one state, whichever source"
    held = asgi.get(PATH, headers={"if-none-match": answer.headers["etag"]})
    assert held.status_code == (304)


def test_many_rows_at_once_are_loaded_anew(asgi: Service, scratch: World, roads: FeatureLayer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO layers_roadsegment (name, ref, road_class, geom, is_demo, updated_at, traffic_state)"
            " SELECT 'x', '', road_class, geom, false, now(), traffic_state FROM layers_roadsegment, generate_series(1, 300)"
        )
    asgi.settle()
    wait_until(lambda: (held := stores.get(roads)) is not None and held.features == RoadSegment.objects.count(), "the rows in memory", 30)
    _assert_same_features(*(decoded(data)["roads"] for data in (asgi.get(PATH).content, by_sql(roads, TILE, ALL))))


def test_two_layers_are_one_state(asgi: Service, scratch: World, roads: FeatureLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = PATH.replace("/roads/", "/roads,water/")
    assert asgi.get(path).headers["etag"].endswith('-m"')

    def only_roads(layer: Any) -> Any:
        return found(layer) if layer.name == "roads" else None

    found = stores.get
    monkeypatch.setattr(stores, "get", only_roads)
    assert asgi.get(path).headers["etag"].endswith('-d"'), "half of it in memory is not enough"
