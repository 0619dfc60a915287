"""The columns of one layer's rows, and how rows become columns."""

from collections.abc import Hashable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import shapely

from layers.store import shapes, spatial
from layers.store.packed import Packed
from layers.store.ragged import Ints, Ragged, Rows
from layers.store.schema import Schema
from layers.store.times import Times, joined_times, moments, narrow_times
from layers.store.values import Codes, Dictionary, Heap, Units

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int32] | npt.NDArray[np.int64]
# Dictionaries only grow. Once they have grown by so many bytes, and to twice what they were, they are made anew.
_WORN = 250_000


@dataclass(frozen=True)
class Place:
    """One geometry of every row, with boxes (n, 4) by row, by block of rows and by block of blocks."""

    geometry: Packed
    boxes: Ints

    @cached_property
    def blocks(self) -> tuple[Ints, Ints]:
        """The box of each `spatial.BLOCK` rows, and of each `spatial.BLOCK` of those."""
        return spatial.blocks(self.boxes)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self.geometry.nbytes + self.boxes.nbytes + sum(level.nbytes for level in self.blocks)

    @classmethod
    def of(cls, geometry: Ragged) -> "Self":
        """Measure geometries."""
        boxes = geometry.boxes()
        return cls(Packed.of(geometry, boxes), boxes)


@dataclass(frozen=True)
class Columns:
    """Rows as columns: `ids`, codes by tile field, unit codes, published, validity (from, to), geometries, measures in whole parts.

    Columns that the layer does not have are None.
    """

    ids: Whole
    codes: tuple[Codes, ...]
    units: Codes | None
    public: Flags | None
    begins: Times | None
    ends: Times | None
    places: tuple[Place, ...]
    measures: tuple[Whole, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def derived(self) -> dict[Hashable, Any]:
        """Room for what others work out from these columns, kept as long as they are."""
        return {}

    @cached_property
    def by_id(self) -> Ints:
        """The rows in the order of their ids."""
        return np.argsort(self.ids, kind="stable").astype(np.int32)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, indexes included."""
        flat = [self.ids, *self.codes, self.units, self.public, self.begins, self.ends, *self.measures]
        own = sum(column.nbytes for column in flat if column is not None)
        return own + 4 * len(self) + sum(place.nbytes for place in self.places)

    def find(self, ids: npt.NDArray[np.int64]) -> Rows:
        """The rows with these ids; those that are not here are left out."""
        limits = np.iinfo(self.ids.dtype)
        # In the column's own type: else numpy converts the whole column for a handful of ids.
        wanted = ids[(ids >= limits.min) & (ids <= limits.max)].astype(self.ids.dtype)
        if not len(self) or not len(wanted):
            return np.empty(0, np.int64)
        at = np.minimum(np.searchsorted(self.ids, wanted, sorter=self.by_id), len(self) - 1)
        rows = self.by_id[at].astype(np.int64)
        found: Rows = rows[self.ids[rows] == wanted]
        return found

    def take(self, rows: Rows) -> Self:
        """The rows `rows`, in that order."""
        return type(self)(
            self.ids[rows],
            tuple(column[rows] for column in self.codes),
            None if self.units is None else self.units[rows],
            None if self.public is None else self.public[rows],
            None if self.begins is None else self.begins[rows],
            None if self.ends is None else self.ends[rows],
            tuple(Place(place.geometry.take(rows), place.boxes[rows]) for place in self.places),
            tuple(column[rows] for column in self.measures),
        )

    @classmethod
    def concat(cls, pieces: "list[Self]") -> Self:
        """All rows of pieces of one layer. `pieces` is emptied: each column of them is given up as soon as it is joined."""
        if len(pieces) == 1:
            return pieces.pop()
        first = pieces[0]
        names = ("ids", "units", "public", "begins", "ends")
        present = [name for name in names if getattr(first, name) is not None]
        columns = [[getattr(piece, name) for piece in pieces] for name in present]
        codes = [[piece.codes[index] for piece in pieces] for index in range(len(first.codes))]
        places = [[piece.places[index] for piece in pieces] for index in range(len(first.places))]
        measures = [[piece.measures[index] for piece in pieces] for index in range(len(first.measures))]
        pieces.clear()
        del first
        joined: dict[str, Any] = dict.fromkeys(names)
        for name in present:
            joined[name] = (joined_times if name in ("begins", "ends") else _joined)(columns.pop(0))
        joined_codes = tuple(_joined(codes.pop(0)) for _ in range(len(codes)))
        joined_measures = tuple(_joined(measures.pop(0)) for _ in range(len(measures)))
        joined_places = tuple(_joined_place(places.pop(0)) for _ in range(len(places)))
        return cls(codes=joined_codes, places=joined_places, measures=joined_measures, **joined)

    def indexed(self) -> Self:
        """These columns with their indexes made now, not by the first request or edit that needs one."""
        len(self.by_id)
        for place in self.places:
            len(place.blocks)
        return self

    def in_space(self) -> Self:
        """The same rows along a Hilbert curve, so that what is near on the map is near in memory."""
        return self.take(np.argsort(spatial.hilbert(self.places[0].boxes), kind="stable").astype(np.int64))


def _joined(columns: list[Any]) -> Any:
    whole = np.concatenate(columns)
    columns.clear()
    return whole


def _joined_place(places: list[Place]) -> Place:
    boxes = [place.boxes for place in places]
    geometries = [place.geometry for place in places]
    places.clear()
    return Place(Packed.concat(geometries), _joined(boxes))


class Builder:
    """Makes columns of a layer from rows of `Schema.sql`; the dictionaries are shared by all columns of the layer."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.heap = Heap()
        self.dictionaries = tuple(Dictionary(kind, self.heap) for kind in schema.kinds)
        self.units = Units()
        self._begun = 0

    @property
    def nbytes(self) -> int:
        """Memory of the dictionaries."""
        return self.heap.nbytes + sum(dictionary.nbytes for dictionary in self.dictionaries)

    @property
    def worn(self) -> bool:
        """Whether so many values came since `begin` that most of them may have gone again."""
        return self.nbytes - self._begun > max(_WORN, self._begun)

    def begin(self) -> Self:
        """Count growth from here: everything that was read is in use."""
        self._begun = self.nbytes
        return self

    def renewed(self, columns: Columns) -> tuple["Builder", Columns]:
        """A builder that knows the values of `columns` alone, and the same rows in its codes."""
        fresh = copy(self)
        fresh.heap = Heap()
        pairs = [old.only(codes, fresh.heap) for old, codes in zip(self.dictionaries, columns.codes, strict=True)]
        fresh.dictionaries = tuple(dictionary for dictionary, _codes in pairs)
        return fresh.begin(), replace(columns, codes=tuple(codes for _dictionary, codes in pairs))

    def adopted(self, columns: Columns, builder: "Builder") -> Columns:
        """Columns that another builder of this layer made, in the codes of this one."""
        if builder is self:
            return columns
        codes = []
        for mine, theirs, column in zip(self.dictionaries, builder.dictionaries, columns.codes, strict=True):
            known = theirs.values
            codes.append(mine.codes(known[code] for code in column))
        return replace(columns, codes=tuple(codes))

    def columns(self, rows: Sequence[Sequence[Any]]) -> Columns:
        """Columns of rows. Raises shapes.Unsupported for geometries that the store does not know."""
        schema, fields = self.schema, len(self.dictionaries)
        shaped = 5 + fields + len(schema.measures)  # the first column with geometries
        width = shaped + len(schema.places)
        cells: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * width
        unit, flag, begins, ends = cells[1 + fields : 5 + fields]
        timed = schema.times[0] is not None
        return Columns(
            compact(np.array(cells[0], np.int64)),
            tuple(dictionary.codes(column) for dictionary, column in zip(self.dictionaries, cells[1:], strict=False)),
            self.units.codes(unit) if schema.has_units else None,
            np.array([bool(value) for value in flag], np.bool_) if schema.has_flag else None,
            narrow_times(moments(begins)) if timed else None,
            narrow_times(moments(ends)) if schema.times[1] is not None else None,
            places=tuple(Place.of(shapes.ragged(_parse(column))) for column in cells[shaped:]),
            measures=tuple(compact(np.array(column, np.int64)) for column in cells[5 + fields : shaped]),
        )


def compact(numbers: npt.NDArray[np.int64]) -> Whole:
    """The same numbers in four bytes each, where they fit."""
    return numbers.astype(np.int32) if numbers.max(initial=0) < 2**31 and numbers.min(initial=0) >= 0 else numbers


def _parse(column: Sequence[bytes | None]) -> npt.NDArray[np.object_]:
    wkb = np.empty(len(column), object)
    wkb[:] = column
    geometries: npt.NDArray[np.object_] = shapely.from_wkb(wkb)
    return geometries
