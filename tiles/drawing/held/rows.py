"""Rows of a layer in memory as what a picture draws, in place of a table of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gis_core.crs import WEB_MERCATOR
from layers.layer import FeatureLayer
from layers.store.grid import SCALE, Box, Window
from layers.store.jit import COMPILED
from layers.store.registry import stores
from layers.store.store import LayerStore
from tiles.drawing.held.shapefile import Column, Shapefile
from tiles.drawing.held.sharing import slot
from tiles.drawing.numbering import Numbering
from tiles.drawing.rows import Rows
from tiles.drawing.view import View
from tiles.engine import engine
from tiles.matrix import EDGE

# The grid of the store has steps of 9.3 mm: from ten of them a pixel on nobody sees it.
_FINEST = 10 / SCALE
# A window over more rows is left to the database, which knows how to give up.
_MOST = 500_000
_VALUES = 4_096


def store_of(rows: Rows, view: View) -> LayerStore | None:
    """The layer in memory, where that suffices to draw `rows`; None where the database has to be asked."""
    across, down = (view.box[2] - view.box[0]) / view.width, (view.box[3] - view.box[1]) / view.height
    plain = rows.filter is None and not isinstance(rows.when, tuple)
    if not (COMPILED and engine.ready and plain and view.srid == WEB_MERCATOR and min(across, down) >= _FINEST):
        return None
    store = stores.get(rows.layer)
    return store if store is not None and store.near(_window(view.box)) <= _MOST else None


def _window(box: Box) -> Window:
    """As far as the world reaches."""
    west, south, east, north = (max(-EDGE, min(EDGE, side)) for side in box)
    return Window.of((west, south, east, north))


def knows(layer: FeatureLayer, store: LayerStore, numbers: Sequence[Numbering]) -> bool:
    """Whether the columns tell the numbers of these classes."""
    return all(
        number.field in layer.tile_fields
        and store.builder.schema.kinds[(place := layer.tile_fields.index(number.field))] == "string"
        and len(store.dictionaries[place]) <= _VALUES
        for number in numbers
    )


@dataclass(frozen=True)
class HeldRows:
    """Which columns of a layer in memory a map's layer draws: of what is shown as number `entry` the geometry `place`, with the
    numbers of classes."""

    entry: int
    place: int
    numbers: tuple[Numbering, ...]


@dataclass(frozen=True)
class Held:
    """The same with the store, for one picture: all of its bands show one state."""

    store: LayerStore
    rows: Rows
    drawn: HeldRows

    def datasource(self, library: Any, view: View, margin: float, number: int) -> Any:
        """Mapnik's datasource of what a view shows, `margin` pixels around it included; in the thread's slot `number`."""
        metres = margin * (view.box[2] - view.box[0]) / view.width
        west, south, east, north = view.box
        window = _window((west - metres, south - metres, east + metres, north + metres))
        when = self.rows.when
        assert not isinstance(when, tuple)
        picked = self.store.pick(self.drawn.place, window, self.rows.reach, when)
        columns = [Column(name, picked.codes[field], known) for name, field, known in self._classes]
        return library.Datasource(type="shape", file=slot(number).written(Shapefile.of(picked, columns)))

    @cached_property
    def _classes(self) -> list[tuple[str, int, list[int]]]:
        """(name, tile field, the number of the class that each code of it has) of each numbering."""
        found = []
        for by in self.drawn.numbers:
            field = self.rows.layer.tile_fields.index(by.field)
            values = self.store.dictionaries[field].values
            found.append((by.name, field, [by.other if value is None else by.numbers.get(str(value), by.other) for value in values]))
        return found
