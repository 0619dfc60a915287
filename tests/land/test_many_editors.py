"""Twenty processes edit neighbouring parcels at once: the coverage stays valid and no change is lost."""

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
import shapely
from django.conf import settings

from gis_core.models import ChangeLog
from land.models import ParcelChange, ParcelLineage
from land.rows import EVERYBODY, heads, parcels
from land.topology import coverage
from tests.land.desk import Desk, shape_of
from tests.land.ground import Ground
from tests.server import database_url
from tests.world import World

PROCESSES, CHANGES = 20, int(os.environ.get("LAND_CHANGES", "6"))
"""Changes that each process tries; more of them by hand: LAND_CHANGES=50 bin/test tests/land/test_many_editors.py."""
SHEET = 900


def _run(desk: Desk) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.land.editors"]
    numbers = (desk.officer.pk, desk.approver.pk, SHEET, PROCESSES, CHANGES)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url()}
    ended = subprocess.run(
        [*command, *map(str, numbers)], cwd=settings.BASE_DIR, env=environment, capture_output=True, timeout=300 + 20 * CHANGES, check=False
    )
    assert ended.returncode == 0, ended.stderr.decode()[-3000:]
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.fixture
def ground(scratch: World) -> tuple[Desk, shapely.Polygon]:
    """Sixteen parcels of one piece of ground, committed."""
    ground = Ground.of(5)
    while len(ground.parcels) < 16:
        ground.split()
    desk = Desk.open(scratch.units["A"])
    for number, shape in enumerate(ground.parcels, start=1):
        desk.parcel(shape, number)
    return desk, shapely.unary_union(ground.parcels)


def test_twenty_editors_leave_a_valid_coverage_and_lose_nothing(ground: tuple[Desk, shapely.Polygon]) -> None:
    """What was published is there, version by version; what was not is a conflict or a broken rule, never half a change."""
    desk, whole = ground
    told = _run(desk)
    ends = Counter(line["end"] for line in told)
    assert len(told) == PROCESSES * CHANGES
    assert set(ends) <= {"published", "returned", "StaleParcels", "RulesBroken", "NotFound"}
    assert ends["published"] >= PROCESSES
    shapes = [shape_of(parcel) for parcel in desk.heads()]
    assert all(shapely.is_valid(shape) for shape in shapes)
    assert coverage.is_valid(shapes)
    assert abs(sum(shape.area for shape in shapes) - whole.area) < 0.01
    assert shapely.symmetric_difference(shapely.unary_union(shapes), whole).area < 0.01
    _nothing_is_lost({line["uid"]: line["seq"] for line in told if line["end"] == "published"})
    _descent_is_acyclic()


def _nothing_is_lost(published: dict[str, int]) -> None:
    """Every version that a change wrote is a row, and the versions of each parcel follow each other without a gap."""
    changes = {str(change.uid): change for change in ParcelChange.objects.filter(state="published")}
    assert set(changes) == set(published)
    known: dict[UUID, list[int]] = {}
    for uid, version in parcels(EVERYBODY).filter(sheet_no=SHEET).order_by("version").values_list("uid", "version"):
        known.setdefault(uid, []).append(version)
    assert all(versions == list(range(1, len(versions) + 1)) for versions in known.values())
    written = Counter((pair[0], pair[1]) for change in changes.values() for pair in change.after)
    assert set(written.values()) == {1}
    assert all(version in known[UUID(uid)] for uid, version in written)
    # Each version but a parcel's first in the test was written by exactly one published change.
    made = {UUID(uid) for change in changes.values() for uid, version in change.after if version == 1}
    assert sum(len(versions) - (uid not in made) for uid, versions in known.items()) == len(written)
    assert ChangeLog.objects.filter(seq__in=list(published.values())).count() == len(published)
    numbers = [number for (number,) in parcels(EVERYBODY).filter(sheet_no=SHEET, version=1).values_list("parcel_no")]
    assert len(numbers) == len(set(numbers))


def _descent_is_acyclic() -> None:
    """No parcel is its own ancestor."""
    edges = list(ParcelLineage.objects.values_list("parent", "child"))
    above: dict[int, set[int]] = {}
    for parent, child in edges:
        above.setdefault(child, set()).add(parent)
    done: set[int] = set()

    def climb(pk: int, path: frozenset[int]) -> None:
        assert pk not in path
        if pk not in done:
            for parent in above.get(pk, ()):
                climb(parent, path | {pk})
            done.add(pk)

    for pk in above:
        climb(pk, frozenset())
    assert heads(EVERYBODY).filter(pk__in=[parent for parent, _child in edges], valid_to__isnull=True).count() == 0
