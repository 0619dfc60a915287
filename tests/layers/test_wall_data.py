"""What the wall is told to show: declared by layers, written by administrators, nothing of its own."""

from typing import Any

import pytest

from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.metric import Shown, metrics_of
from layers.models import Indicator, LayerSetting, WallScene
from layers.wall import DWELL_S, MAX_INDICATORS, wall_data
from tests.cast import Person
from tests.contract.oracle import exists_for
from tests.service import Service
from tests.world import World


def _declared() -> list[tuple[FeatureLayer, Shown]]:
    return [(layer, shown) for layer in catalogue.feature_layers() for shown in layer.wall]


def test_every_tile_is_a_number_that_its_layer_declares() -> None:
    """A wrong name would be a tile that never has a value."""
    assert _declared()
    for layer, shown in _declared():
        metric = metrics_of(layer.metrics)[shown.metric]
        assert str(shown.title)
        if shown.course and shown.period != "month":
            assert metric.history is not None or layer.time_fields is not None, f"{layer.name}.{shown.metric} has no course"


@pytest.mark.django_db
def test_tiles_and_colours_are_told_apart(world: World) -> None:
    told = wall_data()
    tiles, maps = ({one["metric"] for one in told[kind]} for kind in ("tiles", "maps"))
    for layer, shown in _declared():
        name = f"{layer.name}.{shown.metric}"
        assert (name in tiles) == (shown.place != "map")
        assert (name in maps) == (shown.place != "tile")


@pytest.mark.django_db
def test_indicators_come_from_the_code_table(world: World) -> None:
    """The first by code has a tile, the first few colour the map; a quote in a code ends no filter."""
    for code in ("00a'b", "00c", "00d", "00e"):
        Indicator.objects.create(code=code, name=f"Chỉ tiêu {code}", unit_of_measure="tỷ đồng")
    told = wall_data()
    (tile,) = [one for one in told["tiles"] if one["metric"] == "indicators.actual"]
    maps = [one for one in told["maps"] if one["metric"] == "indicators.fulfilled"]
    assert len(maps) == MAX_INDICATORS
    assert len(told["units"]) == MAX_INDICATORS
    assert tile["period"] == "month"
    assert tile["course"] is True
    quoted = [one["filter"] for one in maps if "a''b" in one["filter"]]
    assert quoted == ["indicator='00a''b'"]


def test_a_filter_of_the_wall_is_one_that_the_service_reads(asgi: Service, scratch: World) -> None:
    """Also for a code with a quote in it."""
    Indicator.objects.create(code="00a'b", name="x")
    (tile,) = [one for one in wall_data()["tiles"] if one["metric"] == "indicators.actual"]
    query = {"metrics": tile["metric"], "filter": "indicator='00a''b'", "by": "month"}
    answer = asgi.request("GET", "/query/metrics", None, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["metrics"][0]["groups"] == []


@pytest.mark.django_db
def test_without_scenes_of_its_own_it_has_some(world: World) -> None:
    told = wall_data()["scenes"]
    assert len(told) == 3
    assert {scene["dwell"] for scene in told} == {DWELL_S}
    known = {layer.name for layer in catalogue}
    assert all(set(scene["layers"]) <= known for scene in told)
    maps = {one["metric"] for one in wall_data()["maps"]} | {"*", "indicators.fulfilled"}
    assert {scene["map"] for scene in told} <= maps


@pytest.mark.django_db
def test_administrators_scenes_take_their_place(world: World) -> None:
    """In their order, without those that are out of rotation."""
    WallScene.objects.create(title="Hai", position=2, dwell_s=10, layers=["roads"], map="roads.flowing")
    WallScene.objects.create(title="Một", position=1, dwell_s=20)
    WallScene.objects.create(title="Nghỉ", position=0, shown=False)
    assert wall_data()["scenes"] == [
        {"title": "Một", "layers": [], "map": "", "dwell": 20},
        {"title": "Hai", "layers": ["roads"], "map": "roads.flowing", "dwell": 10},
    ]


@pytest.mark.django_db
def test_tiles_follow_the_order_of_the_layers(world: World) -> None:
    """As administrators set it."""
    LayerSetting.objects.update_or_create(layer="facilities", defaults={"position": 0})
    order = [one["metric"].split(".")[0] for one in wall_data()["tiles"]]
    assert order.index("facilities") >= 0
    assert len(order) == len([one for _layer, one in _declared() if one.place != "map"]) + (1 if Indicator.objects.exists() else 0)


@pytest.mark.parametrize("name", ["anonymous", "stranger", "officer", "operator"])
def test_each_persons_tiles_can_be_asked_for(asgi: Service, world: World, name: str) -> None:
    """What the page asks in one question for a person's layers is answered, and what it leaves out is not there."""
    person: Person = world.cast[name]
    layers = {layer.name for layer in catalogue.feature_layers() if layer.name in world.rows and exists_for(person, layer.name)}
    tiles: list[dict[str, Any]] = wall_data()["tiles"]
    names = [one["metric"] for one in tiles if one["metric"].split(".")[0] in layers and not one["filter"]]
    answer = asgi.request("GET", "/query/metrics", person, params={"metrics": ",".join(names)})
    assert answer.status_code == 200, answer.text
    assert [one["name"] for one in answer.json()["metrics"]] == names
    hidden = [one["metric"] for one in tiles if one["metric"].split(".")[0] not in layers]
    for metric in hidden:
        assert asgi.request("GET", "/query/metrics", person, params={"metrics": metric}).status_code == 404
