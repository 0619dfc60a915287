"""The store in the running service: every committed edit is in the next tile, with another validator."""

import random
from typing import Any, cast

import pytest
from django.db import connection, transaction

from gis_core import crs
from gis_core.access import Reach
from gis_core.changes.clock import clock
from gis_core.changes.hub import hub
from gis_core.changes.memory import memory
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
    wait_until(lambda: stores.get(layer) is not None, "roads in memory")
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
    wait_until(lambda: stores.get(roads) is not None, "roads to be loaded again")
    memory.turn()  # else the whole answer is repeated
    again = asgi.get(PATH)
    assert again.headers["etag"].endswith('-m"')
    assert made.pk in decoded(again.content)["roads"]
    assert again.headers["etag"][:-2] == answer.headers["etag"][:-2], "one state, whichever source"
    held = asgi.get(PATH, headers={"if-none-match": answer.headers["etag"]})
    assert held.status_code == (304)


def test_many_rows_at_once_are_loaded_anew(asgi: Service, scratch: World, roads: FeatureLayer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO layers_roadsegment (name, ref, road_class, geom, is_demo, updated_at, traffic_state, closed_by)"
            " SELECT 'x', '', road_class, geom, false, now(), traffic_state, '' FROM layers_roadsegment, generate_series(1, 300)"
        )
    asgi.settle()
    wait_until(lambda: (held := stores.get(roads)) is not None and held.features == RoadSegment.objects.count(), "the rows in memory")
    _assert_same_features(*(decoded(data)["roads"] for data in (asgi.get(PATH).content, by_sql(roads, TILE, ALL))))


def test_a_table_that_is_emptied(asgi: Service, scratch: World, roads: FeatureLayer) -> None:
    """TRUNCATE tells no rows; the layer is read anew, and there is nothing."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE layers_roadsegment CASCADE")
    asgi.settle()
    wait_until(lambda: (held := stores.get(roads)) is not None and held.features == 0, "no road in memory")
    memory.turn()
    answer = asgi.get(PATH)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["etag"].endswith('-m"')


def test_a_column_of_another_type_is_loaded_anew(asgi: Service, scratch: World, roads: FeatureLayer) -> None:
    """The store's own reading of a changed row fails or means something else: what is served stays right."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE layers_roadsegment RENAME COLUMN name TO name_before")
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE layers_roadsegment SET ref = 'x'")
        wait_until(lambda: stores.states()["roads"] in ("failed", "loading"), "the layer to be given up")
        assert stores.get(roads) is None
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE layers_roadsegment RENAME COLUMN name_before TO name")
    wait_until(lambda: stores.get(roads) is not None, "roads in memory again")
    _assert_same_features(*(decoded(data)["roads"] for data in (asgi.get(PATH).content, by_sql(roads, TILE, ALL))))


class Redrawn(FeatureLayer):
    """Roads as another release declares them."""

    model = RoadSegment
    name = "roads"
    tile_fields = ("name", "ref")


def test_a_layer_declared_otherwise_is_loaded_anew(
    asgi: Service, scratch: World, roads: FeatureLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other attributes, another query: nothing of the old columns is served under the new declaration."""
    again = Redrawn()
    monkeypatch.setitem(catalogue._declared, "roads", again)
    catalogue.generation += 1
    assert stores.get(again) is None
    wait_until(lambda: stores.get(again) is not None, "the new declaration in memory")
    held = stores.get(again)
    assert held is not None
    assert len(held.dictionaries) == 2
    monkeypatch.undo()
    catalogue.generation += 1
    wait_until(lambda: stores.get(roads) is not None, "the old declaration in memory")


def test_a_database_put_back_voids_every_validator(asgi: Service, scratch: World, roads: FeatureLayer) -> None:
    """The log is another file (as after a restored dump): stores are read anew, and no old tag is honoured."""
    old = asgi.get(PATH)
    held, turn = stores.get(roads), clock.epoch
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL change_log")
    wait_until(lambda: clock.epoch != turn, "another history")
    asgi.settle()
    answer = asgi.get(PATH, headers={"if-none-match": old.headers["etag"]})
    assert answer.status_code == 200
    assert answer.headers["etag"] != old.headers["etag"]
    wait_until(lambda: stores.get(roads) not in (None, held), "roads read anew")
    memory.turn()
    assert asgi.get(PATH, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert decoded(asgi.get(PATH).content) == decoded(old.content)


def test_an_older_position_voids_every_validator(asgi: Service, scratch: World, roads: FeatureLayer) -> None:
    """Files put back under a running node: its position lies in what is the future now."""
    old, epoch = asgi.get(PATH), clock.epoch
    clock.position = "1:999999999999:"
    wait_until(lambda: clock.epoch != epoch and hub.age < 1, "the way back to be noticed")
    answer = asgi.get(PATH, headers={"if-none-match": old.headers["etag"]})
    assert answer.status_code == 200


def test_a_follower_that_fails_goes_on(asgi: Service, scratch: World, roads: FeatureLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong in one reading: the next one takes in what it missed."""
    failures = iter([True, False])

    async def broken(*_args: Any) -> Any:
        if next(failures, False):
            raise KeyError("a fault of our own")
        return lambda: None

    hub.prepare_with(broken)
    try:
        row = RoadSegment.objects.get(pk=_make(1).pk)
        assert row.pk in decoded(asgi.get(PATH).content)["roads"]
        assert next(failures, None) is None
    finally:
        hub.forgo(broken)


def test_two_layers_are_one_state(asgi: Service, scratch: World, roads: FeatureLayer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = PATH.replace("/roads/", "/roads,water/")
    assert asgi.get(path).headers["etag"].endswith('-m"')

    def only_roads(layer: Any) -> Any:
        return found(layer) if layer.name == "roads" else None

    found = stores.get
    monkeypatch.setattr(stores, "get", only_roads)
    memory.turn()
    assert asgi.get(path).headers["etag"].endswith('-d"'), "half of it in memory is not enough"
