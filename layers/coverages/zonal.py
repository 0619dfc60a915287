"""Zonal statistics: what a coverage holds inside of areas, each pixel by the share of it that the area covers (exactextract).

`zonal` is for the query path and for jobs alike: it takes areas as they come and yields their numbers in the same order, reading
the raster piece by piece, so neither many areas nor a large raster fill the memory.
"""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import shapely
from exactextract import exact_extract
from exactextract.feature import JSONFeatureSource
from exactextract.raster import NumPyRasterSource, RasterioRasterSource
from shapely.geometry.base import BaseGeometry

from gis_core.importing import raster_crs
from layers.coverages.reading import Grid, dataset, read
from layers.coverages.scene import Box, Scene

# A number by name of statistic.
Numbers = dict[str, float | None]
STATISTICS = ("count", "sum", "mean", "min", "max", "median", "stdev", "variety", "majority")
_TOGETHER = 500
_DEGREES, _EDGE = (4326, 4756), 0.002
_MAX_PIXELS = 16_000_000


@dataclass(frozen=True)
class Zone:
    """An area in EPSG:`srid`: polygons; `key` comes back with its numbers."""

    key: Any
    shape: BaseGeometry
    srid: int


def zonal(
    scenes: Sequence[Scene], zones: Iterable[Zone], statistics: Sequence[str] = ("mean", "min", "max"), band: int = 1
) -> Iterator[tuple[Any, Numbers]]:
    """Each zone's key with its numbers; None where the zone has no pixel with a value.

    `count` is the number of pixels, shares of pixels included. The first scene's grid is the measure; other scenes fill what it leaves.
    Raises ValueError for a statistic that is not in STATISTICS.
    """
    unknown = set(statistics) - set(STATISTICS)
    if unknown:
        raise ValueError(f"No such statistics: {', '.join(sorted(unknown))}.")
    todo = iter(zones)
    while some := list(islice(todo, _TOGETHER)):
        yield from _numbers(scenes, some, tuple(statistics), band)


def _numbers(scenes: Sequence[Scene], zones: list[Zone], statistics: tuple[str, ...], band: int) -> Iterator[tuple[Any, Numbers]]:
    nothing: Numbers = {name: 0.0 if name in ("count", "variety") else None for name in statistics}
    if not scenes:
        yield from ((zone.key, dict(nothing)) for zone in zones)
        return
    shapes = _on_plane(zones, scenes[0].raster.srid)
    found: dict[int, Numbers] = {}
    for places in _groups(shapes, scenes):
        raster = _source(scenes, shapes, places, band)
        features = [_feature(place, shapes[place]) for place in places]
        with warnings.catch_warnings():
            # exactextract remarks that the areas name no CRS; they are in the raster's.
            warnings.simplefilter("ignore")
            answers = exact_extract(raster, JSONFeatureSource(features), list(statistics))
        for place, answer in zip(places, answers, strict=True):
            found[place] = {name: _plain(answer["properties"].get(name)) for name in statistics}
    for place, zone in enumerate(zones):
        yield zone.key, found.get(place, dict(nothing))


def _feature(place: int, shape: BaseGeometry) -> dict[str, Any]:
    return {"type": "Feature", "id": place, "properties": {}, "geometry": shapely.geometry.mapping(shape)}


def _on_plane(zones: list[Zone], srid: int) -> list[BaseGeometry]:
    """The areas in the raster's CRS; an area that does not reach there is empty."""
    return [_moved(zone.shape, zone.srid, srid) for zone in zones]


def _moved(shape: BaseGeometry, source: int, target: int) -> BaseGeometry:
    def move(points: Any) -> Any:
        x, y = raster_crs.moved(source, target, points[:, 0], points[:, 1])
        return np.column_stack([x, y])

    if source == target:
        return shape
    # Edges straight in degrees are curved on a plane.
    moved = shapely.transform(shapely.segmentize(shape, _EDGE) if source in _DEGREES else shape, move)
    return moved if np.isfinite(moved.bounds).all() else shapely.Polygon()


def _groups(shapes: list[BaseGeometry], scenes: Sequence[Scene]) -> Iterator[list[int]]:
    """Places of the areas that are computed together: all over one file; over several, as long as their common box is small."""
    some = [place for place, shape in enumerate(shapes) if not shape.is_empty and shape.area > 0]
    if len(scenes) == 1 and not scenes[0].raster.alpha:
        if some:
            yield some
        return
    across, up = scenes[0].raster.pixel
    group: list[int] = []
    for place in sorted(some, key=lambda place: shapes[place].bounds):
        box = _around([shapes[number] for number in (*group, place)])
        if group and (box[2] - box[0]) / across * (box[3] - box[1]) / up > _MAX_PIXELS:
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _around(shapes: Sequence[BaseGeometry]) -> Box:
    west, south, east, north = shapely.total_bounds(np.array(shapes, object))
    return float(west), float(south), float(east), float(north)


def _source(scenes: Sequence[Scene], shapes: list[BaseGeometry], places: list[int], band: int) -> Any:
    if len(scenes) == 1 and not scenes[0].raster.alpha:
        return RasterioRasterSource(dataset(scenes[0]), band, name="band")
    grid = _aligned(_around([shapes[place] for place in places]), scenes[0])
    values = read(scenes, grid, [band], smooth=False)[0]
    west, south, east, north = grid.box
    filled = np.ma.filled(values.astype(np.float64), np.nan)
    return NumPyRasterSource(filled, xmin=west, ymin=south, xmax=east, ymax=north, nodata=np.nan, name="band")


def _aligned(box: Box, scene: Scene) -> Grid:
    """The scene's own grid around a box, coarser where an area alone is larger than what is read at once."""
    across, up = scene.raster.pixel
    left, _bottom, _right, top = scene.raster.bounds
    coarser = max(1.0, float(np.sqrt((box[2] - box[0]) / across * (box[3] - box[1]) / up / _MAX_PIXELS)))
    across, up = across * coarser, up * coarser
    west, east = left + np.floor((box[0] - left) / across) * across, left + np.ceil((box[2] - left) / across) * across
    north, south = top - np.floor((top - box[3]) / up) * up, top - np.ceil((top - box[1]) / up) * up
    width, height = max(1, round((east - west) / across)), max(1, round((north - south) / up))
    return Grid((float(west), float(south), float(east), float(north)), scene.raster.srid, width, height)


def _plain(value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    return number if np.isfinite(number) else None
