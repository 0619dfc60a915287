"""Values that nobody has any more are let go: what a store shows stays the same, and its memory ends growing."""

from typing import Any

import numpy as np
import pytest
import shapely

from gis_core.access import Reach
from layers.layer import FeatureLayer
from layers.store.columns import Columns
from layers.store.entry import Entry, Patch
from layers.store.registry import stores
from layers.store.store import LayerStore
from layers.themes.traffic import RoadSegment
from tests import factories
from tests.contract.services import decode
from tests.service import Service
from tests.store.plans import CORNER, Plain, store_of
from tests.store.test_following import AT, PATH, roads
from tests.world import World

__all__ = ["roads"]
ROWS = 12
ALL = Reach(everything=True)
Shown = dict[int, tuple[Any, ...]]


def _written(store: LayerStore, numbers: list[int], name: str) -> Columns:
    wkb = shapely.to_wkb(shapely.Point(CORNER))
    return store.builder.columns([(number * 7 + 1, f"{name} {number}", "cấp", None, None, None, None, wkb) for number in numbers])


def _patch(store: LayerStore, numbers: list[int], name: str) -> Patch:
    written = _written(store, numbers, name)
    return Patch(written.ids.astype(np.int64), written, store.builder)


def _shown(store: LayerStore) -> Shown:
    found: Shown = {}
    for columns, rows in store.seen(ALL):
        for row in rows.tolist():
            pairs = zip(store.dictionaries, columns.codes, strict=True)
            found[int(columns.ids[row])] = tuple(dictionary.values[codes[row]] for dictionary, codes in pairs)
    return found


@pytest.fixture
def worn(monkeypatch: pytest.MonkeyPatch) -> LayerStore:
    """A store whose rows were renamed a hundred times."""
    monkeypatch.setattr("layers.store.columns._WORN", 10_000)
    store = store_of([shapely.Point(CORNER)] * ROWS)
    store.builder.begin()
    assert not store.wants_sorting
    for time in range(100):
        store = _patch(store, list(range(0, ROWS, 2)), f"tên {time}").on(store)
    assert store.wants_sorting
    return store


def test_a_sorted_store_knows_what_its_rows_have(worn: LayerStore) -> None:
    """And no more; the same rows have the same values."""
    renewed = worn.compacted()
    assert _shown(renewed) == _shown(worn)
    assert len(_shown(worn)) == ROWS
    known = {value for dictionary in renewed.dictionaries for value in dictionary.values} - {None}
    assert known == {value for values in _shown(renewed).values() for value in values} - {None}
    assert renewed.builder.nbytes < worn.builder.nbytes / 10
    assert not renewed.wants_sorting


def test_a_store_that_is_not_worn_keeps_its_dictionaries() -> None:
    """Sorting alone makes no work of them."""
    store = store_of([shapely.Point(CORNER)] * ROWS)
    assert store.compacted().builder is store.builder


def test_what_was_read_for_the_store_before_reaches_the_one_after(worn: LayerStore) -> None:
    """Patches that came while it was sorted, and one that was read before and taken in after."""
    held = Entry(Plain(), "", "ready", worn, since_sorting=[])
    late = _patch(worn, [3], "muộn")
    renewed = worn.compacted()
    held.take_in(_patch(worn, [1, 2], "trong khi"))
    before = _shown(worn)
    held.sorted(renewed)
    assert held.store is not None
    assert held.store.builder is renewed.builder
    held.take_in(late)
    renamed = {8: ("trong khi 1", "cấp"), 15: ("trong khi 2", "cấp"), 22: ("muộn 3", "cấp")}
    assert _shown(held.store) == before | renamed


def test_an_edit_after_an_edit_is_exact_throughout(
    asgi: Service, scratch: World, roads: FeatureLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the running service: dictionaries are renewed time and again, tiles come from memory, none is late and none is wrong."""
    monkeypatch.setattr("layers.store.columns._WORN", 2_000)
    row: RoadSegment = factories.feature(RoadSegment, None, AT, "road")
    sizes: dict[int, int] = {}
    for number in range(150):
        row.name = f"Tên {number}"
        row.save()
        answer = asgi.get(PATH)
        assert answer.headers["etag"].endswith('-m"'), "served from memory"
        assert row.name in {feature["properties"]["name"] for feature in decode(answer.content)["roads"]}
        held = stores.get(roads)
        assert held is not None
        sizes[id(held.builder)] = len(held.dictionaries[roads.tile_fields.index("name")])
    assert len(sizes) > 2
    assert max(sizes.values()) < 100
