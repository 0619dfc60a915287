"""Each analysis from the form to the layer: asked over the API, looked at, downloaded, kept, drawn by the catalogue."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import geopandas
import mapbox_vector_tile
import pytest
from django.utils import timezone

from gis_core.models import ChangeLog, Role
from layers.analysis import jobs, office
from layers.analysis.contract import kinds
from layers.imports.runtime import model_of
from layers.models import AnalysisJob, ImportedLayer
from layers.queries.files import tile_around
from layers.themes.facilities import Facility
from tests import factories
from tests.analysis.conftest import Table, newest
from tests.coverages.conftest import Shelf, slope
from tests.uploads.conftest import A, stored
from tests.world import CELL, SOUTH, WEST, World

# What is needed beside the defaults, over the rows of the world.
GIVEN: dict[str, dict[str, Any]] = {
    "buffer": {"layer": "facilities", "metres": 30, "rings": 2},
    "overlay": {"layer": "parcels", "over": "admin_units", "field": "land_use"},
    "change": {"before": "2025-12-01", "after": "2026-12-01"},
    "site": {"layer": "parcels", "area": 1, "near": "facilities", "metres": 50_000},
    "topology": {"layer": "parcels"},
    "clusters": {"layer": "facilities", "metres": 500, "least": 2},
    "density": {"layer": "facilities", "radius": 500, "size": 200},
    "getis_ord": {"layer": "facilities", "size": 300, "metres": 900},
    "nearest_facility": {"layer": "facilities", "filter": "name LIKE 'chỗ%'", "facilities": "facilities"},
    "zonal": {"layer": "admin_units", "unit": "20341", "raster": "heights"},
    "service_area": {"layer": "facilities", "filter": "name LIKE 'chỗ%'", "limit": 400},
}


@pytest.fixture
def busy(world: World, db: None, tmp_path: Path) -> None:
    """A dozen places beside a road, two parcels that overlap and of which one was something else last year, and heights."""
    from django.contrib.gis.geos import LineString, MultiLineString

    from land.models import Parcel
    from layers.themes.traffic import RoadSegment

    Shelf(tmp_path, world).put("heights", slope(), public=True, unit="m")
    unit = world.units["A"]
    for step in range(12):
        factories.feature(Facility, unit, (A[0] + step * 0.0004, A[1]), f"chỗ {step}", theme="education")
    line = LineString((A[0] - 0.001, A[1] + 0.0001), (A[0] + 0.006, A[1] + 0.0001), srid=4326)
    shape = MultiLineString(line, srid=4326) if "MULTI" in RoadSegment._meta.get_field("geom").geom_type else line
    factories.feature(RoadSegment, unit, A, "đường thử", geom=shape, speed_limit_kmh=40)
    at = (WEST + 1.6 * CELL, SOUTH + 0.02)
    day = timezone.localdate().replace(month=2, day=1)
    factories.feature(Parcel, unit, at, land_use="LUC", valid_from=day.replace(year=2025, month=8), valid_to=day.replace(year=2026))
    for _twice in range(2):
        factories.feature(Parcel, unit, at, land_use="ODT", valid_from=day.replace(year=2026))


def test_each_kind_is_tried() -> None:
    """A kind that comes later has a line above."""
    assert set(GIVEN) == set(kinds())


@pytest.mark.parametrize("kind", GIVEN)
def test_from_the_question_to_the_layer(table: Table, busy: None, kind: str, tmp_path: Path) -> None:
    """Facts, words for all columns, tiles, a file with the same rows, and a layer with as many that the catalogue shows."""
    job = table.computed(kind, **GIVEN[kind])
    assert (job["state"], job["failure"]) == ("examined", "")
    result = job["result"]
    assert result["rows"] > 0
    assert all(title and value is not None for title, value in result["facts"])
    assert all(column["alias"] for column in result["columns"])
    assert {one["parameter"] for one in job["provenance"]["inputs"]} == {name for name in kinds()[kind].layers if given_layer(kind, name)}
    _seen_as_tiles(table, job)
    file = table.client.get(f"/api/analyses/{job['uid']}/file", {"f": "gpkg"})
    path = tmp_path / "result.gpkg"
    path.write_bytes(file.content)
    read = geopandas.read_file(path)
    assert (len(read), read.crs.to_epsg()) == (result["rows"], 5899)
    assert {column["name"] for column in result["columns"]} <= set(read.columns)
    assert table.send(f"/{job['uid']}/keep", {"title": f"Kết quả {kind}"}).status_code == 200
    done = table.worked(job["uid"])
    assert (done["state"], done["failure"]) == ("done", "")
    layer = ImportedLayer.objects.get(name=done["layer"])
    assert layer.row_count == result["rows"] == model_of(layer)._default_manager.count()
    items = table.client.get(f"/ogc/collections/{layer.name}/items", {"f": "json", "limit": "1000"}).json()
    assert len(items["features"]) == min(result["rows"], 1000)


def given_layer(kind: str, name: str) -> bool:
    """Whether a parameter names a layer here, by the question or by default."""
    defaults = {parameter.name: parameter.default for parameter in kinds()[kind].parameters}
    return bool(GIVEN[kind].get(name) or defaults[name])


def _seen_as_tiles(table: Table, job: Any) -> None:
    """The smallest tile over the result shows something of it, with the values that its style asks for."""
    from gis_core import crs

    west, south, east, north = job["result"]["bounds"]
    low, high = (crs.transform(crs.WGS84, crs.WEB_MERCATOR, *corner) for corner in ((west, south), (east, north)))
    z, x, y = tile_around((*low, *high))
    answer = table.client.get(job["tiles"].format(z=z, x=x, y=y))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, max-age=600")
    features = mapbox_vector_tile.decode(answer.content)["result"]["features"]
    assert features
    field = (job["result"]["look"] or {}).get("field")
    if field:
        assert all(field in feature["properties"] for feature in features)
    assert job["result"]["style"]


def test_the_list_is_the_own_one_newest_first(table: Table, busy: None) -> None:
    """Without results and provenance, which single jobs have."""
    uids = [table.ask("buffer", **GIVEN["buffer"]).body["uid"] for _twice in range(2)]
    listed = table.get("").body
    assert [one["uid"] for one in listed] == uids[::-1]
    assert {(one["result"], len(one["provenance"])) for one in listed} == {(None, 0)}


def test_questions_are_bounded(table: Table, busy: None) -> None:
    """Ten at once; the eleventh waits for its asker."""
    codes = [table.ask("buffer", **GIVEN["buffer"]).status_code for _one in range(office.MAX_OPEN + 1)]
    assert codes == [201] * office.MAX_OPEN + [409]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "buffer", "parameters": {"layer": "facilities"}, "scheduler": "tcp://10.0.0.1:8786"}, (400, 422)),
        ({"kind": "buffer", "parameters": {"layer": ["facilities"]}}, (400, 422)),
        ({"kind": "b" * 41}, (400, 422)),
        ({"parameters": {}}, (400, 422)),
        ({"kind": "buffer", "parameters": "layer"}, (400, 422)),
        ([], (400, 422)),
    ],
)
def test_what_is_no_question(table: Table, body: Any, status: tuple[int, ...]) -> None:
    """No field is taken that the form does not have: nobody names an address of a cluster over the API."""
    answer = table.client.post("/api/analyses", body, "application/json")
    assert answer.status_code in status
    assert AnalysisJob.objects.count() == 0


def test_only_a_finished_result_is_kept(table: Table, busy: None) -> None:
    """Not before, not twice, not without a title."""
    uid = table.ask("buffer", **GIVEN["buffer"]).body["uid"]
    assert table.send(f"/{uid}/keep", {"title": "x"}).status_code == 409
    assert table.get(f"/{uid}/file").status_code == 404
    table.worked(uid)
    assert table.send(f"/{uid}/keep", {"title": "   "}).status_code == 400
    assert table.send(f"/{uid}/keep", {"title": "x"}).status_code == 200
    assert table.send(f"/{uid}/keep", {"title": "x"}).status_code == 409


def test_a_layer_of_a_result_is_the_makers(tables: Callable[..., Table], busy: None) -> None:
    """It exists for those who work where it lies, and its provenance for nobody but its maker."""
    maker = tables(Role.ANALYST, "A")
    job = maker.computed("buffer", **GIVEN["buffer"])
    maker.send(f"/{job['uid']}/keep", {"title": "Vùng của A"})
    name = maker.worked(job["uid"])["layer"]
    stranger = tables(None)
    assert stranger.client.get(f"/ogc/collections/{name}").status_code == 404
    assert stranger.get(f"/{job['uid']}").status_code == 404


def test_a_change_during_the_run_is_told(table: Table, busy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Provenance says which input moved."""
    from layers.analysis.kinds.buffer import Buffer

    run = Buffer.run

    def meanwhile(self: Buffer, work: Any) -> Any:
        result = run(self, work)
        last = ChangeLog.objects.filter(table_name=Facility._meta.db_table).latest("seq")
        Facility.objects.filter(name__startswith="chỗ").latest("pk").delete()
        assert ChangeLog.objects.filter(table_name=Facility._meta.db_table).latest("seq").seq > last.seq
        return result

    monkeypatch.setattr(Buffer, "run", meanwhile)
    assert table.computed("buffer", **GIVEN["buffer"])["provenance"]["changed_meanwhile"] == ["facilities"]


def test_a_database_that_gives_up_is_told_without_its_words(table: Table, busy: None, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What PostgreSQL says may carry values of rows."""
    from django.db import DataError

    from layers.analysis.kinds.buffer import Buffer

    def fails(self: Buffer, work: Any) -> Any:
        raise DataError("invalid value: 079123456789\nDETAIL: holder Nguyễn Văn A")

    monkeypatch.setattr(Buffer, "run", fails)
    job = table.computed("buffer", **GIVEN["buffer"])
    assert job["state"] == "refused"
    assert "079123456789" not in job["failure"]
    assert stored(store) == []


def test_old_results_go_and_layers_stay(table: Table, busy: None) -> None:
    """Two weeks after they were computed; the provenance of a layer stays with it."""
    kept, left = (table.computed("buffer", **GIVEN["buffer"]) for _twice in range(2))
    table.send(f"/{kept['uid']}/keep", {"title": "Giữ lại"})
    table.worked(kept["uid"])
    AnalysisJob.objects.update(updated_at=timezone.now() - timedelta(days=15))
    jobs.clear_old()
    states = {str(job.uid): job.state for job in AnalysisJob.objects.all()}
    assert states == {kept["uid"]: "done", left["uid"]: "cancelled"}
    assert newest().provenance
