"""Real processes: the worker's child, and two workers of a Dask cluster over the test database."""

from io import StringIO
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from django.core.management import CommandError, call_command

from gis_core.access import scope_of
from gis_core.models import Role
from land.models import Parcel
from layers.analysis import jobs, office
from layers.analysis.contract import kind_of
from layers.analysis.remote import cluster
from layers.analysis.work import Work
from tests import factories
from tests.cast import Person
from tests.server import database_url
from tests.world import CELL, SOUTH, WEST, World


@pytest.fixture
def analyst(scratch: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An analyst, and the environment of children over the test database."""
    user = factories.user()
    factories.jurisdiction(user, Role.ANALYST, scratch.units["đà nẵng"])
    monkeypatch.setattr("layers.analysis.office.queue_analysis", lambda uid: None)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    monkeypatch.setenv("DATABASE_URL", database_url())
    settings.LOADER_DATABASE_URL = database_url()
    return user


def test_two_workers_find_what_one_process_finds(analyst: Any, scratch: World) -> None:
    """The same frame, row by row, whoever computed the tiles."""
    for _time in range(2):
        factories.feature(Parcel, scratch.units["A"], (WEST + 1.6 * CELL, SOUTH + 0.02))
    kind = kind_of("topology")
    given = {"layer": "parcels"}
    alone = kind.run(Work(kind, given, scope_of(analyst)))
    with cluster("local:2", analyst.pk) as elsewhere:
        together = kind.run(Work(kind, given, scope_of(analyst), elsewhere=elsewhere))
    assert len(alone.frame) > 0
    assert together.frame.to_csv(index=False) == alone.frame.to_csv(index=False)


def test_a_job_runs_in_a_process_of_its_own(analyst: Any) -> None:
    """From the question to the result; then it waits for its author."""
    job = office.ask(analyst, "buffer", {"layer": "facilities", "metres": 10})
    jobs.run(job.uid)
    job.refresh_from_db()
    assert (job.state, job.failure, job.report["rows"] > 0) == ("examined", None, True)
    office.cancel(analyst, job.uid)


def test_no_scheduler_is_said(analyst: Any) -> None:
    """With its address."""
    from gis_core.errors import Unavailable

    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9"), cluster("tcp://127.0.0.1:9", analyst.pk):
        pass


def test_the_command_writes_a_file(world: World, tmp_path: Path, db: None) -> None:
    """In somebody's name, with that person's rows."""
    officer: Person = world.cast["analyst"]
    assert officer.user is not None
    out, said = tmp_path / "vung.gpkg", StringIO()
    call_command("run_job", "buffer", user=officer.user.username, set=["layer=parcels", "merge=single"], out=out, stdout=said, stderr=said)
    own = [row for row in world.rows["parcels"] if row.home in ("A", "B", "C")]
    assert pyogrio.read_info(out)["features"] == len(own)
    listing = StringIO()
    call_command("run_job", stdout=listing)
    assert "getis_ord" in listing.getvalue()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"user": "nobody at all"}, "nobody at all"),
        ({"set": ["layer"]}, "--set"),
        ({"set": ["layer=facilities", "metres=x"]}, "metres"),
        ({"set": ["layer=facilities"], "out": Path("x.shp")}, ".gpkg"),
    ],
)
def test_the_command_says_what_is_wrong(world: World, db: None, arguments: dict[str, Any], words: str) -> None:
    """In a sentence."""
    officer = world.cast["analyst"].user
    assert officer is not None
    with pytest.raises(CommandError, match=words):
        call_command("run_job", "buffer", **{"user": officer.username, "set": [], **arguments}, stdout=StringIO(), stderr=StringIO())
