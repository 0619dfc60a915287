"""The distinct values of one field of a stream, numbered in the order in which they come."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from layers.store.growing import Growing
from layers.store.jit import kernel
from layers.store.wire import Bytes, Fields

Slots = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


class Distinct:
    """A hash table over the bytes of values. `learn` gives numbers for values that were not met before.

    Equal bytes are looked up once in Python, however many rows have them.
    """

    def __init__(self, decode: Callable[[bytes], Any], learn: Callable[[list[Any]], npt.NDArray[Any]]) -> None:
        self._decode, self._learn = decode, learn
        self._slots = np.full(1024, -1, np.int32)
        self._text, self._ends = Growing(np.uint8), Growing(np.int64)
        self._numbers = np.zeros(0, np.uint32)

    def codes(self, data: Bytes, starts: Fields, lengths: Fields, field: int) -> npt.NDArray[np.uint32]:
        """The number of each row's value, 0 for null."""
        rows, known = len(starts), self._ends.size
        if 2 * (known + rows) > len(self._slots):
            self._slots = np.full(1 << (4 * (known + rows)).bit_length(), -1, np.int32)
            _refill(self._text.array, self._ends.array, known, self._slots)
        text = self._text.room(int(np.maximum(lengths[:, field], 0).sum()))
        ends = self._ends.room(rows)
        found = np.empty(rows, np.int64)
        count = _number(data, starts, lengths, field, self._slots, text, ends, known, found)
        if count > known:
            self._ends.size, self._text.size = count, int(ends[count - 1])
            begins = [int(ends[known - 1]) if known else 0, *ends[known : count - 1].tolist()]
            values = [self._decode(text[a:b].tobytes()) for a, b in zip(begins, ends[known:count].tolist(), strict=True)]
            self._numbers = np.concatenate([self._numbers, self._learn(values).astype(np.uint32)])
        # The number after the last one stands for null.
        codes: npt.NDArray[np.uint32] = np.append(self._numbers, np.uint32(0))[found]
        return codes


@kernel
def _hash(data: Bytes, begin: int, end: int) -> Any:
    """FNV-1a over 64 bits, folded."""
    value = np.uint64(14695981039346656037)
    for k in range(begin, end):
        value = (value ^ np.uint64(data[k])) * np.uint64(1099511628211)
    return np.int64((value ^ (value >> np.uint64(29))) & np.uint64(0x7FFFFFFF))


@kernel
def _same(data: Bytes, begin: int, length: int, text: Bytes, start: int, end: int) -> bool:
    if end - start != length:
        return False
    for k in range(length):  # noqa: SIM110  numba knows no generators
        if data[begin + k] != text[start + k]:
            return False
    return True


@kernel
def _number(
    data: Bytes, starts: Fields, lengths: Fields, field: int, slots: Slots, text: Bytes, ends: Longs, known: int, out: Longs
) -> int:
    """Number each row's value, null by -1; new values are appended to `text`. Returns how many values are known then."""
    mask = slots.shape[0] - 1
    used = ends[known - 1] if known else 0
    for row in range(starts.shape[0]):
        begin, length = starts[row, field], lengths[row, field]
        if length < 0:
            out[row] = -1
            continue
        slot = _hash(data, begin, begin + length) & mask
        while True:
            value = slots[slot]
            if value < 0:
                text[used : used + length] = data[begin : begin + length]
                used += length
                value = known
                slots[slot] = known
                ends[known] = used
                known += 1
                break
            if _same(data, begin, length, text, ends[value - 1] if value else 0, ends[value]):
                break
            slot = (slot + 1) & mask
        out[row] = value
    return known


@kernel
def _refill(text: Bytes, ends: Longs, known: int, slots: Slots) -> None:
    """Enter all known values into a larger table."""
    mask = slots.shape[0] - 1
    for value in range(known):
        slot = _hash(text, ends[value - 1] if value else 0, ends[value]) & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = value
