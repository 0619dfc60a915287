"""The attributes of a tile's features: codes of the layer become indexes of values that this tile uses."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from layers.store.jit import kernel
from layers.store.values import Codes, Dictionary

Matrix = npt.NDArray[np.int64]


def tagged(
    codes: Sequence[Codes], dictionaries: Sequence[Dictionary], drawn: npt.NDArray[np.int64], *, compiled: bool
) -> tuple[Matrix, list[bytes]]:
    """(indexes, values): per drawn feature (row) and field (column) the index into the values, -1 for none.

    Values stand in the order of their first use, so equal content makes equal bytes in every process.
    """
    starts = np.cumsum([0, *(len(dictionary) for dictionary in dictionaries)])
    numbers = np.empty((len(drawn), len(codes)), np.int64)
    for field, column in enumerate(codes):
        wanted = column[drawn]
        numbers[:, field] = wanted
        numbers[:, field] += starts[field]
        numbers[wanted == 0, field] = -1
    used = (by_loop if compiled and starts[-1] <= 4 * numbers.size + 1024 else _by_sorting)(numbers, int(starts[-1]))
    field_of = np.searchsorted(starts, used, side="right") - 1
    messages = [dictionary.messages for dictionary in dictionaries]
    values = [messages[field][code] for field, code in zip(field_of.tolist(), (used - starts[field_of]).tolist(), strict=True)]
    return numbers, values


def by_loop(numbers: Matrix, total: int) -> npt.NDArray[np.int64]:
    """Replace numbers below `total` by their rank of first appearance, in place; returns the numbers by rank. -1 stays."""
    used = np.empty(min(total, numbers.size), np.int64)
    return used[: _rank(numbers, np.full(total, -1, np.int64), used)]


@kernel
def _rank(numbers: Matrix, ranks: npt.NDArray[np.int64], used: npt.NDArray[np.int64]) -> int:
    count = 0
    for row in range(numbers.shape[0]):
        for field in range(numbers.shape[1]):
            number = numbers[row, field]
            if number < 0:
                continue
            if ranks[number] < 0:
                ranks[number] = count
                used[count] = number
                count += 1
            numbers[row, field] = ranks[number]
    return count


def _by_sorting(numbers: Matrix, total: int) -> npt.NDArray[np.int64]:
    """The same in numpy, and for dictionaries much larger than the tile."""
    there = numbers >= 0
    distinct, first, which = np.unique(numbers[there], return_index=True, return_inverse=True)
    order = np.argsort(first)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order))
    numbers[there] = ranks[which]
    return distinct[order]
