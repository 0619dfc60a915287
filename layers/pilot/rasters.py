"""Made-up rasters of the pilot: heights, and two pictures from above that look like an orthophoto. Pure; no database.

The same seed makes the same pixels. Nothing of it was measured: hills are noise, roofs are dice.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from rasterio.features import rasterize
from rasterio.transform import from_origin

from gis_core.importing import raster_crs
from gis_core.pilot import plan
from gis_core.pilot.dice import Noise, dice
from gis_core.pilot.zones import CORE_STREETS, Ground, Zone, coast

HEIGHTS_M, PICTURE_M = 10.0, 2.5
_AROUND_M = 600.0
_TOWN_M = (4_800.0, 3_800.0)
_COARSE = 6  # pixels to one look at the ground's zones, or at how far water is
# Colours of the ground from above, by zone.
_COLOURS: dict[Zone, tuple[int, int, int]] = {
    Zone.BEACH: (214, 203, 176), Zone.SHELTER: (86, 112, 74), Zone.INDUSTRY: (168, 166, 160), Zone.TOWN: (150, 141, 130),
    Zone.SUBURB: (137, 141, 112), Zone.PONDS: (96, 122, 124), Zone.VILLAGE: (116, 130, 88), Zone.FOREST: (58, 88, 52),
    Zone.CROPS: (142, 143, 92), Zone.ORCHARD: (92, 117, 68), Zone.PADDY: (121, 147, 84),
}  # fmt: skip
_ROOFS = np.array([(178, 84, 62), (196, 110, 80), (110, 118, 128), (203, 200, 194), (150, 66, 52), (88, 104, 130)], np.uint8)
_HOMES: dict[Zone, float] = {Zone.TOWN: 0.62, Zone.SUBURB: 0.38, Zone.VILLAGE: 0.16, Zone.INDUSTRY: 0.08}
_PAVED, _WATER = (128, 128, 130), (74, 104, 112)
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Frame:
    """Pixels of `size` metres on the VN-2000 plane, from the upper left corner."""

    left: float
    top: float
    size: float
    width: int
    height: int

    @property
    def transform(self) -> Any:
        """For rasterio."""
        return from_origin(self.left, self.top, self.size, self.size)

    def points(self, step: int = 1) -> npt.NDArray[np.float64]:
        """The middles of every `step`th pixel, row by row (n, 2)."""
        x = self.left + (np.arange(0, self.width, step) + step / 2) * self.size
        y = self.top - (np.arange(0, self.height, step) + step / 2) * self.size
        across, down = np.meshgrid(x, y)
        found: npt.NDArray[np.float64] = np.c_[across.ravel(), down.ravel()]
        return found

    def shape(self, step: int = 1) -> tuple[int, int]:
        """Rows and columns of `points`."""
        return len(range(0, self.height, step)), len(range(0, self.width, step))


def heights(seed: int, scale: float) -> tuple[Frame, npt.NDArray[np.float32]]:
    """Metres above the sea over the pilot's communes; not a number on the sea."""
    west, south, east, north = shapely.total_bounds(np.array([unit.geom for unit in plan.units()], object))
    frame = _frame(west - _AROUND_M, south - _AROUND_M, east + _AROUND_M, north + _AROUND_M, HEIGHTS_M * _coarser(scale))
    points = frame.points(2)
    to_sea = _distances(frame, coast())
    broad, middle, fine = (Noise(seed, f"heights {length}", length)(points) for length in (4_200.0, 1_300.0, 340.0))
    inland = np.clip(to_sea / 9_000.0, 0.0, 1.4)
    hills = np.clip(broad + 0.45 * middle - 0.15, 0.0, None) ** 1.6 * 95.0 * inland**2
    dunes = 7.0 * np.exp(-(((to_sea - 260.0) / 240.0) ** 2)) * (0.7 + 0.4 * fine)
    metres = 1.2 + 9.0 * inland + hills * (1.0 + 0.22 * fine) + 1.3 * middle * np.clip(inland * 3, 0, 1) + dunes
    waters = shapely.union_all([water.surface for water in plan.waters()])
    # Valleys: the ground comes down to the rivers.
    near = 1.0 - np.exp(-((_distances(frame, waters) / 420.0) ** 1.3))
    low = 0.35 + (metres - 0.35) * (0.12 + 0.88 * near)
    rows, columns = frame.shape(2)
    full = _spread(low.reshape(rows, columns), 2, (frame.height, frame.width))
    sea = rasterize([(_sea(frame), 1)], (frame.height, frame.width), transform=frame.transform).astype(bool)
    return frame, np.where(sea, np.nan, np.round(np.maximum(full, 0.1), 2)).astype(np.float32)


def picture(seed: int, scale: float, year: int) -> tuple[Frame, Picture]:
    """The town from above in a year: red, green, blue. Houses grow in number from 2020 to 2026; the later picture is greener."""
    core = shapely.union_all([road.line for road in plan.roads() if road.name in CORE_STREETS]).centroid
    half = [side / 2 for side in _TOWN_M]
    frame = _frame(core.x - half[0], core.y - half[1], core.x + half[0], core.y + half[1], PICTURE_M * _coarser(scale))
    zones = _zones(seed, frame)
    colours = np.array([_COLOURS[zone] for zone in Zone], float)[zones]
    colours = _weathered(colours, seed, frame, year)
    shape = (frame.height, frame.width)
    found = np.clip(colours, 0, 255).astype(np.uint8)
    _fill(found, [water.surface for water in plan.waters()], _WATER, frame, shape)
    _fill(found, [_sea(frame)], (64, 100, 124), frame, shape)
    _fill(found, [road.line.buffer(road.width_m / 2) for road in plan.roads()], _PAVED, frame, shape)
    _build(found, zones, seed, frame, year)
    grain = dice(seed, "grain", year).normal(0.0, 5.0, shape)[..., None]
    return frame, np.clip(found + grain, 1, 255).astype(np.uint8)


def write(path: Path, frame: Frame, data: Any, day: str = "") -> None:
    """A GeoTIFF on the plane: heights (rows, columns) or a picture (rows, columns, 3)."""
    bands = data[None] if data.ndim == 2 else np.moveaxis(data, -1, 0)
    profile = {
        "driver": "GTiff", "width": frame.width, "height": frame.height, "count": len(bands), "dtype": bands.dtype,
        "crs": raster_crs.definition(plan.PLANE), "transform": frame.transform, "compress": "deflate",
        "nodata": float("nan") if data.ndim == 2 else None, "photometric": "RGB" if len(bands) == 3 else "MINISBLACK",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(bands)
        if day:
            file.update_tags(ACQUISITION_DATE=day)


def _coarser(scale: float) -> float:
    """A small town of the tests needs no fine pixels."""
    return 1.0 if scale >= 1 else 4.0


def _frame(west: float, south: float, east: float, north: float, size: float) -> Frame:
    left, top = np.floor(west / size) * size, np.ceil(north / size) * size
    return Frame(float(left), float(top), size, int(np.ceil((east - left) / size)), int(np.ceil((top - south) / size)))


def _sea(frame: Frame) -> shapely.Geometry:
    """The sea beside the coast, as far as the frame needs it."""
    far = shapely.buffer(coast(), 4_000.0, single_sided=True, join_style="mitre")
    land = shapely.union_all([unit.geom for unit in plan.units()])
    pieces = shapely.get_parts(shapely.difference(far, land))
    return max(pieces, key=shapely.area) if len(pieces) else shapely.Polygon()


def _distances(frame: Frame, water: shapely.Geometry) -> Any:
    """Metres from every second pixel to a shape. Measured at a ninth of them, as distances change slowly, and that takes longest."""
    coarse = shapely.distance(shapely.points(frame.points(_COARSE)), water).reshape(frame.shape(_COARSE))
    return _spread(coarse, _COARSE // 2, frame.shape(2)).ravel()


def _spread(values: Any, step: int, shape: tuple[int, int]) -> Any:
    """From every `step`th pixel to every pixel, in straight lines between them."""
    rows, columns = (np.clip((np.arange(size) + 0.5) / step - 0.5, 0, count - 1) for size, count in zip(shape, values.shape, strict=True))
    top, left = rows.astype(int), columns.astype(int)
    bottom, right = np.minimum(top + 1, values.shape[0] - 1), np.minimum(left + 1, values.shape[1] - 1)
    down, across = (rows - top)[:, None], (columns - left)[None, :]
    upper = values[np.ix_(top, left)] * (1 - across) + values[np.ix_(top, right)] * across
    lower = values[np.ix_(bottom, left)] * (1 - across) + values[np.ix_(bottom, right)] * across
    return upper * (1 - down) + lower * down


def _zones(seed: int, frame: Frame) -> Any:
    """The kind of ground of each pixel; borders between kinds are frayed."""
    rows, columns = frame.shape(_COARSE)
    coarse = Ground(seed)(frame.points(_COARSE)).reshape(rows, columns)
    shifts = dice(seed, "frayed").normal(0.0, 1.6, (2, frame.height, frame.width))
    down = np.clip(((np.arange(frame.height)[:, None] + shifts[0]) / _COARSE).astype(int), 0, rows - 1)
    across = np.clip(((np.arange(frame.width)[None, :] + shifts[1]) / _COARSE).astype(int), 0, columns - 1)
    return coarse[down, across]


def _weathered(colours: Any, seed: int, frame: Frame, year: int) -> Any:
    """Fields of many shades, and the season."""
    points = frame.points()
    kinds = ((420.0, 16.0), (90.0, 11.0), (22.0, 7.0))
    shades = sum(Noise(seed + year, f"shade {length:g}", length)(points) * share for length, share in kinds)
    found = colours + np.asarray(shades).reshape(frame.height, frame.width, 1)
    return found * np.array([0.97, 1.04, 0.97]) if year >= 2026 else found * np.array([1.06, 1.0, 0.9])


def _fill(found: Picture, shapes: list[Any], colour: tuple[int, int, int], frame: Frame, shape: tuple[int, int]) -> None:
    whole = [(one, 1) for one in shapes if not one.is_empty]
    if whole:
        found[rasterize(whole, shape, transform=frame.transform).astype(bool)] = colour


def _build(found: Picture, zones: Any, seed: int, frame: Frame, year: int) -> None:
    """Roofs with their shadows in rows, where people live."""
    pitch = max(3, round(11.0 / frame.size))
    house = max(2, pitch - 1)
    rng = dice(seed, "roofs")
    grown = 1.0 if year >= 2026 else 0.72
    for top in range(0, frame.height - pitch, pitch):
        for left in range(0, frame.width - pitch, pitch):
            chance, roof = rng.random(), int(rng.integers(len(_ROOFS)))
            zone = Zone(int(zones[top + house // 2, left + house // 2]))
            if chance >= _HOMES.get(zone, 0.0) * grown:
                continue
            spot = found[top : top + house, left : left + house]
            if tuple(spot[0, 0]) in (_PAVED, _WATER):
                continue
            spot[...] = _ROOFS[roof]
            found[top + house, left : left + house] = (found[top + house, left : left + house] * 0.55).astype(np.uint8)
