"""Pixels of a coverage: the scenes of a moment on one grid, the topmost that has a value at each pixel."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT

from gis_core import crs
from gis_core.importing import raster_crs
from layers.coverages.scene import Box, Scene


def _register_drivers() -> None:
    """GDAL's drivers, registered once, while the lock of imports holds other threads off.

    rasterio registers them in the first thread that opens something. Two threads that do it at once both destroy the drivers that
    GDAL_SKIP (settings) names, and the process dies.
    """
    log = logging.getLogger("rasterio._env")
    # That this build lacks drivers which are to be left out is no news.
    before, log.disabled = log.disabled, True
    try:
        with rasterio.Env():
            pass
    finally:
        log.disabled = before


_register_drivers()
# Files that a thread keeps open.
_OPEN = 24
# Scenes that are looked into for one picture: below many layers of pictures nothing is seen.
MAX_SCENES = 40


@dataclass(frozen=True)
class Grid:
    """Pixels in rows from the north: a box (x east, y north) of EPSG:`srid` on width × height."""

    box: Box
    srid: int
    width: int
    height: int

    @property
    def pixel(self) -> tuple[float, float]:
        """The size of a pixel in units of the CRS."""
        west, south, east, north = self.box
        return (east - west) / self.width, (north - south) / self.height

    @property
    def mercator(self) -> Box:
        """The box in EPSG:3857 around it."""
        return self.box if self.srid == crs.WEB_MERCATOR else raster_crs.moved_box(self.srid, crs.WEB_MERCATOR, self.box)

    def widened(self, pixels: int) -> "Grid":
        """With so many pixels more on each side."""
        across, up = (size * pixels for size in self.pixel)
        west, south, east, north = self.box
        box = (west - across, south - up, east + across, north + up)
        return Grid(box, self.srid, self.width + 2 * pixels, self.height + 2 * pixels)

    def metres(self) -> tuple[float, float]:
        """The size of a pixel on the ground, in the middle of the grid."""
        west, south, east, north = self.box
        middle = np.array([(west + east) / 2]), np.array([(south + north) / 2])
        _lon, lat = raster_crs.moved(self.srid, crs.WGS84, *middle)
        across, up = self.pixel
        shrunk = float(np.cos(np.radians(np.clip(lat[0], -89.0, 89.0))))
        if self.srid == crs.WEB_MERCATOR:
            return across * shrunk, up * shrunk
        return (across * 111_320.0 * shrunk, up * 110_574.0) if self.srid in (crs.WGS84, 4756) else (across, up)


class _Open(threading.local):
    """Datasets by path, each used by one thread alone."""

    def __init__(self) -> None:
        self.files: OrderedDict[str, Any] = OrderedDict()


_open = _Open()


def dataset(scene: Scene, level: int | None = None) -> Any:
    """The open file of a scene, for this thread; `level` is one of its overviews."""
    key = f"{scene.path}@{level}"
    found = _open.files.get(key)
    if found is None:
        options = {} if level is None else {"OVERVIEW_LEVEL": level}
        with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_PAM_ENABLED="NO"):
            found = rasterio.open(scene.path, driver="GTiff", **options)
        _open.files[key] = found
        while len(_open.files) > _OPEN:
            _open.files.popitem(last=False)[1].close()
    _open.files.move_to_end(key)
    return found


@lru_cache(maxsize=64)
def system(srid: int) -> CRS:
    """A CRS for rasterio, with the one transformation of VN-2000."""
    return CRS.from_string(raster_crs.definition(srid))


def read(scenes: Sequence[Scene], grid: Grid, bands: Sequence[int], *, smooth: bool = True) -> Any:
    """Values as a masked array (bands, height, width) of the scenes' type; all masked where there is none.

    `smooth` interpolates between pixels; values that are names of classes want the nearest.
    """
    kind = scenes[0].raster.dtype if scenes else "uint8"
    whole: Any = np.ma.MaskedArray(np.zeros((len(bands), grid.height, grid.width), kind), mask=True)
    around = grid.mercator
    for scene in [scene for scene in scenes if scene.meets(around)][:MAX_SCENES]:
        found = _part(scene, grid, bands, smooth=smooth)
        missing = np.ma.getmaskarray(whole).any(axis=0)
        here = missing & ~np.ma.getmaskarray(found).any(axis=0)
        whole[:, here] = found[:, here]
        if bool((missing & ~here).any()) is False:
            break
    return whole


def _part(scene: Scene, grid: Grid, bands: Sequence[int], *, smooth: bool) -> Any:
    """One scene on the grid. GDAL warps straight onto it; nothing is opened but the file itself."""
    source = dataset(scene, _level(scene, grid))
    west, south, east, north = grid.box
    options = {
        "crs": system(grid.srid),
        "transform": from_bounds(west, south, east, north, grid.width, grid.height),
        "width": grid.width,
        "height": grid.height,
        "resampling": Resampling.bilinear if smooth else Resampling.nearest,
        "add_alpha": source.nodata is None and not scene.raster.alpha,
    }
    if source.nodata is not None:
        options |= {"nodata": source.nodata, "src_nodata": source.nodata}
    with WarpedVRT(source, **options) as warped:
        values = warped.read(list(bands), masked=True)
    return np.ma.masked_invalid(values, copy=False) if values.dtype.kind == "f" else values


def _level(scene: Scene, grid: Grid) -> int | None:
    """The coarsest overview that is still at least as fine as the grid; None: the pixels themselves."""
    west, south, east, north = raster_crs.moved_box(grid.srid, scene.raster.srid, grid.box)
    across, up = scene.raster.pixel
    share = min((east - west) / grid.width / across, (north - south) / grid.height / up)
    if not np.isfinite(share) or share < 2:
        return None
    known = dataset(scene).overviews(1)
    fitting = [number for number, factor in enumerate(known) if factor <= share * 1.01]
    return fitting[-1] if fitting else None
