"""Undoing a change through the history."""

import os
from typing import Any

import numpy as np
import pytest
import shapely

from land.models import ParcelLandUse, Right
from land.rows import EVERYBODY, heads
from land.workflow import steps
from tests.land.desk import Desk, positions, shape_of
from tests.land.ground import Ground, line, slanted

SEEDS = int(os.environ.get("LAND_SEEDS", "4"))
"""Pieces of ground; more of them by hand: LAND_SEEDS=200 bin/test tests/land/verbs/test_undo.py."""
CUT = positions(line((20, -50), (20, 90)))


def _content(desk: Desk) -> dict[str, object]:
    """Everything about the living parcels, coordinates as bytes."""
    rows = heads(EVERYBODY).filter(sheet_no=900, valid_to__isnull=True)
    return {
        str(row.uid): (
            bytes(row.geom.wkb), row.area_m2, row.status, row.parcel_no, row.land_use_label, row.address, row.legal_area_m2,
            sorted(ParcelLandUse.objects.filter(parcel=row).values_list("code", "area_m2", "origin")),
            sorted(Right.objects.filter(parcel=row, valid_to__isnull=True).values_list("party", "numerator", "denominator")),
        )
        for row in rows
    }  # fmt: skip


def test_a_split_undone_is_the_parent_again(desk: Desk) -> None:
    """Its coordinates, uses, holders; the neighbour loses the vertex that it got."""
    parent = desk.parcel(slanted(), 1, uses=(("ODT", 0.5), ("CLN", 0.5)))
    desk.holder(parent)
    before = _content(desk)
    change = desk.done("split_lines", parcel=str(parent.uid), lines=[CUT])
    assert _content(desk) != before
    desk.done("undo", change=str(change.uid))
    assert _content(desk) == before
    assert desk.head(parent).version == 3
    assert desk.refused_undo(change) == ["nothing-to-undo"]


def test_an_undoing_can_be_undone(desk: Desk) -> None:
    """The children are there again under their numbers."""
    parent = desk.parcel(slanted(), 1)
    change = desk.done("split_lines", parcel=str(parent.uid), lines=[CUT])
    children = _content(desk)
    undoing = desk.done("undo", change=str(change.uid))
    desk.done("undo", change=str(undoing.uid))
    assert _content(desk) == children


def test_a_later_change_must_be_undone_first(desk: Desk) -> None:
    """Else it would be lost without a word."""
    parent = desk.parcel(slanted(), 1)
    change = desk.done("split_lines", parcel=str(parent.uid), lines=[CUT])
    child = desk.heads()[0]
    desk.done("change_use", parcel=str(child.uid), uses=[{"code": "CLN", "area_m2": child.area_m2}])
    assert desk.refused_undo(change) == ["changed-since"]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_many_changes_undone_backwards_end_where_they_began(desk: Desk, seed: int) -> None:
    """Splits, mergers and adjustments on drawn ground: after the last undoing each coordinate is what it was."""
    ground = Ground.of(seed)
    for _edit in range(6):
        ground.split()
    for number, shape in enumerate(ground.parcels, start=1):
        desk.parcel(shape, number)
    before = _content(desk)
    rng = np.random.default_rng(seed)
    changes = [change for _edit in range(6) if (change := _some_change(desk, rng)) is not None]
    assert len(changes) >= 3
    for change in reversed(changes):
        desk.done("undo", change=str(change))
    assert _content(desk) == before


def _some_change(desk: Desk, rng: np.random.Generator) -> object | None:
    """A split by area, a merger or a moved boundary, at random; its uid."""
    heads = desk.heads()
    head = heads[int(rng.integers(len(heads)))]
    draw = rng.random()
    if draw < 0.4:
        return _attempt(desk, "split_areas", parcel=str(head.uid), areas=[round(head.area_m2 / 3, 2)], bearing=float(rng.integers(360)))
    touching = [other for other in heads if other != head and shapely.length(shapely.intersection(shape_of(other), shape_of(head))) > 0.5]
    if not touching:
        return None
    pair = [str(head.uid), str(touching[0].uid)]
    if draw < 0.7:
        return _attempt(desk, "merge", parcels=pair)
    at, angle = shapely.union(shape_of(head), shape_of(touching[0])).centroid, rng.uniform(0, np.pi)
    run = (500 * np.cos(angle), 500 * np.sin(angle))
    return _attempt(desk, "adjust_boundary", parcels=pair, lines=[[[at.x - run[0], at.y - run[1]], [at.x + run[0], at.y + run[1]]]])


def _attempt(desk: Desk, kind: str, **params: Any) -> object | None:
    change = steps.submit(desk.officer, desk.draft(kind, **params).uid)
    if change.state != "checked":
        assert change.report is not None
        assert {found["code"] for found in change.report["violations"]} <= {
            "part-in-pieces",
            "not-adjacent",
            "boundary-unclear",
            "line-misses",
            "too-thin",
        }
        return None
    steps.approve(desk.approver, change.uid)
    return steps.publish(desk.approver, change.uid).uid
