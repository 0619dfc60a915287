"""From a file to a layer: examined, asked, decided, written; cancelled, taken up after a death, never half-imported."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from gis_core.models import Role
from gis_core.work.jobs import left_behind
from layers.imports import load
from layers.models import ImportedLayer, Upload
from layers.uploads import jobs
from tests.importing.conftest import bow_tie, collection, point, square
from tests.uploads.conftest import A, B, Desk, stored
from tests.world import World


def test_a_file_becomes_a_layer(desk: Desk, two: str, store: Path) -> None:
    """Nothing is there before the decision; then the layer with its owner, and the file is gone."""
    job = desk.examined("Dữ liệu.geojson", two)
    assert (job["state"], job["report"]["rows"], job["report"]["bad"]) == ("examined", 2, 0)
    assert [column["alias"] for column in job["report"]["columns"]] == ["tên", "số"]
    assert job["report"]["sample"] == [["của A", "1"], ["của B", "2"]]
    assert len(job["report"]["shapes"]["features"]) == 2
    assert (ImportedLayer.objects.count(), len(stored(store))) == (0, 1)
    done = desk.decided(job["uid"], title="Dữ liệu của tôi")
    layer = ImportedLayer.objects.get(name=done["layer"])
    assert (layer.name, layer.title, layer.owner, layer.row_count) == ("du_lieu_cua_toi", "Dữ liệu của tôi", desk.user, 2)
    assert stored(store) == []


def test_a_title_that_is_taken_gets_a_number(desk: Desk, two: str) -> None:
    """Names of addresses are nobody's concern."""
    assert [desk.published("a.geojson", two, title="Parcels").name for _time in range(2)] == ["parcels_2", "parcels_3"]


def test_what_a_file_does_not_say_is_asked(desk: Desk) -> None:
    """The VN-2000 zones first; the answer lets it go on."""
    table = "x;y;tên\n550000.5;1722000.2;một\n"
    job = desk.examined("toa do.csv", table)
    assert (job["state"], job["question"]["code"]) == ("asking", "no-crs")
    assert job["question"]["text"].find("EPSG:5899") < job["question"]["text"].find("EPSG:5897")
    answer = desk.send("POST", f"/{job['uid']}/answers", {"crs": "EPSG:5899"})
    assert answer.status_code == 200
    assert desk.worked(job["uid"])["report"]["srid"] == 5899


def test_a_file_with_several_kinds_is_asked_about(desk: Desk) -> None:
    """One layer, one kind."""
    content = collection([(square(*A), {}), (point(*B), {})])
    job = desk.examined("hai loai.geojson", content)
    assert (job["state"], job["question"]["params"]["counts"]) == ("asking", {"point": 1, "polygon": 1})
    desk.send("POST", f"/{job['uid']}/answers", {"family": "point"})
    assert desk.worked(job["uid"])["report"]["geometry_type"] == "Point"


def test_bad_rows_are_left_out_only_on_demand(desk: Desk) -> None:
    """And shapes that cross themselves are mended, with a count."""
    content = collection([(square(*A), {}), (None, {}), (bow_tie(*B), {})])
    job = desk.examined("loi.geojson", content)
    assert (job["report"]["bad"], job["report"]["repaired"], job["report"]["faults"][0]["row"]) == (1, 1, 2)
    refused = desk.send("POST", f"/{job['uid']}/confirm", {"title": "Lỗi"})
    assert (refused.status_code, refused.body["field"]) == (400, "leave_out")
    assert desk.decided(job["uid"], title="Lỗi", leave_out=True)["done"] == 2


def test_a_file_that_cannot_be_used_says_why(desk: Desk, store: Path) -> None:
    """In the reader's language; the file is gone."""
    job = desk.examined("a.gpkg", b"MZ" * 99)
    assert (job["state"], "định dạng" in job["failure"]) == ("refused", True)
    assert stored(store) == []
    assert desk.send("POST", f"/{job['uid']}/confirm", {"title": "x"}).status_code == 409


@pytest.mark.parametrize("state", ["queued", "examined"])
def test_a_waiting_upload_is_cancelled_at_once(desk: Desk, two: str, state: str, store: Path) -> None:
    """Its file goes."""
    uid = desk.bring("a.geojson", two).body["uid"]
    if state == "examined":
        desk.worked(uid)
    assert desk.send("POST", f"/{uid}/cancel").body["state"] == "cancelled"
    assert stored(store) == []
    assert desk.send("POST", f"/{uid}/cancel").status_code == 409


def test_nothing_stays_of_an_upload_that_is_cancelled_while_it_is_written(desk: Desk, two: str, store: Path) -> None:
    """The mark is seen at the next look; the transaction is undone."""
    job = desk.examined("a.geojson", two)
    desk.send("POST", f"/{job['uid']}/confirm", {"title": "Thử"})
    Upload.objects.update(cancel_asked=True)
    assert desk.worked(job["uid"])["state"] == "cancelled"
    assert (ImportedLayer.objects.count(), stored(store)) == (0, [])


@pytest.mark.parametrize("where", ["_stage", "_described", "_write"])
def test_a_dead_workers_upload_is_taken_up(desk: Desk, two: str, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Wherever it died: nothing of it is there, and the next one does it all."""
    job = desk.examined("a.geojson", two)
    desk.send("POST", f"/{job['uid']}/confirm", {"title": "Thử"})

    def die(*_args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(load, where, die)
        with pytest.raises(SystemExit):
            jobs.work(job["uid"])
    assert (Upload.objects.get().state, ImportedLayer.objects.count()) == ("writing", 0)
    assert left_behind(Upload.objects.all()) == []
    Upload.objects.update(updated_at=timezone.now() - timedelta(minutes=10))
    (uid,) = left_behind(Upload.objects.all())
    assert desk.worked(uid)["state"] == "done"
    assert ImportedLayer.objects.get().row_count == 2


def test_forgotten_uploads_are_given_up(desk: Desk, two: str, store: Path) -> None:
    """After two weeks."""
    desk.examined("a.geojson", two)
    Upload.objects.update(updated_at=timezone.now() - timedelta(days=15))
    jobs.clear_old()
    assert (Upload.objects.get().state, stored(store)) == ("cancelled", [])


def test_rows_outside_the_analysts_units_belong_to_none(desks: Callable[..., Desk], two: str) -> None:
    """An analyst of A cannot put rows before the eyes of B."""
    here = desks(Role.ANALYST, "A")
    job = here.examined("a.geojson", two)
    layer = here.published("a.geojson", two)
    assert job["report"]["outside"] in (0, 1)
    from layers.imports.runtime import model_of

    units = set(model_of(layer)._default_manager.values_list("admin_unit_id", flat=True))
    assert units <= {factories_unit(here), None}


def factories_unit(desk: Desk) -> int:
    """The unit of the desk's jurisdiction."""
    from gis_core.models import Jurisdiction

    return Jurisdiction.objects.get(user=desk.user).unit_id


def test_shapes_that_the_database_finds_wrong_are_told_by_row(desk: Desk) -> None:
    """Where they are beyond mending."""
    flat = {"type": "Polygon", "coordinates": [[[108.47, 15.55], [108.48, 15.55], [108.47, 15.55]]]}
    job = desk.examined("dep.geojson", collection([(square(*A), {}), (flat, {})]))
    assert (job["state"], job["report"]["rows"], [one["row"] for one in job["report"]["faults"]]) == ("examined", 1, [2])


def test_a_table_of_units_becomes_their_outlines(desk: Desk, world: World) -> None:
    """By code or by name, with and without the kind of unit and its marks; a unit that is not known is told."""
    unit, other = world.units["A"], world.units["B"]
    table = f"Phường/Xã,Dân số\n{unit.name},1200\n{other.code},800\nKhông Có,1\n"
    job = desk.examined("dan so.csv", table)
    assert (job["state"], job["report"]["rows"], job["report"]["geometry_type"]) == ("examined", 2, "MultiPolygon")
    assert [one["row"] for one in job["report"]["faults"]] == [3]
    assert {column["name"] for column in job["report"]["columns"]} == {"phuong_xa", "dan_so"}
