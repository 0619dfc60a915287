"""Real processes: the worker's child, and two workers of a Dask cluster over the test database."""

from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pyogrio
import pytest
from django.core.management import CommandError, call_command

from gis_core.access import scope_of
from gis_core.db import conninfo
from gis_core.models import Role
from gis_core.models.job import Job
from gis_core.work.jobs import store
from land.models import Parcel
from layers.analysis import jobs, office
from layers.analysis.contract import kind_of
from layers.analysis.remote import cluster
from layers.analysis.work import Work
from layers.imports.load import remove_layer
from layers.models import ImportedLayer
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


def test_a_running_process_is_killed_when_its_author_cancels(analyst: Any) -> None:
    """While it starts: nothing of it stays, and the job says so."""
    job = office.ask(analyst, "buffer", {"layer": "facilities", "metres": 10})
    store(job, state=Job.State.WORKING)
    assert office.cancel(analyst, job.uid).cancel_asked
    jobs.run(job.uid)
    job.refresh_from_db()
    assert (job.state, bool(job.file), job.parts.count()) == ("cancelled", False, 0)
    jobs.run(job.uid)  # whoever finds it in the queue again has nothing to do
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_process_that_dies_is_told(analyst: Any, settings: Any) -> None:
    """It cannot even reach its database; the author reads a sentence, not a trace."""
    job = office.ask(analyst, "buffer", {"layer": "facilities", "metres": 10})
    settings.LOADER_DATABASE_URL = "postgis://nobody:nothing@127.0.0.1:9/nowhere"
    jobs.run(job.uid)
    job.refresh_from_db()
    assert job.state == "refused"
    assert job.failure is not None and "127.0.0.1" not in job.failure["detail"]


def test_a_process_that_takes_too_long_is_ended(analyst: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the advice is to ask for less."""
    monkeypatch.setattr(jobs, "SECONDS", -1)
    job = office.ask(analyst, "buffer", {"layer": "facilities", "metres": 10})
    jobs.run(job.uid)
    job.refresh_from_db()
    assert (job.state, bool(job.failure)) == ("refused", True)


def test_two_workers_do_not_work_at_one_job(analyst: Any, scratch: World) -> None:
    """The second finds it taken and leaves it alone."""
    job = office.ask(analyst, "buffer", {"layer": "facilities", "metres": 10})
    with psycopg.connect(conninfo("tests"), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"job {job.uid}"])
        jobs.work(job.uid)
        job.refresh_from_db()
        assert job.state == "queued"
    jobs.work(job.uid)
    job.refresh_from_db()
    assert job.state == "examined"
    office.cancel(analyst, job.uid)


def test_the_command_keeps_a_layer(scratch: World, analyst: Any) -> None:
    """Computed, written, owned by the account in whose name it ran."""
    said = StringIO()
    arguments: dict[str, Any] = {"user": analyst.username, "set": ["layer=facilities", "metres=25"], "keep": "Vùng đệm từ lệnh"}
    call_command("run_job", "buffer", **arguments, stdout=said, stderr=StringIO())
    layer = ImportedLayer.objects.get(name="vung_dem_tu_lenh")
    assert (layer.owner, layer.title) == (analyst, "Vùng đệm từ lệnh")
    assert f"vung_dem_tu_lenh has {layer.row_count}" in said.getvalue() or str(layer.row_count) in said.getvalue()
    remove_layer("vung_dem_tu_lenh")


@pytest.mark.parametrize("form", ["gpkg", "fgb", "geojson", "csv", "parquet"])
def test_the_command_writes_every_format(world: World, tmp_path: Path, db: None, form: str) -> None:
    """By the file's ending."""
    analyst_ = world.cast["analyst"].user
    assert analyst_ is not None
    out = tmp_path / f"ra.{form}"
    call_command("run_job", "buffer", user=analyst_.username, set=["layer=facilities"], out=out, stdout=StringIO(), stderr=StringIO())
    assert out.stat().st_size > 100


def test_only_tiled_analyses_go_to_a_cluster(world: World, db: None) -> None:
    """The others say so instead of pretending."""
    analyst_ = world.cast["analyst"].user
    assert analyst_ is not None
    arguments: dict[str, Any] = {"user": analyst_.username, "set": ["layer=facilities"], "keep": "x", "scheduler": "local:2"}
    with pytest.raises(CommandError, match=r"tile|ô"):
        call_command("run_job", "buffer", **arguments, stdout=StringIO(), stderr=StringIO())
