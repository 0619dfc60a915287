"""Summaries of a layer from memory: how many features, and how much of their measures, by the value of a tile field."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np

from gis_core.access import Reach
from layers.layer import When
from layers.store.columns import Columns
from layers.store.grid import HIGH, LOW, Box, Window
from layers.store.ragged import Rows
from layers.store.store import LayerStore

_WORLD = Window(LOW, LOW, HIGH, HIGH)


@dataclass(frozen=True)
class Total:
    """Of one group: features, and the sum of each of `Schema.measures` in the field's own unit.

    Whole parts of the unit are added up (layers/generalisation.py), so sums are the same in whatever order rows come.
    """

    count: int
    sums: tuple[float, ...] = ()


def totals(
    store: LayerStore, reach: Reach, field: str | None = None, *, box: Box | None = None, when: When = None
) -> Mapping[Hashable, Total]:
    """Totals by the value of the tile field `field` (None: all together under None), as far as `reach` goes.

    With `box` (EPSG:3857) only of features whose boxes meet it; without, of features without geometry too. Groups without a
    feature are left out. Raises KeyError for a field that tiles do not carry.
    """
    number = None if field is None else _number(store, field)
    size = 1 if number is None else len(store.dictionaries[number])
    general = store.layer.generalisation
    counts, sums = np.zeros(size, np.int64), np.zeros((len(store.builder.schema.measures), size), np.int64)
    for columns, rows in _parts(store, reach, box, when):
        groups = np.zeros(len(rows), np.int64) if number is None else columns.codes[number][rows]
        counts += np.bincount(groups, minlength=size)
        for total, measure in zip(sums, columns.measures, strict=False):
            np.add.at(total, groups, measure[rows])
    values = (None,) if number is None else store.dictionaries[number].values
    parts = general.parts if general else 1
    return {
        values[group]: Total(int(counts[group]), tuple(int(total[group]) / parts for total in sums))
        for group in np.flatnonzero(counts).tolist()
    }


def _number(store: LayerStore, field: str) -> int:
    try:
        return list(store.layer.tile_fields).index(field)
    except ValueError:
        raise KeyError(field) from None


def _parts(store: LayerStore, reach: Reach, box: Box | None, when: When) -> list[tuple[Columns, Rows]]:
    if box is not None:
        return store.sections(Window.of(box), reach, when)
    return store.seen(reach, when)
