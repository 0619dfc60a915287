"""`import_layer` of a GeoTIFF: created, tried, replaced, scenes added, refused, removed; at once in every service."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layers.coverages.scene import folder
from layers.models import ImportedLayer, LayerVersion
from tests.coverages.conftest import PLACE, SIDE, Shelf, colour, slope, write
from tests.coverages.drawn import at_place, tile
from tests.importing.conftest import command, refusal
from tests.service import Service

pytestmark = pytest.mark.usefixtures("own_folder")
VALUE = f"/query/coverages/nen/value?lon={PLACE[0]}&lat={PLACE[1]}"


@pytest.fixture
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Files are told apart from those of other tests."""
    settings.COVERAGE_DIR = tmp_path / "coverages"


def _made(folder: Path, data: object, name: str = "nen.tif") -> Path:
    return write(folder / name, data)


def _files() -> set[str]:
    return {path.name for path in folder().glob("*") if path.is_file()}


def test_a_raster_is_at_once_in_every_service(asgi: Service, shelf: Shelf, tmp_path: Path) -> None:
    """The command tells what it found; tiles, values, lists and WMS know it when it ends."""
    said = command("import_layer", _made(tmp_path, slope()), "--name", "nen", "--title", "Độ cao nền", "--measured-in", "m", "--public")
    assert f"{SIDE} × {SIDE}" in said and "nen" in said
    layer = ImportedLayer.objects.get(name="nen")
    assert (layer.title, layer.access, layer.srid, layer.row_count, layer.is_demo) == ("Độ cao nền", "public", 5899, 1, False)
    value = asgi.get(VALUE).json()["values"][0]
    assert (value["unit"], SIDE / 2 - 2 < value["value"] < SIDE / 2 + 2) == ("m", True)
    assert at_place(asgi.get(tile("nen")))[3] == 255
    assert b"<Name>nen</Name>" in asgi.get("/wms?SERVICE=WMS&REQUEST=GetCapabilities").content
    assert asgi.get("/tiles/nen.json").json()["tiles"] == ["http://testserver/tiles/nen/{z}/{x}/{y}.webp"]


def test_a_dry_run_keeps_nothing(shelf: Shelf, tmp_path: Path) -> None:
    """It converts and tells, and leaves no description and no file."""
    before = _files()
    said = command("import_layer", _made(tmp_path, slope()), "--name", "nen", "--dry-run")
    assert "Dry run: the raster would be the layer “nen”" in said
    assert not ImportedLayer.objects.filter(name="nen").exists()
    assert _files() == before
    assert not list((folder() / "staging").glob("*.tif*"))


def test_scenes_of_several_days_are_one_layer(asgi: Service, shelf: Shelf, tmp_path: Path) -> None:
    """`--append --date`: the newest by a day is what is seen."""
    command("import_layer", _made(tmp_path, colour(200, 40, 40)), "--name", "nen", "--public", "--date", "2020-05-01")
    said = command("import_layer", _made(tmp_path, colour(40, 40, 200)), "--name", "nen", "--append", "--date", "2026-05-01")
    assert "2 scenes" in said
    assert asgi.get("/tiles/nen.json").status_code == 200
    assert [one["value"] for one in asgi.get(VALUE).json()["values"]] == [40, 40, 200]
    assert [one["value"] for one in asgi.get(f"{VALUE}&datetime=2021-01-01").json()["values"]] == [200, 40, 40]
    scenes = (ImportedLayer.objects.get(name="nen").raster or {})["scenes"]
    assert [date.fromisoformat(scene["taken"]) for scene in scenes] == [date(2020, 5, 1), date(2026, 5, 1)]
    assert len(_files()) == 2


def test_a_replaced_raster_keeps_its_former_version(asgi: Service, shelf: Shelf, tmp_path: Path) -> None:
    """Other pixels and another validator at once; the former file stays for as long as its version is kept."""
    path = _made(tmp_path, np.full((1, SIDE, SIDE), 7.0, "float32"))
    command("import_layer", path, "--name", "nen", "--public")
    first = asgi.get(tile("nen")).headers["ETag"]
    for value in range(8, 14):
        command("import_layer", _made(tmp_path, np.full((1, SIDE, SIDE), value, "float32")), "--name", "nen", "--replace")
    assert asgi.get(VALUE).json()["values"][0]["value"] == 13.0
    assert asgi.get(tile("nen"), headers={"If-None-Match": first}).status_code == 200
    layer = ImportedLayer.objects.get(name="nen")
    assert layer.access == "public"
    kept = LayerVersion.objects.filter(layer=layer).exclude(table="")
    named = {scene["file"] for version in kept for scene in version.described["raster"]["scenes"]}
    assert _files() == named | {scene["file"] for scene in (layer.raster or {})["scenes"]}
    assert kept.count() == len(_files()) - 1 == 5
    command("import_layer", "--delete", "nen")
    assert asgi.get(tile("nen")).status_code == 404
    assert _files() == set()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--name NAME"),
        (("--name", "nen", "--date", "31/05/2026"), "--date wants a day"),
        (("--name", "nen", "--unit", "00000"), "No administrative unit of today has the code 00000"),
        (("--name", "nen", "--owner", "nobody.at.all"), "There is no account nobody.at.all"),
        (("--name", "nen", "--crs", "EPSG:2154"), "EPSG:2154"),
        (("--name", "parcels"), "parcels"),
        (("--name", "Nền"), "Nền"),
        (("--name", "nen", "--append"), "nen"),
    ],
)
def test_what_is_asked_wrongly_is_refused(shelf: Shelf, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    """By a sentence that names it; nothing is written."""
    before = _files()
    assert said in refusal("import_layer", _made(tmp_path, slope()), *options)
    assert not ImportedLayer.objects.filter(name="nen").exists()
    assert _files() == before
    assert not list((folder() / "staging").glob("*.tif*"))


@pytest.mark.parametrize(
    "path",
    [
        "/vsicurl/http://127.0.0.1:9/a.tif",
        "/vsizip//tmp/a.zip/a.tif",
        "/vsimem/a.tif",
        "GTIFF_DIR:1:/etc/hostname",
        "WMS:http://127.0.0.1:9/",
    ],
)
def test_only_plain_files_are_opened(shelf: Shelf, path: str) -> None:
    """GDAL's own addresses are names of files that are not there."""
    said = refusal("import_layer", path, "--name", "nen")
    assert "There is no file" in said or "no such file" in said.lower(), said


def test_a_virtual_raster_is_not_followed(shelf: Shelf, tmp_path: Path) -> None:
    """Neither by its own name nor called .tif: it could name any file of the machine."""
    inner = _made(tmp_path, slope())
    text = (
        f'<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
        f"<SourceFilename>{inner}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    for name in ("a.vrt", "a.tif"):
        (tmp_path / name).write_text(text)
        refusal("import_layer", tmp_path / name, "--name", "nen")
    assert not ImportedLayer.objects.filter(name="nen").exists()


def test_a_scene_of_another_kind_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    """Three bands beside one, and rows in the place of pixels."""
    command("import_layer", _made(tmp_path, slope()), "--name", "nen")
    said = refusal("import_layer", _made(tmp_path, colour(1, 2, 3)), "--name", "nen", "--append")
    assert "1 × float32" in said and "3 × uint8" in said
    rows = tmp_path / "rows.geojson"
    rows.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":null}]}')
    refusal("import_layer", rows, "--name", "nen", "--replace")
    assert ImportedLayer.objects.get(name="nen").is_coverage
    assert len(_files()) == 1
