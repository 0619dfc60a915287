"""Layers that memory leaves out of a question about a position have nothing there; nobody's answer changes."""

from typing import Any

import pytest
from django.db import transaction

from gis_core.access import Reach
from layers.queries import sighting
from layers.queries.position import Position
from layers.queries.sighting import nothing_near
from layers.store.grid import Window
from tests.cast import Cast
from tests.memory import answer_from_memory
from tests.queries.conftest import Asked
from tests.store.against_sql import load
from tests.world import CELL, SOUTH, WEST, World, ordinary_layers

LAYERS = {layer.name: layer for layer in ordinary_layers()}
EVERYTHING = Reach(everything=True)
NOWHERE = (WEST - 1.0, SOUTH - 1.0)


@pytest.mark.parametrize("query", [{}, {"tolerance": 200}, {"datetime": "2025-03-01"}, {"as-of": "2025-03-01"}])
@pytest.mark.parametrize("who", ["leader", "officer", "stranger", "anonymous"])
def test_answers_are_the_databases(
    at_point: Asked, world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch, who: str, query: dict[str, Any]
) -> None:
    """At every layer's rows, beside them, and where nothing is."""
    rows = [world.rows[name][number].at for name in LAYERS for number in (0, -1)]
    places = [*rows, (WEST + 2.5 * CELL, SOUTH + 2.9 * CELL), NOWHERE]
    before = [at_point(*place, cast[who], **query)["results"] for place in places]
    asked = answer_from_memory(monkeypatch, sighting)
    assert [at_point(*place, cast[who], **query)["results"] for place in places] == before
    assert asked


@pytest.mark.parametrize("name", list(LAYERS))
def test_a_layer_is_left_out_where_it_has_nothing(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """And not where it has a row, unless the row is another's."""
    answer_from_memory(monkeypatch, sighting)
    layer, here = LAYERS[name], Position(*world.rows[name][0].at, 15.0)
    assert not nothing_near(layer, EVERYTHING, here, None)
    assert nothing_near(layer, Reach(), here, None)
    assert nothing_near(layer, EVERYTHING, Position(*NOWHERE, 15.0), None)


def test_the_edge_of_a_surface_may_bend_out_of_its_box(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred metres beside the box of everything the database is asked still."""
    answer_from_memory(monkeypatch, sighting)
    layer = LAYERS["parcels"]
    bounds = load(layer).bounds(EVERYTHING)
    assert bounds is not None
    beside = Position(*world.rows["parcels"][0].at, 15.0)
    monkeypatch.setattr(Position, "box", (bounds[0] - 210, bounds[1], bounds[0] - 200, bounds[3]))
    assert not any(len(rows) for _columns, rows in load(layer).sections(Window.of(beside.box), EVERYTHING))
    assert not nothing_near(layer, EVERYTHING, beside, None)


def test_memory_is_not_asked_of_intervals_nor_by_writers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which see what is not committed yet."""
    layer, nowhere = LAYERS["parcels"], Position(*NOWHERE, 15.0)
    with transaction.atomic():
        assert not nothing_near(layer, EVERYTHING, nowhere, None)
    answer_from_memory(monkeypatch, sighting)
    assert not nothing_near(layer, EVERYTHING, nowhere, (None, None))
