"""One layer in memory: rows as they were loaded, a tail of rows written since, and marks on those that are gone.

A store is a value: an edit makes a new one that shares the large arrays, so whoever holds one (a tile being encoded in a
thread) sees one state of the data.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from gis_core.access import Reach
from layers.layer import FeatureLayer, When
from layers.store.columns import Builder, Columns
from layers.store.grid import Box, Window, to_metres
from layers.store.masks import Mask, Masks, Sight
from layers.store.packed import Packed
from layers.store.ragged import Ints, Rows
from layers.store.spatial import around, by_number, meeting
from layers.store.values import Codes, Dictionary

# A tail is searched row by row block, out of order; past this it is worth sorting everything anew.
TAIL_ROWS = 4096


class Picked(NamedTuple):
    """Features of a window in the order of their ids: `rows` of `geometry` and `boxes`, and their attributes beside them."""

    geometry: Packed
    boxes: Ints
    rows: Rows
    ids: npt.NDArray[np.int64]
    codes: tuple[Codes, ...]


@dataclass(frozen=True)
class LayerStore:
    """One state of one layer."""

    builder: Builder
    base: Columns
    alive: Mask
    tail: Columns

    @classmethod
    def of(cls, builder: Builder, columns: Columns) -> Self:
        """A store of freshly loaded rows."""
        return cls(builder, columns, np.ones(len(columns), np.bool_), columns.take(np.empty(0, np.int64)))

    @property
    def layer(self) -> FeatureLayer:
        """The layer."""
        return self.builder.schema.layer

    @property
    def dictionaries(self) -> tuple[Dictionary, ...]:
        """The values behind the codes of each tile field."""
        return self.builder.dictionaries

    @cached_property
    def features(self) -> int:
        """How many rows there are."""
        return int(np.count_nonzero(self.alive)) + len(self.tail)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays and dictionaries."""
        return self.base.nbytes + self.alive.nbytes + self.tail.nbytes + self.builder.nbytes + self._masks.nbytes

    def patched(self, written: Columns, ids: npt.NDArray[np.int64]) -> Self:
        """The store after changes of the rows `ids`, of which `written` are there now (the others are deleted)."""
        alive = self.alive.copy()
        alive[self.base.find(ids)] = False
        kept = self.tail.take(np.flatnonzero(~np.isin(self.tail.ids, ids)))
        return type(self)(self.builder, self.base, alive, Columns.concat([kept, written]))

    @property
    def wants_sorting(self) -> bool:
        """Whether the tail, or what the dictionaries kept of values that went, has grown so long that `compacted` pays."""
        return self.builder.worn or len(self.tail) > max(TAIL_ROWS, len(self.base) // 64)

    def compacted(self) -> Self:
        """The same rows without tail, marks and values that nobody has, in spatial order. Takes about a second a million rows."""
        everything = Columns.concat([self.base.take(np.flatnonzero(self.alive)), self.tail]).in_space()
        builder, columns = self.builder.renewed(everything) if self.builder.worn else (self.builder, everything)
        return type(self).of(builder, columns)

    def pick(self, place: int, window: Window, reach: Reach, when: When = None) -> Picked:
        """The features of one geometry whose boxes meet a window, as far as `reach` goes."""
        sight = Sight.of(self.layer, reach, when)
        here = self._here(self.base, place, window, sight, self.alive)
        new = self._here(self.tail, place, window, sight)
        columns, rows = self.base, here
        if len(new):
            columns = Columns.concat([self.base.take(here), self.tail.take(new)])
            rows = np.arange(len(columns), dtype=np.int64)
        ids, order = by_number(columns.ids[rows])
        rows = rows[order]
        shown = columns.places[place]
        codes = tuple(column[rows] for column in columns.codes)
        return Picked(shown.geometry, shown.boxes, rows, ids, codes)

    def sections(self, window: Window, reach: Reach, when: When = None) -> list[tuple[Columns, Rows]]:
        """The rows whose boxes (of the features themselves) meet a window, as far as `reach` goes, beside the columns that hold them."""
        sight = Sight.of(self.layer, reach, when)
        new = self._here(self.tail, 0, window, sight)
        return [(self.base, self._here(self.base, 0, window, sight, self.alive)), (self.tail, new)]

    def near(self, window: Window) -> int:
        """How many rows a look at this window takes, roughly: no fewer than meet it."""
        return len(self.tail) + (around(self.base.places[0].blocks, window) if len(self.base) else 0)

    def _here(self, columns: Columns, place: int, window: Window, sight: Sight, alive: Mask | None = None) -> Rows:
        if not len(columns):
            return np.empty(0, np.int64)
        shown, units = columns.places[place], self.builder.units
        seen = None if alive is None else self._masks.of(sight, columns, units)
        rows = meeting(shown.boxes, shown.blocks, window, alive, seen)
        if seen is not None:
            return rows
        mask = sight.mask(columns, units, rows)
        return rows if mask is None else rows[mask]

    @property
    def _masks(self) -> Masks:
        """Masks of the base, which outlives edits."""
        masks: Masks = self.base.derived.setdefault("masks", Masks())
        return masks

    def count(self, reach: Reach, when: When = None) -> int:
        """How many rows `reach` shows."""
        sight = Sight.of(self.layer, reach, when)
        return sum(int(np.count_nonzero(mask)) for _columns, mask in self._seen(sight))

    def id_at(self, number: int, reach: Reach, when: When = None) -> int | None:
        """The id of row `number` (from 0, in ascending order) of those that `reach` shows; None where there are not so many."""
        ids = np.concatenate([columns.ids[rows] for columns, rows in self.seen(reach, when)])
        return int(np.partition(ids, number)[number]) if number < len(ids) else None

    def bounds(self, reach: Reach, when: When = None) -> Box | None:
        """(xmin, ymin, xmax, ymax) in EPSG:3857 of what `reach` shows, exact to a step of the grid (9.3 mm); None without any."""
        sight = Sight.of(self.layer, reach, when)
        boxes = np.concatenate([columns.places[0].boxes[mask] for columns, mask in self._seen(sight)])
        boxes = boxes[boxes[:, 0] <= boxes[:, 2]]
        if not len(boxes):
            return None
        west, north = boxes[:, :2].min(axis=0).tolist()
        east, south = boxes[:, 2:].max(axis=0).tolist()
        return (*to_metres(west, south), *to_metres(east, north))

    def ids_in_bbox(self, box: Box, reach: Reach, when: When = None) -> npt.NDArray[np.int64]:
        """The ids of features whose boxes meet `box` (EPSG:3857), in ascending order.

        PostGIS's && compares in single precision and finds up to a metre more here.
        """
        return self.pick(0, Window.of(box), reach, when).ids

    def seen(self, reach: Reach, when: When = None) -> list[tuple[Columns, Rows]]:
        """All rows that `reach` shows, beside the columns that hold them."""
        return [(columns, np.flatnonzero(mask)) for columns, mask in self._seen(Sight.of(self.layer, reach, when))]

    def _seen(self, sight: Sight) -> list[tuple[Columns, Mask]]:
        seen = []
        for columns, present in ((self.base, self.alive), (self.tail, None)):
            mask = sight.mask(columns, self.builder.units)
            if mask is None:
                mask = np.ones(len(columns), np.bool_)
            seen.append((columns, mask if present is None else mask & present))
        return seen
