"""From the question to the layer: computed, looked at, kept; cancelled, taken up after a death, run again."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from django.db import OperationalError
from django.utils import timezone

from gis_core.models import Role
from gis_core.work.jobs import left_behind
from layers.analysis import jobs
from layers.analysis.kinds.topology import TopologyAudit
from layers.imports.runtime import model_of
from layers.models import AnalysisJob, AnalysisPart, ImportedLayer
from layers.themes.facilities import Facility
from tests import factories
from tests.analysis.conftest import Table, newest
from tests.uploads.conftest import A, B, stored
from tests.world import World


@pytest.fixture
def schools(world: World, db: None) -> list[Facility]:
    """Six close together in A, one alone in B, beside those of the world."""
    near = [factories.feature(Facility, world.units["A"], (A[0] + n * 0.0003, A[1]), f"trường {n}", theme="education") for n in range(6)]
    return [*near, factories.feature(Facility, world.units["B"], (B[0] + 0.004, B[1] + 0.01), "trường xa", theme="education")]


ONLY = {"layer": "facilities", "filter": "name LIKE 'trường%'"}


def test_an_analysis_becomes_a_layer(table: Table, schools: list[Facility], store: Path) -> None:
    """Its facts, its tiles before anything is kept, then the layer with owner, words and look; the file is gone with it."""
    job = table.computed("clusters", **ONLY, metres=100, least=3)
    assert (job["state"], job["failure"]) == ("examined", "")
    assert dict(job["result"]["facts"]) == {"Số nhóm": 1, "Điểm trong nhóm": 6, "Điểm đứng riêng": 1}
    assert ImportedLayer.objects.count() == 0
    done = _kept(table, job["uid"], "Nơi có nhiều trường")
    layer = ImportedLayer.objects.get(name=done["layer"])
    assert (layer.title, layer.owner, layer.row_count, layer.look) == (
        "Nơi có nhiều trường",
        table.user,
        1,
        {"kind": "single", "colour": "#d2391f"},
    )
    assert [column["alias"] for column in layer.columns][:2] == ["Nhóm", "điểm"]
    row = model_of(layer)._default_manager.get()
    assert (row.points, row.geom.srid) == (6, 5899)  # type: ignore[attr-defined]
    assert [item["id"] for item in table.client.get(f"/ogc/collections/{layer.name}/items?f=json").json()["features"]] == [row.pk]
    assert len(stored(store)) == 1  # the result stays with the provenance of its layer


def _kept(table: Table, uid: str, title: str) -> Any:
    answer = table.send(f"/{uid}/keep", {"title": title})
    assert answer.status_code == 200, answer.body
    done = table.worked(uid)
    assert done["state"] == "done", done["failure"]
    return done


def test_what_cannot_be_written_now_is_kept_for_later(
    table: Table, schools: list[Facility], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layer could not be made: the result waits with the reason beside it, and the next attempt makes it."""
    job = table.computed("buffer", **ONLY, metres=50)

    def refuse(*_arguments: object, **_more: object) -> None:
        raise OperationalError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "import_layer", refuse)
        assert table.send(f"/{job['uid']}/keep", {"title": "Vùng đệm"}).status_code == 200
        waits = table.worked(job["uid"])
    assert (waits["state"], len(stored(store)), ImportedLayer.objects.count()) == ("examined", 1, 0)
    assert waits["failure"] and "space" not in waits["failure"]
    done = _kept(table, job["uid"], "Vùng đệm")
    assert (done["failure"], ImportedLayer.objects.get(name=done["layer"]).row_count) == ("", job["result"]["rows"])


def test_a_result_is_looked_at_as_tiles(table: Table, schools: list[Facility]) -> None:
    """Encoded in memory, with the values that its style needs; nothing beside it."""
    job = table.computed("buffer", **ONLY, metres=50, merge="single")
    west, south, _east, _north = job["result"]["bounds"]
    z, x, y = _tile(west + 0.0002, south + 0.0002, 14)
    answer = table.client.get(job["tiles"].format(z=z, x=x, y=y))
    (layer,) = mapbox_vector_tile.decode(answer.content).items()
    assert layer[0] == "result"
    assert {feature["properties"]["metres"] for feature in layer[1]["features"]} == {50.0}
    assert len(layer[1]["features"]) == 6
    elsewhere = table.client.get(job["tiles"].format(z=14, x=0, y=0))
    assert mapbox_vector_tile.decode(elsewhere.content).get("result", {}).get("features", []) == []
    assert table.client.get(job["tiles"].format(z=3, x=8, y=0)).status_code == 404


def _tile(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    import math

    n = 2**z
    return z, int((lon + 180) / 360 * n), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)


def test_its_provenance_lets_it_be_run_again(table: Table, schools: list[Facility]) -> None:
    """Inputs with rows and last change, versions, times; the new run sees the rows of then."""
    job = table.computed("buffer", **ONLY, metres=50)
    (about,) = job["provenance"]["inputs"]
    assert (about["layer"], about["rows"]) == ("facilities", 7)
    assert {"shapely", "GEOS", "PostGIS"} <= set(job["provenance"]["versions"])
    assert job["provenance"]["changed_meanwhile"] == []
    schools[0].delete()
    again = table.send(f"/{job['uid']}/again")
    assert (again.status_code, again.body["parameters"]) == (201, job["parameters"])
    renewed = table.worked(again.body["uid"])
    assert renewed["provenance"]["inputs"][0]["rows"] == 6
    assert renewed["provenance"]["inputs"][0]["change"] > about["change"]


@pytest.mark.parametrize("form", ["gpkg", "fgb", "csv", "parquet"])
def test_a_result_is_a_file_too(table: Table, schools: list[Facility], form: str) -> None:
    """In the formats of analysts."""
    job = table.computed("buffer", **ONLY, metres=50)
    answer = table.client.get(f"/api/analyses/{job['uid']}/file", {"f": form})
    assert (answer.status_code, len(answer.content) > 100) == (200, True)


def test_analysts_compute_with_their_own_rows(tables: Callable[..., Table], world: World) -> None:
    """Over parcels, which each sees in the own unit alone: results, counts and provenance say nothing about others'."""
    counts = {}
    for unit in ("A", "B"):
        desk = tables(Role.ANALYST, unit)
        job = desk.computed("buffer", layer="parcels", metres=1, merge="single")
        counts[unit] = {feature["properties"]["feature"] for feature in desk.rows(job["uid"])}
        assert job["provenance"]["inputs"][0]["rows"] == len(counts[unit])
    assert counts["A"] == {str(row.pk) for row in world.rows["parcels"] if row.home == "A"}
    assert counts["B"] == {str(row.pk) for row in world.rows["parcels"] if row.home == "B"}


def test_rights_are_those_of_the_moment_of_the_run(tables: Callable[..., Table]) -> None:
    """Somebody who lost the work between the question and the run computes nothing."""
    desk = tables(Role.ANALYST, "A")
    uid = desk.ask("buffer", layer="parcels").body["uid"]
    from gis_core.models import Jurisdiction

    Jurisdiction.objects.filter(user=desk.user).delete()
    jobs.work(uid)
    assert newest().state == "refused"


@pytest.mark.parametrize(
    ("kind", "parameters", "field"),
    [
        ("buffer", {}, "layer"),
        ("buffer", {"layer": "facilities", "metres": "viele"}, "metres"),
        ("buffer", {"layer": "facilities", "metres": -1}, "metres"),
        ("buffer", {"layer": "facilities", "filter": "holder = 'x'"}, "filter"),
        ("buffer", {"layer": "facilities", "colour": "red"}, "colour"),
        ("buffer", {"layer": "facilities", "unit": "99999"}, "unit"),
        ("buffer", {"layer": "facilities", "merge": "maybe"}, "merge"),
        ("overlay", {"layer": "facilities", "over": "parcels"}, "layer"),
        ("change", {"layer": "facilities", "before": "2025-01-01", "after": "2026-01-01"}, "layer"),
        ("change", {"before": "yesterday", "after": "2026-01-01"}, "before"),
        ("getis_ord", {"layer": "facilities", "field": "name"}, "field"),
    ],
)
def test_what_cannot_be_asked_is_said(table: Table, kind: str, parameters: dict[str, Any], field: str) -> None:
    """Before anything is queued, with the parameter's name."""
    answer = table.ask(kind, **parameters)
    assert (answer.status_code, answer.body["field"]) == (400, field)
    assert AnalysisJob.objects.count() == 0


def test_unknown_and_forbidden_layers_are_the_same(tables: Callable[..., Table]) -> None:
    """404 with the same words."""
    desk = tables(Role.LEADER)
    answers = [desk.ask("buffer", layer=name) for name in ("no_such_layer", "imported_secret")]
    assert {answer.status_code for answer in answers} == {404}
    assert desk.ask("no_such_kind").status_code == 404


@pytest.mark.parametrize("state", ["queued", "examined"])
def test_a_waiting_analysis_is_cancelled_at_once(table: Table, schools: list[Facility], store: Path, state: str) -> None:
    """Its file goes."""
    uid = table.ask("buffer", **ONLY).body["uid"]
    if state == "examined":
        table.worked(uid)
    assert table.send(f"/{uid}/cancel").body["state"] == "cancelled"
    assert stored(store) == []
    assert table.send(f"/{uid}/cancel").status_code == 409


def test_nothing_stays_of_an_analysis_that_is_cancelled_at_work(table: Table, schools: list[Facility], store: Path) -> None:
    """The mark is seen at the next step."""
    uid = table.ask("buffer", **ONLY).body["uid"]
    AnalysisJob.objects.update(cancel_asked=True)
    assert table.worked(uid)["state"] == "cancelled"
    assert (stored(store), AnalysisPart.objects.count()) == ([], 0)


def test_a_dead_workers_analysis_goes_on_where_it_was(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiles that were done are not computed again, and the result is that of a run without a death."""
    whole = table.computed("topology", layer="parcels")
    uid = table.ask("topology", layer="parcels").body["uid"]
    computed: list[str] = []
    part = TopologyAudit.part

    def dies(self: TopologyAudit, work: Any, cell: Any) -> Any:
        if len(computed) == 1:
            raise SystemExit
        computed.append(cell.key)
        return part(self, work, cell)

    with monkeypatch.context() as patch:
        patch.setattr(TopologyAudit, "part", dies)
        with pytest.raises(SystemExit):
            jobs.work(uid)
    assert set(AnalysisPart.objects.values_list("key", flat=True)) == set(computed)
    AnalysisJob.objects.filter(uid=uid).update(updated_at=timezone.now() - timedelta(minutes=10))
    assert [str(one) for one in left_behind(AnalysisJob.objects.all())] == [uid]
    later: list[str] = []

    def counted(self: TopologyAudit, work: Any, cell: Any) -> Any:
        later.append(cell.key)
        return part(self, work, cell)

    with monkeypatch.context() as patch:
        patch.setattr(TopologyAudit, "part", counted)
        done = table.worked(uid)
    assert (done["state"], set(computed) & set(later)) == ("examined", set())
    assert done["result"]["facts"] == whole["result"]["facts"]
    assert AnalysisPart.objects.count() == 0


def test_forgotten_results_are_given_up(table: Table, schools: list[Facility], store: Path) -> None:
    """After two weeks."""
    table.computed("buffer", **ONLY)
    AnalysisJob.objects.update(updated_at=timezone.now() - timedelta(days=15))
    jobs.clear_old()
    assert (newest().state, stored(store)) == ("cancelled", [])


def test_an_empty_result_says_so(table: Table, schools: list[Facility]) -> None:
    """And cannot be kept."""
    job = table.computed("clusters", **ONLY, metres=5, least=100)
    assert (job["state"], job["result"]["rows"], job["tiles"]) == ("examined", 0, None)
    assert table.send(f"/{job['uid']}/keep", {"title": "Trống"}).status_code == 409


def test_leaders_look_but_make_no_layers(tables: Callable[..., Table], schools: list[Facility]) -> None:
    """Layers are made by those who may bring files."""
    desk = tables(Role.LEADER)
    job = desk.computed("buffer", **ONLY)
    assert job["state"] == "examined"
    assert desk.send(f"/{job['uid']}/keep", {"title": "Của tôi"}).status_code == 404
