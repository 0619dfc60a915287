"""Two rasters in the catalogue of the running application: heights for everybody, and a picture for those of unit A."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from gis_core import crs
from gis_core.importing import raster_crs
from gis_core.importing.rasters import Raster, convert
from layers.imports.coverage_files import staging
from layers.imports.coverages import CoverageRequest, publish
from layers.imports.load import remove_layer
from layers.imports.watch import renew
from tests.world import CELL, SOUTH, WEST, World

SIZE, SIDE = 10.0, 120
# A place in unit A, in the middle of both rasters.
PLACE = (WEST + 1.5 * CELL, SOUTH + 1.5 * CELL)


def corner() -> tuple[float, float]:
    """The upper left corner of the rasters on the plane."""
    x, y = crs.transform(crs.WGS84, 5899, *PLACE)
    return round(x / SIZE) * SIZE - SIZE * SIDE / 2, round(y / SIZE) * SIZE + SIZE * SIDE / 2


def slope() -> Any:
    """Heights that rise by a metre a pixel to the east, from 0; a strip in the north is unknown."""
    found = np.tile(np.arange(SIDE, dtype="float32"), (SIDE, 1))
    found[:10] = np.nan
    return found[None]


def colour(*shades: int) -> Any:
    """A picture of one colour."""
    return np.stack([np.full((SIDE, SIDE), shade, "uint8") for shade in shades])


def write(path: Path, data: Any, srid: int = 5899, place: Any = None, *, alpha: bool = False) -> Path:
    """A GeoTIFF; `alpha`: the last band says where there is something."""
    profile = {"driver": "GTiff", "width": data.shape[2], "height": data.shape[1], "count": len(data), "dtype": data.dtype}
    profile["alpha"] = "YES" if alpha else "NO"
    where = place or from_origin(*corner(), SIZE, SIZE)
    with rasterio.open(path, "w", crs=raster_crs.definition(srid), transform=where, **profile) as file:
        file.write(data)
    return path


@dataclass
class Shelf:
    """Puts rasters into the catalogue."""

    folder: Path
    world: World

    def convert(self, data: Any, srid: int = 5899, place: Any = None, *, alpha: bool = False) -> tuple[Path, Raster]:
        """A file as the child makes it, waiting."""
        source = write(self.folder / "source.tif", data, srid, place, alpha=alpha)
        target = staging() / f"{uuid.uuid4().hex}.tif"
        return target, convert(source, target)

    def put(self, name: str, data: Any, *, units: tuple[str, ...] = (), **more: Any) -> None:
        """A layer, a scene or another version."""
        target, raster = self.convert(data, more.pop("srid", 5899), more.pop("place", None))
        homes = tuple(self.world.units[unit] for unit in units)
        publish(CoverageRequest(name, target, raster, f"{name}.tif", "0" * 64, units=homes, **more))
        renew()


@pytest.fixture(scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


@pytest.fixture
def shelf(_folder: Path, scratch: World) -> Iterator[Shelf]:
    """An empty shelf; what is put on it goes with the test."""
    yield Shelf(_folder, scratch)
    renew()


@pytest.fixture(scope="module")
def committed(_folder: Path, world: World, django_db_blocker: Any) -> Iterator[Shelf]:
    """`heights` for everybody, `town` of two years for unit A alone: committed for a module's reading tests."""
    with django_db_blocker.unblock():
        shelf = Shelf(_folder, world)
        shelf.put("heights", slope(), public=True, unit="m", title="Độ cao thử")
        shelf.put("town", colour(200, 40, 40), units=("A",), taken=date(2020, 5, 1), title="Ảnh thử")
        shelf.put("town", colour(40, 40, 200), mode="append", taken=date(2026, 5, 1))
        yield shelf
        for name in ("heights", "town"):
            remove_layer(name)
        renew()
