"""The attributes of a tile's features: codes of the layer become indexes of values that this tile uses."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from layers.store.values import Codes, Dictionary

Matrix = npt.NDArray[np.int64]


def tagged(codes: Sequence[Codes], dictionaries: Sequence[Dictionary], drawn: npt.NDArray[np.int64]) -> tuple[Matrix, list[bytes]]:
    """(indexes, values): per drawn feature (row) and field (column) the index into the values, -1 for none.

    Values stand in the order of their first use, so equal content makes equal bytes in every process.
    """
    if not codes:
        return np.empty((len(drawn), 0), np.int64), []
    starts = np.cumsum([0, *(len(dictionary) for dictionary in dictionaries)])
    wanted = np.stack([column[drawn].astype(np.int64) for column in codes], axis=1)
    numbered = (wanted + starts[:-1]).ravel()
    used = numbered[(wanted > 0).ravel()]
    if not len(used):
        return np.full(wanted.shape, -1, np.int64), []
    distinct, order = _first_uses(used, int(starts[-1]))
    index = np.where(wanted.ravel() > 0, order[np.searchsorted(distinct, numbered).clip(max=len(distinct) - 1)], -1)
    by_use = distinct[np.argsort(order)]
    field = np.searchsorted(starts, by_use, side="right") - 1
    messages = [dictionary.messages for dictionary in dictionaries]
    values = [messages[f][code] for f, code in zip(field.tolist(), (by_use - starts[field]).tolist(), strict=True)]
    return index.reshape(wanted.shape), values


def _first_uses(used: Matrix, total: int) -> tuple[Matrix, Matrix]:
    """The distinct numbers in ascending order, and for each its rank by first appearance."""
    if total <= 4 * len(used) + 1024:
        # Written backwards, so that the first appearance is what stays.
        first = np.full(total, -1, np.int64)
        first[used[::-1]] = np.arange(len(used) - 1, -1, -1)
        distinct = np.flatnonzero(first >= 0)
        appears = first[distinct]
    else:
        distinct, appears = np.unique(used, return_index=True)
    order = np.empty(len(distinct), np.int64)
    order[np.argsort(appears)] = np.arange(len(distinct))
    return distinct, order
