"""The pilot's rasters: made up from the seed, labelled, loaded as any upload is, left alone where people have their own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from django.conf import settings

from layers.imports.runtime import layer_of
from layers.layer import CoverageLayer
from layers.models import ImportedLayer
from layers.pilot import rasters
from tests.pilot.conftest import SCALE, SEED, SMALL, Load


@pytest.fixture(scope="module")
def ground() -> tuple[rasters.Frame, Any]:
    """Heights of the smallest town."""
    return rasters.heights(SEED, SCALE)


def test_the_same_seed_makes_the_same_heights(ground: tuple[rasters.Frame, Any]) -> None:
    """To the last digit; another seed makes other hills."""
    frame, metres = ground
    again = rasters.heights(SEED, SCALE)
    assert again[0] == frame
    assert np.array_equal(again[1], metres, equal_nan=True)
    assert not np.array_equal(rasters.heights(SEED + 1, SCALE)[1], metres, equal_nan=True)


def test_heights_are_those_of_a_coast(ground: tuple[rasters.Frame, Any]) -> None:
    """The sea has none; land lies above it, low at the shore and higher in the west."""
    _frame, metres = ground
    known = metres[np.isfinite(metres)]
    assert 0.02 < np.isnan(metres).mean() < 0.6
    assert known.min() >= 0.1
    assert 20 < known.max() < 400
    width = metres.shape[1]
    assert np.nanmean(metres[:, : width // 3]) > np.nanmean(metres[:, -width // 3 :])


def test_the_town_grows_between_the_pictures() -> None:
    """Two years on the same pixels; they differ, and neither has holes."""
    (frame, before), (later, after) = (rasters.picture(SEED, SCALE, year) for year in (2020, 2026))
    assert frame == later
    assert before.shape == after.shape == (frame.height, frame.width, 3)
    assert before.min() >= 1
    assert (before != after).any(axis=2).mean() > 0.5


def test_a_written_raster_lies_on_the_plane(tmp_path: Path, ground: tuple[rasters.Frame, Any]) -> None:
    """With its size, its gaps, and its day."""
    frame, metres = ground
    rasters.write(tmp_path / "a.tif", frame, metres, day="2026-03-20")
    with rasterio.open(tmp_path / "a.tif") as file:
        assert (file.width, file.height, file.count, file.dtypes[0]) == (frame.width, frame.height, 1, "float32")
        assert (file.transform.a, file.transform.c, file.transform.f) == (frame.size, frame.left, frame.top)
        assert file.tags()["ACQUISITION_DATE"] == "2026-03-20"


def _coverage(name: str) -> CoverageLayer:
    found = layer_of(ImportedLayer.objects.get(name=name))
    assert isinstance(found, CoverageLayer)
    return found


def test_load_pilot_brings_them_and_reset_takes_them(load_pilot: Load) -> None:
    """Open to everybody, labelled demo, two days of the picture; with --reset the files go too."""
    load_pilot(*SMALL, "--no-accounts")
    layers = {layer.name: layer for layer in ImportedLayer.objects.filter(geometry_type=ImportedLayer.RASTER)}
    assert set(layers) == {"dem", "orthophoto"}
    assert all(layer.is_demo and layer.access == "public" and "(minh họa)" in layer.title for layer in layers.values()), layers
    heights, picture = _coverage("dem"), _coverage("orthophoto")
    assert (heights.unit, heights.days, len(heights.raster.bands)) == ("m", None, 1)
    assert [str(day) for day in picture.days or ()] == ["2020-03-14", "2026-03-20"]
    assert len(picture.raster.bands) == 3
    files = {path.name for path in settings.COVERAGE_DIR.glob("*.tif")}
    assert len(files) == 3
    load_pilot("--reset", *SMALL, "--no-accounts")
    renewed = {path.name for path in settings.COVERAGE_DIR.glob("*.tif")}
    assert len(renewed - files) == 3
    assert ImportedLayer.objects.filter(is_demo=True, geometry_type=ImportedLayer.RASTER).count() == 2
