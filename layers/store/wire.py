"""PostgreSQL's binary rows taken apart by compiled loops: where each field lies, and fields of whole numbers."""

from typing import Any

import numpy as np
import numpy.typing as npt

from layers.store.jit import kernel

Bytes = npt.NDArray[np.uint8]
# Where fields begin and how long they are (-1: null), by row and field.
Fields = npt.NDArray[np.int32]


@kernel
def _length(data: Bytes, at: int) -> Any:
    """A signed 32-bit number."""
    high = np.int64(np.int8(data[at]))
    return high << 24 | np.int64(data[at + 1]) << 16 | np.int64(data[at + 2]) << 8 | np.int64(data[at + 3])


@kernel
def split(data: Bytes, width: int, starts: Fields, lengths: Fields) -> int:
    """Find the `width` fields of each row; returns how many rows there are."""
    at, rows = 0, 0
    while at + 2 <= data.shape[0]:
        if data[at] == 255:
            break  # the trailer: -1 fields
        at += 2
        for field in range(width):
            length = _length(data, at)
            at += 4
            starts[rows, field] = at
            lengths[rows, field] = length
            at += max(length, 0)
        rows += 1
    return rows


@kernel
def integers(data: Bytes, starts: Fields, lengths: Fields, field: int, absent: int, out: Any) -> None:
    """Big-endian whole numbers of any width of one field into `out`; `absent` for null."""
    for row in range(starts.shape[0]):
        begin, length = starts[row, field], lengths[row, field]
        out[row] = _integer(data, begin, length) if length > 0 else absent


@kernel
def _integer(data: Bytes, begin: int, length: int) -> Any:
    value = np.int64(np.int8(data[begin]))
    for k in range(begin + 1, begin + length):
        value = value << 8 | np.int64(data[k])
    return value
