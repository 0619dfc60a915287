"""Columns that grow while a layer is read: in place, or by pieces that are put together at the end."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

# Large blocks are moved by the operating system, not copied: growing costs little, and room left over is given back.
_GROWTH = 1.08


class Growing:
    """The first `size` entries (rows, with `width`) of `array` are filled."""

    def __init__(self, kind: npt.DTypeLike, width: int | None = None) -> None:
        self._tail = () if width is None else (width,)
        self.array: npt.NDArray[Any] = np.empty((0, *self._tail), kind)
        self.size = 0

    def room(self, more: int) -> npt.NDArray[Any]:
        """The array with room for at least `more` entries after `size`."""
        wanted = self.size + more
        if wanted > len(self.array):
            self.array.resize((max(wanted, int(len(self.array) * _GROWTH)), *self._tail), refcheck=False)
        return self.array

    @property
    def nbytes(self) -> int:
        """Memory of what is filled."""
        return self.size * (self.array.nbytes // len(self.array)) if len(self.array) else 0

    def give(self) -> npt.NDArray[Any]:
        """The filled part, whose array is given up here."""
        array, self.array = self.array, self.array[:0].copy()
        array.resize((self.size, *self._tail), refcheck=False)
        self.size = 0
        return array


class Pieces:
    """Columns of portions, each in the smallest type that holds it."""

    def __init__(self, narrow: Callable[[npt.NDArray[Any]], npt.NDArray[Any]], join: Callable[[list[Any]], npt.NDArray[Any]]) -> None:
        self._narrow, self._join = narrow, join
        self._pieces: list[npt.NDArray[Any]] = []

    def add(self, values: npt.NDArray[Any]) -> None:
        """Append a portion."""
        self._pieces.append(self._narrow(values))

    @property
    def nbytes(self) -> int:
        """Memory of the portions."""
        return sum(piece.nbytes for piece in self._pieces)

    def give(self, empty: npt.DTypeLike) -> npt.NDArray[Any]:
        """All portions as one column, which are given up here; of none a column of the type that holds `empty` numbers."""
        pieces, self._pieces = self._pieces or [self._narrow(np.empty(0, empty))], []
        return self._join(pieces)
