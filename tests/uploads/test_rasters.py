"""The suite of self-made rasters, and what becomes of an uploaded one."""

import contextlib
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from gis_core.importing.faults import FileFault
from gis_core.importing.rasters import Raster, RasterOptions, convert
from gis_core.importing.sandbox import Limits
from gis_core.work.jobs import Cancelled
from layers.catalogue import catalogue
from layers.coverages.scene import folder
from layers.imports.watch import renew
from layers.models import ImportedLayer, LayerVersion
from tests.uploads.conftest import Desk
from tests.uploads.suite.case import Case
from tests.uploads.suite.rasters import BAD, GOOD, HOSTILE, tiff

LIMITS = Limits(memory=2 << 30, cpu_seconds=60, seconds=300, file_size=1 << 30)
CASES = (*GOOD, *BAD, *HOSTILE)


def outcome(case: Case) -> str:
    """What the conversion comes to, in the words of `Case.result`; nothing is left behind by a refused file."""
    with tempfile.TemporaryDirectory(prefix="suite-") as place:
        path, made = case.make(Path(place)), Path(place, "made")
        made.mkdir()
        try:
            found = convert(path, made / "a.tif", RasterOptions(**case.options), limits=LIMITS)
        except FileFault as fault:
            assert not list(made.iterdir()), "a refused raster leaves files"
            return f"refused: {fault.fault.code}"
        assert [one.name for one in made.iterdir()] == ["a.tif"]
        return f"{len(found.bands)} × {found.dtype}{' and alpha' if found.alpha else ''} in EPSG:{found.srid}"


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, "Future[str]"]]:
    """All files at work, a few at once: each spends most of its time in the start of its child."""
    with ThreadPoolExecutor(4) as pool, contextlib.ExitStack() as stack:
        stack.callback(pool.shutdown, cancel_futures=True)
        yield {case.name: pool.submit(outcome, case) for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_raster_has_its_stated_result(outcomes: dict[str, "Future[str]"], case: Case) -> None:
    """Neither more nor less."""
    assert outcomes[case.name].result() == case.result


def test_pixels_and_places_stay(tmp_path: Path) -> None:
    """What was written is what was given: values, gaps, corners, and the transformation of VN-2000."""
    data = np.arange(48 * 64, dtype="float32").reshape(1, 48, 64)
    data[0, 3, 5] = np.nan
    found = convert(tiff(data)(tmp_path), tmp_path / "made.tif", limits=LIMITS)
    with rasterio.open(tmp_path / "made.tif") as made:
        assert np.array_equal(made.read(), data, equal_nan=True)
        assert tuple(made.bounds) == found.bounds == (577_000.0, 1_721_520.0, 577_640.0, 1_722_000.0)
        assert made.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    (band,) = found.bands
    assert (band.minimum, band.maximum) == (0.0, 48 * 64 - 1)
    assert Raster.from_dict(found.as_dict()).bounds == found.bounds


def test_the_end_can_be_asked_for(tmp_path: Path) -> None:
    """Whoever watches ends the work by raising; nothing is left."""

    def watch(*_told: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        convert(tiff(np.zeros((1, 3_000, 3_000), "float32"))(tmp_path), tmp_path / "made.tif", watch=watch, limits=LIMITS)
    assert not list(tmp_path.glob("made*"))


def made_file(place: Path, name: str = "a.tif", value: float = 7.0, **more: Any) -> Path:
    """A raster of one value."""
    return tiff(np.full((1, 40, 40), value, "float32"), name=name, **more)(place)


@pytest.fixture
def rasters(desk: Desk, settings: Any, tmp_path: Path) -> Desk:
    """A desk whose rasters lie in a folder of their own."""
    settings.COVERAGE_DIR = tmp_path / "coverages"
    return desk


def published(desk: Desk, path: Path, **plan: Any) -> ImportedLayer:
    """From the file to the layer."""
    job = desk.examined(path.name, path)
    assert (job["state"], job["kind"]) == ("examined", "coverage"), job
    done = desk.decided(job["uid"], **{"title": "Độ cao", **plan})
    assert done["state"] == "done", done["failure"]
    return ImportedLayer.objects.get(name=done["layer"])


def files() -> list[str]:
    """Names of the files that are kept."""
    return sorted(path.name for path in folder().rglob("*") if path.is_file())


def test_an_uploaded_raster_becomes_a_layer(rasters: Desk, tmp_path: Path) -> None:
    """Examined with a picture, then published with its owner, for those of the author's units."""
    job = rasters.examined("độ cao.tif", made_file(tmp_path))
    report = job["report"]
    assert (report["width"], report["height"], report["srid"], [band["max"] for band in report["bands"]]) == (40, 40, 5899, [7.0])
    picture = rasters.client.get(report["preview"])
    assert (picture.status_code, picture.headers["Content-Type"], picture.content[8:12]) == (200, "image/webp", b"WEBP")
    assert not ImportedLayer.objects.filter(geometry_type=ImportedLayer.RASTER).exists()
    done = rasters.decided(job["uid"], title="Độ cao", unit="m", taken="2026-03-20")
    layer = ImportedLayer.objects.get(name=done["layer"])
    assert (layer.owner, layer.access, len(layer.units)) == (rasters.user, "scoped", 1)
    renew()
    found = catalogue._provided[layer.name]
    assert (found.name, found.unit, str(found.scenes[0].taken)) == (layer.name, "m", "2026-03-20")  # type: ignore[attr-defined]
    assert len(files()) == 1


def test_a_cancelled_raster_leaves_nothing(rasters: Desk, tmp_path: Path) -> None:
    """Neither the file nor what was made of it."""
    job = rasters.examined("a.tif", made_file(tmp_path))
    assert len(files()) == 1
    assert rasters.send("POST", f"/{job['uid']}/cancel").body["state"] == "cancelled"
    assert files() == []


def test_a_raster_without_a_system_is_asked_about(rasters: Desk, tmp_path: Path) -> None:
    """The answer is taken, and the file read once more."""
    job = rasters.examined("a.tif", made_file(tmp_path, crs=None))
    assert (job["state"], job["question"]["code"]) == ("asking", "no-crs")
    rasters.send("POST", f"/{job['uid']}/answers", {"crs": "EPSG:5899"})
    assert rasters.worked(job["uid"])["report"]["srid"] == 5899


def test_versions_of_a_raster_come_back(rasters: Desk, tmp_path: Path) -> None:
    """Replaced, a scene added, then the first version once more; files go with the versions that named them."""
    layer = published(rasters, made_file(tmp_path), taken="2020-01-01")
    first = layer.raster
    published(rasters, made_file(tmp_path, "b.tif", 9.0), mode="replace", target=layer.name)
    published(rasters, made_file(tmp_path, "c.tif", 11.0), mode="append", target=layer.name, taken="2026-01-01")
    layer.refresh_from_db()
    assert layer.raster is not None
    assert (len(layer.raster["scenes"]), len(files())) == (2, 3)
    job = rasters.send("POST", f"/layers/{layer.name}/versions/1/restore").body
    assert rasters.worked(job["uid"])["state"] == "done"
    layer.refresh_from_db()
    assert layer.raster == first
    assert [version.mode for version in LayerVersion.objects.filter(layer=layer).order_by("number")] == [
        "create",
        "replace",
        "append",
        "rollback",
    ]
    gone = rasters.send("DELETE", f"/layers/{layer.name}").body
    assert rasters.worked(gone["uid"])["state"] == "done"
    assert not ImportedLayer.objects.filter(name=layer.name).exists()


def test_scenes_of_a_layer_are_alike(rasters: Desk, tmp_path: Path) -> None:
    """A picture of three bands is no scene of heights."""
    layer = published(rasters, made_file(tmp_path))
    job = rasters.examined("rgb.tif", tiff(np.ones((3, 9, 9), "uint8"), name="rgb.tif")(tmp_path))
    refused = rasters.decided(job["uid"], mode="append", target=layer.name)
    assert (refused["state"], "3 × uint8" in refused["failure"]) == ("refused", True)


def test_rows_and_pixels_do_not_take_each_others_place(rasters: Desk, two: str, tmp_path: Path) -> None:
    """A layer stays of its kind."""
    features = rasters.published("a.geojson", two)
    job = rasters.examined("a.tif", made_file(tmp_path))
    assert rasters.decided(job["uid"], mode="replace", target=features.name)["state"] == "refused"
    raster = published(rasters, made_file(tmp_path))
    job = rasters.examined("b.geojson", two)
    assert rasters.decided(job["uid"], mode="replace", target=raster.name)["state"] == "refused"


def test_the_owner_chooses_how_it_is_drawn(rasters: Desk, tmp_path: Path) -> None:
    """A look is checked by its fields; the units that it is shared with are the owner's own."""
    layer = published(rasters, made_file(tmp_path))
    kept = rasters.send("PUT", f"/layers/{layer.name}/look", {"look": {"kind": "ramp", "colours": "magma", "low": 0, "high": 50}})
    assert (kept.status_code, kept.body["raster"]["look"]["colours"]) == (200, "magma")
    for look, field in (
        ({"kind": "mosaic"}, "kind"),
        ({"kind": "ramp", "colours": "nâu"}, "colours"),
        ({"kind": "ramp", "bands": [2]}, "bands"),
        ({"kind": "ramp", "expression": "__import__('os')"}, "expression"),
        ({"kind": "ramp", "low": 9, "high": 3}, "high"),
        ({"kind": "hillshade", "altitude": 900}, "altitude"),
        ({"kind": "ramp", "shader": 1}, "look"),
    ):
        refused = rasters.send("PUT", f"/layers/{layer.name}/look", {"look": look})
        assert (refused.status_code, refused.body["field"]) == (400, field), refused.body
    assert rasters.send("PATCH", f"/layers/{layer.name}", {"units": [987_654_321]}).status_code == 400
    own = layer.units
    assert rasters.send("PATCH", f"/layers/{layer.name}", {"units": own}).body["raster"]["units"][0]["id"] == own[0]


def test_only_features_have_rows_to_renew(rasters: Desk, tmp_path: Path) -> None:
    """An upsert of a raster is refused before anything is queued, a day in the future too."""
    layer = published(rasters, made_file(tmp_path))
    job = rasters.examined("a.tif", made_file(tmp_path))
    refused = rasters.send("POST", f"/{job['uid']}/confirm", {"mode": "upsert", "target": layer.name})
    assert (refused.status_code, refused.body["field"]) == (400, "mode")
    refused = rasters.send("POST", f"/{job['uid']}/confirm", {"title": "x", "taken": "2999-01-01"})
    assert (refused.status_code, refused.body["field"]) == (400, "taken")
