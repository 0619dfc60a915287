"""Vector tiles from the feature store (MVT 2.1): one layer's features in a tile as bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from gis_core.access import Reach
from layers.filters.masks import mask
from layers.filters.terms import Term
from layers.layer import When
from layers.store.grid import EXTENT_BITS, MAX_ZOOM, Frame
from layers.store.jit import COMPILED
from layers.store.store import LayerStore, Picked
from layers.store.values import delimited, varint
from tiles.encoder import shape, vector, write
from tiles.encoder.attributes import tagged
from tiles.matrix import Tile
from tiles.source import TileSource

BUFFER = 64
# Deeper tiles would show the steps of the grid; the database draws them.
DEEPEST = MAX_ZOOM
_VERSION = b"\x78\x02"
_EXTENT = b"\x28" + varint(1 << EXTENT_BITS)


@dataclass(frozen=True)
class Choice:
    """Of the rows that are there: those that `term` is true of, with the tile fields `fields` (None: all rows, what the zoom carries)."""

    term: Term | None = None
    fields: tuple[str, ...] | None = None

    @classmethod
    def of(cls, source: TileSource) -> Self:
        """What a source chooses."""
        return cls(source.filter.term if source.filter else None, source.fields)


EVERYTHING = Choice()


def encode(
    store: LayerStore, tile: Tile, reach: Reach, when: When = None, choice: Choice = EVERYTHING, *, compiled: bool = COMPILED
) -> bytes:
    """The layer's features in `tile` (and its label points, where it has them) in the order of their ids; b"" without any.

    `compiled` chooses between the loops that numba compiles and numpy; the bytes are the same.
    """
    frame = Frame.of(tile.z, tile.x, tile.y, BUFFER)
    window = frame.window()
    names = store.builder.schema.places
    picks = ((name, store.pick(place, window, reach, when)) for place, name in enumerate(names))
    fields = store.layer.carried(tile.z) if choice.fields is None else choice.fields
    return b"".join(_layer(name, store, _chosen(store, picked, choice), frame, fields, compiled=compiled) for name, picked in picks)


def _chosen(store: LayerStore, picked: Picked, choice: Choice) -> Picked:
    if choice.term is None or not len(picked.rows):
        return picked
    kept = np.flatnonzero(mask(choice.term, store.layer, picked.codes, store.dictionaries))
    codes = tuple(column[kept] for column in picked.codes)
    return picked._replace(rows=picked.rows[kept], ids=picked.ids[kept], codes=codes)


def _layer(name: str, store: LayerStore, picked: Picked, frame: Frame, carried: Sequence[str], *, compiled: bool) -> bytes:
    """One layer message."""
    if not len(picked.rows):
        return b""
    where = (picked.geometry, picked.boxes, picked.rows, frame)
    shapes, drawn = (shape.by_loop if compiled else vector.shaped)(*where)
    if not len(drawn):
        return b""
    fields = store.layer.tile_fields
    shown = [number for number, field in enumerate(fields) if field in carried]
    codes, dictionaries = [picked.codes[number] for number in shown], [store.dictionaries[number] for number in shown]
    tags, values = tagged(codes, dictionaries, store.builder.heap, drawn, compiled=compiled)
    features = (write.by_loop if compiled else vector.written)(shapes, picked.ids[drawn], tags)
    keys = b"".join(delimited(0x1A, fields[number].encode()) for number in shown)
    return delimited(0x1A, _VERSION + delimited(0x0A, name.encode()) + features + keys + values + _EXTENT)
