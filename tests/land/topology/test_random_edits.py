"""Thousands of random splits, mergers and adjustments on slanted, concave and holed parcels."""

import os
from collections import Counter

import hypothesis
import shapely
from hypothesis import strategies as st

from land.topology import coverage
from tests.land.ground import Ground

EDITS = 60
EXAMPLES = int(os.environ.get("LAND_EXAMPLES", "40"))
"""Pieces of ground; more of them by hand: LAND_EXAMPLES=2000 bin/test tests/land/topology."""


@hypothesis.settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(seed=st.integers(0, 2**32 - 1))
def test_the_coverage_stays_valid_and_no_ground_is_lost(seed: int) -> None:
    """After each edit every parcel is valid, all of them are a coverage at a gap width of 1 mm, and the area is the same."""
    ground = Ground.of(seed)
    area = shapely.area(ground.parcels[0])
    for _edit in range(EDITS):
        ground.edit()
        assert all(shapely.is_valid(parcel) for parcel in ground.parcels)
        assert abs(sum(parcel.area for parcel in ground.parcels) - area) < 0.01
    assert coverage.is_valid(ground.parcels)


def test_the_edits_are_of_all_kinds_and_seldom_refused() -> None:
    """Else the property above would prove little."""
    done: Counter[str] = Counter()
    for seed in range(12):
        ground = Ground.of(seed)
        done.update(ground.edit() for _edit in range(EDITS))
    refused = done.pop("")
    assert set(done) == {"split", "cut_areas", "inlay", "merge", "adjust", "move_corner"}
    assert refused < 0.35 * sum(done.values())
    assert min(done.values()) >= 20
