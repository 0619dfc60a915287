"""Geometries at rest: two bytes a coordinate, counted from the north-west corner of the feature's box, which is kept anyway.

A feature whose box is 2^16 steps (609 m) or more across takes two slots a coordinate, the lower half first. Whether it does
is read from its box, so nothing else has to be kept, and every position stays exact.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from layers.store.ragged import Ints, Ragged, Rows, offsets

Slots = npt.NDArray[Any]  # np.uint16
Longs = npt.NDArray[np.int64]
NARROW = (1 << 16) - 1  # the largest distance that one slot holds


@dataclass(frozen=True)
class Packed:
    """`slots` is Ragged with slots (uint16) in place of vertices; its parts count slots. Features have the boxes kept beside it."""

    slots: Ragged

    @classmethod
    def of(cls, plain: Ragged, boxes: Ints) -> Self:
        """Geometries on the grid, packed; `boxes` are theirs."""
        each = np.where(_wide(boxes), 2, 1)
        counts = np.diff(plain.parts)
        part_width = np.repeat(each, np.diff(plain.features))
        parts = offsets(counts * part_width)
        at, width, owner = _places(parts, counts, part_width, plain.features)
        axes = [np.zeros(parts[-1], np.uint16) for _ in range(2)]
        for packed, values, corner in zip(axes, (plain.xs, plain.ys), (boxes[:, 0], boxes[:, 1]), strict=True):
            distance = values.astype(np.int64) - corner[owner]
            packed[at] = distance & NARROW
            packed[at[width == 2] + 1] = distance[width == 2] >> 16
        return cls(Ragged(axes[0], axes[1], parts, plain.roles, plain.features))

    def plain(self, boxes: Ints) -> Ragged:
        """The geometries on the grid; `boxes` are theirs."""
        slots = self.slots
        part_width = np.repeat(np.where(_wide(boxes), 2, 1), np.diff(slots.features))
        counts = np.diff(slots.parts) // part_width
        at, width, owner = _places(slots.parts, counts, part_width, slots.features)
        axes = []
        for packed, corner in ((slots.xs, boxes[:, 0]), (slots.ys, boxes[:, 1])):
            distance = packed[at].astype(np.int64)
            distance[width == 2] |= packed[at[width == 2] + 1].astype(np.int64) << 16
            axes.append((distance + corner[owner]).astype(np.int32))
        return Ragged(axes[0], axes[1], offsets(counts), slots.roles, slots.features)

    def __len__(self) -> int:
        return len(self.slots)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self.slots.nbytes

    def take(self, rows: Rows) -> Self:
        """The features `rows`, in that order."""
        return type(self)(self.slots.take(rows))

    @classmethod
    def concat(cls, pieces: "list[Self]") -> Self:
        """The features of all pieces, one after the other. `pieces` is emptied."""
        slots = [piece.slots for piece in pieces]
        pieces.clear()
        return cls(Ragged.concat(slots))


def _wide(boxes: Ints) -> npt.NDArray[np.bool_]:
    """Which features take two slots a coordinate."""
    box = boxes.astype(np.int64)
    wide: npt.NDArray[np.bool_] = (box[:, 2] - box[:, 0] > NARROW) | (box[:, 3] - box[:, 1] > NARROW)
    return wide


def _places(parts: Ints, counts: Longs, part_width: Longs, features: Ints) -> tuple[Longs, Longs, Longs]:
    """(first slot, slots, feature) of each vertex, where parts begin at `parts` and have `counts` vertices."""
    part: Longs = np.repeat(np.arange(len(counts)), counts)
    within: Longs = np.arange(len(part)) - (np.cumsum(counts) - counts)[part]
    width = part_width[part]
    owner: Longs = np.repeat(np.arange(len(features) - 1), np.diff(features))[part]
    at: Longs = parts[:-1][part].astype(np.int64)
    at += within * width
    return at, width, owner
