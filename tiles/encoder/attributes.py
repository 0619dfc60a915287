"""The attributes of a tile's features: codes of the layer become indexes of values that this tile uses."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from layers.store.jit import kernel
from layers.store.ragged import Rows
from layers.store.values import Codes, Dictionary, Heap

Matrix = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
# A table of all values of a layer is filled for each tile; past this many values a small tile sorts its own.
_MANY = 50_000


def tagged(codes: Sequence[Codes], dictionaries: Sequence[Dictionary], heap: Heap, drawn: Rows, *, compiled: bool) -> tuple[Matrix, bytes]:
    """(indexes, values): per drawn feature (row) and field (column) the index into the Value messages, -1 for none.

    Values stand in the order of their first use, so equal content makes equal bytes in every process.
    """
    numbers = np.empty((len(drawn), len(codes)), np.int32)
    for field, (column, dictionary) in enumerate(zip(codes, dictionaries, strict=True)):
        numbers[:, field] = dictionary.places[column[drawn]]
    if not numbers.size:
        return numbers, b""
    used = (by_loop if compiled and len(heap) <= _MANY + 16 * numbers.size else _by_sorting)(numbers, len(heap))
    return numbers, (_gathered if compiled else _joined)(heap, used)


def by_loop(numbers: Matrix, total: int) -> Matrix:
    """Replace numbers below `total` by their rank of first appearance, in place; returns the numbers by rank. -1 stays."""
    used = np.empty(min(total, numbers.size), np.int32)
    return used[: _rank(numbers, np.full(total, -1, np.int32), used)]


def _gathered(heap: Heap, used: Matrix) -> bytes:
    """The messages `used`, one after the other."""
    text, ends = heap.text, heap.ends
    out = np.empty(int((ends[used + 1] - ends[used]).sum()), np.uint8)
    _gather(text, ends, used, out)
    return out.tobytes()


def _joined(heap: Heap, used: Matrix) -> bytes:
    """The same without compiled loops."""
    text, ends = heap.text.tobytes(), heap.ends.tolist()
    return b"".join(text[ends[number] : ends[number + 1]] for number in used.tolist())


@kernel
def _gather(text: Bytes, ends: Rows, used: Matrix, out: Bytes) -> None:
    at = 0
    for k in range(used.shape[0]):
        for byte in range(ends[used[k]], ends[used[k] + 1]):
            out[at] = text[byte]
            at += 1


@kernel
def _rank(numbers: Matrix, ranks: Matrix, used: Matrix) -> int:
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


def _by_sorting(numbers: Matrix, _total: int) -> Matrix:
    """The same in numpy, and for layers with many more values than the tile."""
    there = numbers >= 0
    distinct, first, which = np.unique(numbers[there], return_index=True, return_inverse=True)
    order = np.argsort(first)
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order))
    numbers[there] = ranks[which]
    return distinct[order]
