"""Columns of moments in few bytes: every comparison comes out as with whole numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.store.times import NEVER, bounded, joined_times, moments, narrow_times, widened

DAYS = st.integers(-40_000, 40_000)
ANY = (
    DAYS
    | st.sampled_from([-(2**15), 2**15 - 1, 2**15 - 2, 2**15 - 3, -(2**31), 2**31 - 1, 2**31 - 2, 2**31 - 3])
    | st.integers(-(2**60), 2**60)
)


@given(st.lists(st.none() | ANY), ANY)
def test_narrow_columns_compare_as_wide_ones(values: list[int | None], moment: int) -> None:
    wide = moments(values)
    narrow = narrow_times(wide)
    assert widened(narrow).tolist() == wide.tolist()
    limit = bounded(moment, narrow)
    finite = [NEVER if value is None else value for value in values]
    assert (narrow <= limit).tolist() == [value <= moment for value in finite]
    assert (narrow > limit).tolist() == [value > moment for value in finite]


@given(st.lists(st.none() | DAYS, min_size=1), st.lists(st.none() | ANY, min_size=1))
def test_joining_keeps_moments(first: list[int | None], second: list[int | None]) -> None:
    pieces = [narrow_times(moments(first)), narrow_times(moments(second))]
    assert widened(joined_times(pieces)).tolist() == moments([*first, *second]).tolist()


@pytest.mark.parametrize(("last", "kind"), [(20_778, np.int16), (40_000, np.int32), (1_795_000_000_000_000, np.int64)])
def test_days_take_two_bytes(last: int, kind: type) -> None:
    assert narrow_times(moments([0, last, None])).dtype == kind
