"""Geometries at rest: every position comes back exactly, also of features wider than two bytes reach; masks; budgets."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_core.access import Reach
from layers.store import entry, masks
from layers.store.entry import Entry, Patch
from layers.store.grid import Window
from layers.store.packed import Packed
from layers.store.ragged import Ragged
from layers.store.shapes import ragged
from layers.store.store import LayerStore
from tests.store.plans import CORNER, Plain, geometries, plans, rows_of, store_of

NAMES = ("xs", "ys", "parts", "roles", "features")
# Some of these are narrower than 2^16 steps of the grid (609 m), some wider, some in one direction only.
_SIZES = st.sampled_from((40.0, 600.0, 5000.0, 90_000.0))


def _columns(shapes: list[Any]) -> Ragged:
    column = np.empty(len(shapes), object)
    column[:] = shapes
    return ragged(column)


@settings(max_examples=40)
@given(_SIZES.flatmap(plans), st.lists(geometries(90_000.0), max_size=3))
def test_every_position_comes_back(shapes: list[Any], wide: list[Any]) -> None:
    plain = _columns([*shapes, *wide])
    boxes = plain.boxes()
    packed = Packed.of(plain, boxes)
    again = packed.plain(boxes)
    for name in NAMES:
        assert getattr(again, name).tolist() == getattr(plain, name).tolist()
    turned = np.arange(len(plain))[::-1].copy()
    there = packed.take(turned).plain(boxes[turned])
    for name in NAMES:
        assert getattr(there, name).tolist() == getattr(plain.take(turned), name).tolist()
    assert Packed.concat([packed, packed.take(turned)]).take(turned).plain(boxes[turned]).xs.tolist() == there.xs.tolist()


@pytest.mark.parametrize(("across", "slots"), [(65_535, 1), (65_536, 2)])
def test_a_feature_takes_two_slots_once_one_does_not_reach(across: int, slots: int) -> None:
    xs, ys, parts, features = (np.array(values, np.int32) for values in ([5, 5 + across], [7, 8], [0, 2], [0, 1]))
    line = Ragged(xs, ys, parts, np.ones(1, np.uint8), features)
    packed = Packed.of(line, line.boxes())
    assert len(packed.slots.xs) == 2 * slots
    assert packed.plain(line.boxes()).xs.tolist() == [5, 5 + across]


def _grid_of_points() -> LayerStore:
    return store_of([shapely.Point(CORNER[0] + 10 * x, CORNER[1] + 10 * y) for x in range(20) for y in range(20)])


def test_who_asks_often_gets_a_mask_and_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """For every reach, also after edits, and only so many masks are kept."""
    monkeypatch.setattr(masks, "OFTEN", 3)
    monkeypatch.setattr(masks, "MOST", 2)
    store = _grid_of_points()
    window = Window.of((CORNER[0], CORNER[1], CORNER[0] + 55.0, CORNER[1] + 55.0))
    reaches = [Reach(everything=True), Reach(units=frozenset({1})), Reach(units=frozenset({2}), public=True), Reach()]
    before = store.nbytes
    first = {reach.key: store.pick(0, window, reach).ids.tolist() for reach in reaches}
    assert store.nbytes == before
    assert len(first["all"]) == 36
    for _time in range(4):
        assert {reach.key: store.pick(0, window, reach).ids.tolist() for reach in reaches} == first
    assert store.nbytes == before + 2 * store.features, "two masks, a byte a row"
    gone = np.array(first["all"][:5], np.int64)
    patched = store.patched(store.tail, gone)
    assert patched.pick(0, window, reaches[0]).ids.tolist() == first["all"][5:]
    assert patched.nbytes == store.nbytes


def test_a_layer_that_outgrows_its_budget_is_left_to_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    store = _grid_of_points()
    held = Entry(Plain(), "", "ready", store, since_sorting=[])
    more = store.builder.columns(rows_of([shapely.Point(CORNER)] * 300))
    held.take_in(Patch(more.ids.astype(np.int64), more, store.builder))
    monkeypatch.setattr(entry, "budget_of", lambda _layer: store.nbytes // 2)
    assert held.store is not None
    held.sorted(store.compacted())
    assert held.store is None
    assert held.state == "over_budget"
