"""Columns of moments: whole days or microseconds of Unix time, in the smallest type that holds them.

The largest number of a column's type means never: no end, or a beginning that no moment reaches. Days fit two bytes until
2059, so the validity of a million parcels takes 4 MB instead of 16.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.signedinteger[Any]]
NEVER = np.iinfo(np.int64).max


def moments(values: Sequence[int | None]) -> npt.NDArray[np.int64]:
    """Moments as 64-bit numbers; None becomes never."""
    return np.array([NEVER if value is None else value for value in values], np.int64)


def narrow_times(wide: npt.NDArray[np.int64]) -> Times:
    """The same moments in the smallest type. The ends of a type stay free: never, and what `bounded` needs."""
    finite = wide[wide != NEVER]
    low, high = int(finite.min(initial=0)), int(finite.max(initial=0))
    for kind in (np.int16, np.int32):
        limits = np.iinfo(kind)
        if low > limits.min and high < limits.max - 1:
            return np.asarray(np.minimum(wide, limits.max), kind)
    return wide


def widened(times: Times) -> npt.NDArray[np.int64]:
    """The same moments as 64-bit numbers."""
    wide = times.astype(np.int64)
    if times.dtype != np.int64:
        wide[times == np.iinfo(times.dtype).max] = NEVER
    return wide


def joined_times(columns: list[Times]) -> Times:
    """Columns one after the other, in one type. `columns` is emptied."""
    kinds = {column.dtype for column in columns}
    alike = len(kinds) == 1
    whole: Times = np.concatenate(columns) if alike else narrow_times(np.concatenate([widened(column) for column in columns]))
    columns.clear()
    return whole


def bounded(moment: int, times: Times) -> int:
    """`moment` within the type of `times`, so that comparing comes out the same: it is never equal to never."""
    limits = np.iinfo(times.dtype)
    return max(min(moment, int(limits.max) - 1), int(limits.min))
