"""Geometries of many features as flat columns: features have parts, parts have vertices."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from layers.store.jit import COMPILED, kernel

Ints = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]

# The role of a part. A part of points is a whole multipoint; a ring is kept without its closing vertex.
POINTS, LINE, EXTERIOR, HOLE = 0, 1, 2, 3
_PORTION = 1 << 16


@dataclass(frozen=True)
class Ragged:
    """`xs`, `ys` by vertex; `parts` (first vertex of each part, and the end); `roles` by part; `features` (first part, and the end).

    Holes follow their exterior. All parts of a feature are of one kind.
    """

    xs: npt.NDArray[Any]
    ys: npt.NDArray[Any]
    parts: Ints
    roles: npt.NDArray[np.uint8]
    features: Ints

    @classmethod
    def empty(cls) -> "Self":
        """No feature."""
        none = np.empty(0, np.int32)
        return cls(none, none, np.zeros(1, np.int32), np.empty(0, np.uint8), np.zeros(1, np.int32))

    def __len__(self) -> int:
        return len(self.features) - 1

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return sum(column.nbytes for column in (self.xs, self.ys, self.parts, self.roles, self.features))

    def take(self, rows: Rows) -> Self:
        """The features `rows`, in that order."""
        if COMPILED:
            starts, ends = renumbered(self.parts, self.features, rows)
            xs, ys = (picked(axis, self.parts, self.features, rows, int(starts[-1])) for axis in (self.xs, self.ys))
            return type(self)(xs, ys, starts, picked_parts(self.roles, self.features, rows, int(ends[-1])), ends)
        first, end = self.features[rows].astype(np.int64), self.features[rows + 1].astype(np.int64)
        parts = spans(first, end)
        begins, ends = self.parts[parts], self.parts[parts + 1]
        starts = offsets(ends - begins)
        xs, ys = np.empty(starts[-1], self.xs.dtype), np.empty(starts[-1], self.ys.dtype)
        # By portions: numbers of vertices take as much memory as the vertices.
        for part in range(0, len(parts), _PORTION):
            until = min(part + _PORTION, len(parts))
            vertices = spans(begins[part:until].astype(np.int64), ends[part:until].astype(np.int64))
            xs[starts[part] : starts[until]] = self.xs[vertices]
            ys[starts[part] : starts[until]] = self.ys[vertices]
        return type(self)(xs, ys, starts, self.roles[parts], offsets(end - first))

    @classmethod
    def concat(cls, pieces: "list[Self]") -> Self:
        """The features of all pieces, one after the other. `pieces` is emptied, column by column."""
        if len(pieces) == 1:
            return pieces.pop()
        columns = [[getattr(piece, name) for piece in pieces] for name in ("xs", "ys", "roles")]
        counts = [[np.diff(getattr(piece, name)) for piece in pieces] for name in ("parts", "features")]
        pieces.clear()
        xs, ys, roles = (np.concatenate(columns.pop(0)) for _ in range(3))
        parts, features = (offsets(np.concatenate(column)) for column in counts)
        return cls(xs, ys, parts, roles, features)

    def boxes(self) -> Ints:
        """(west, north, east, south) of each feature (n, 4); of a feature without vertices one that meets nothing."""
        first = self.parts[self.features]
        filled = np.flatnonzero(first[1:] > first[:-1])
        boxes = np.empty((len(self), 4), np.int32)
        boxes[:, :2], boxes[:, 2:] = np.iinfo(np.int32).max, np.iinfo(np.int32).min
        if len(filled):
            starts = first[:-1][filled]
            for column, (values, reduce) in enumerate(
                ((self.xs, np.minimum), (self.ys, np.minimum), (self.xs, np.maximum), (self.ys, np.maximum))
            ):
                boxes[filled, column] = reduce.reduceat(values, starts)
        return boxes


def renumbered(parts: Ints, features: Ints, rows: Rows) -> tuple[Ints, Ints]:
    """(Ragged.parts, Ragged.features) of the features `rows` in that order."""
    ends = np.empty(len(rows) + 1, np.int32)
    starts = np.empty(_renumber_features(features, rows, ends) + 1, np.int32)
    _renumber_parts(parts, features, rows, starts)
    return starts, ends


def picked(values: npt.NDArray[Any], parts: Ints, features: Ints, rows: Rows, total: int) -> npt.NDArray[Any]:
    """The values by vertex of the features `rows` in that order, `total` in all."""
    out = np.empty(total, values.dtype)
    _pick(values, parts, features, rows, out)
    return out


def picked_parts(values: npt.NDArray[Any], features: Ints, rows: Rows, total: int) -> npt.NDArray[Any]:
    """The values by part of the features `rows` in that order, `total` in all."""
    out = np.empty(total, values.dtype)
    _pick_parts(values, features, rows, out)
    return out


@kernel
def _renumber_features(features: Ints, rows: Rows, ends: Ints) -> int:
    ends[0] = 0
    for k in range(rows.shape[0]):
        ends[k + 1] = ends[k] + features[rows[k] + 1] - features[rows[k]]
    return int(ends[rows.shape[0]])


@kernel
def _renumber_parts(parts: Ints, features: Ints, rows: Rows, starts: Ints) -> None:
    at, vertex = 0, 0
    starts[0] = 0
    for k in range(rows.shape[0]):
        for part in range(features[rows[k]], features[rows[k] + 1]):
            vertex += parts[part + 1] - parts[part]
            at += 1
            starts[at] = vertex


@kernel
def _pick(values: Any, parts: Ints, features: Ints, rows: Rows, out: Any) -> None:
    at = 0
    for k in range(rows.shape[0]):
        for vertex in range(parts[features[rows[k]]], parts[features[rows[k] + 1]]):
            out[at] = values[vertex]
            at += 1


@kernel
def _pick_parts(values: Any, features: Ints, rows: Rows, out: Any) -> None:
    at = 0
    for k in range(rows.shape[0]):
        for part in range(features[rows[k]], features[rows[k] + 1]):
            out[at] = values[part]
            at += 1


def offsets(counts: npt.NDArray[np.integer]) -> Ints:
    """Where each run begins, and the end of the last one."""
    result = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=result[1:])
    return result


def spans(first: Rows, end: Rows) -> Rows:
    """The numbers from `first` to before `end` of each pair, all in one array."""
    counts = end - first
    total = int(counts.sum())
    if not total:
        return np.empty(0, np.int64)
    steps: Rows = np.arange(total, dtype=np.int64)
    steps += np.repeat(first - (np.cumsum(counts) - counts), counts)
    return steps
