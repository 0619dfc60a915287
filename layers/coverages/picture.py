"""From values to colours: pure arithmetic on arrays."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from gis_core.importing.rasters import Raster
from layers.coverages import colours
from layers.coverages.looks import RasterLook
from layers.coverages.reading import Grid, read
from layers.coverages.scene import Scene

Pixels = npt.NDArray[np.uint8]
# Where the light comes from a second time, weakly: slopes in the shade keep their shape.
_FILL = 0.18


def painted(scenes: list[Scene], grid: Grid, look: RasterLook) -> Pixels:
    """The scenes on a grid in colours: RGBA (height, width, 4)."""
    if not scenes:
        return np.zeros((grid.height, grid.width, 4), np.uint8)
    raster = scenes[0].raster
    if look.kind == "natural":
        return _natural(read(scenes, grid, look.bands), look, raster)
    if not look.shaded:
        expression = look.computed(raster)
        data = read(scenes, grid, expression.bands if expression else look.bands, smooth=raster.dtype != "uint8")
        return _ramp(expression.of(data) if expression else data[0], look, raster)
    around = grid.widened(1)
    heights = read(scenes, around, look.bands)[0]
    light = hillshade(heights, around.metres(), look, look.exaggerated(raster))
    inner = heights[1:-1, 1:-1]
    missing = np.ma.getmaskarray(inner)
    if look.kind == "hillshade":
        grey = np.where(missing, 0, light * 255).astype(np.uint8)
        return np.dstack([grey, grey, grey, np.where(missing, 0, 255).astype(np.uint8)])
    return _shaded(_ramp(inner, look, raster), light)


def hillshade(heights: Any, metres: tuple[float, float], look: RasterLook, times: float = 1.0) -> npt.NDArray[np.float32]:
    """Light from 0 to 1 on each pixel but those of the margin, after Horn; heights and `metres` (of a pixel) in the same unit.

    Slopes are drawn `times` steeper than they are.
    """
    filled = np.ma.filled(heights.astype(np.float32), np.nan)
    # Beside a missing pixel the ground is taken to go on level.
    middle = filled[1:-1, 1:-1]

    def at(down: int, right: int) -> Any:
        part = filled[1 + down : filled.shape[0] - 1 + down, 1 + right : filled.shape[1] - 1 + right]
        return np.where(np.isfinite(part), part, middle)

    across = (at(-1, 1) + 2 * at(0, 1) + at(1, 1)) - (at(-1, -1) + 2 * at(0, -1) + at(1, -1))
    down = (at(1, -1) + 2 * at(1, 0) + at(1, 1)) - (at(-1, -1) + 2 * at(-1, 0) + at(-1, 1))
    east, south = (times * rise / (8 * size) for rise, size in zip((across, down), metres, strict=True))
    found = _light(east, south, look.azimuth, look.altitude) * (1 - _FILL) + _light(east, south, look.azimuth + 180, 70.0) * _FILL
    shown: npt.NDArray[np.float32] = np.nan_to_num(np.clip(found, 0, 1)).astype(np.float32)
    return shown


def _light(east: Any, south: Any, azimuth: float, altitude: float) -> Any:
    """The cosine between the ground's upward direction and the light."""
    bearing, high = np.radians(azimuth), np.radians(altitude)
    towards = np.sin(bearing) * np.cos(high), np.cos(bearing) * np.cos(high), np.sin(high)
    # Upwards of a slope that rises by `east` to the east and by `south` to the south: (-east, +south, 1).
    return np.maximum(0.0, (-east * towards[0] + south * towards[1] + towards[2]) / np.sqrt(east * east + south * south + 1))


def _natural(data: Any, look: RasterLook, raster: Raster) -> Pixels:
    shown = []
    for place, number in enumerate(look.bands):
        values = np.ma.getdata(data[place])
        if raster.dtype == "uint8" and look.low is None and look.high is None:
            shown.append(values)
            continue
        band = raster.bands[number - 1]
        low = band.low if look.low is None else look.low
        high = band.high if look.high is None else look.high
        shown.append(_stretched(values, low, high))
    missing = np.ma.getmaskarray(data).any(axis=0)
    alpha = np.where(missing, 0, 255).astype(np.uint8)
    return np.dstack([*(np.where(missing, 0, band).astype(np.uint8) for band in shown), alpha])


def _ramp(values: Any, look: RasterLook, raster: Raster) -> Pixels:
    missing = np.ma.getmaskarray(values)
    index = _stretched(np.ma.getdata(values), *look.range(raster))
    found = colours.table(look.colours, reverse=look.reverse)[index]
    return np.dstack([np.where(missing[..., None], 0, found).astype(np.uint8), np.where(missing, 0, 255).astype(np.uint8)])


def _stretched(values: Any, low: float, high: float) -> Pixels:
    """From `low` to `high` as 0 to 255."""
    span = high - low or 1.0
    found: Pixels = np.round(np.clip((values.astype(np.float32) - low) * (255.0 / span), 0, 255)).astype(np.uint8)
    return found


def _shaded(flat: Pixels, light: Any) -> Pixels:
    """Colours under light: level ground keeps its own."""
    level = 0.72
    factor = np.clip(0.35 + 0.65 * light / level, 0, 1.18)[..., None]
    return np.dstack([np.clip(flat[..., :3] * factor, 0, 255).astype(np.uint8), flat[..., 3]])


def over(layers: Sequence[Pixels]) -> Pixels:
    """Pictures of one size above each other, the first at the bottom."""
    ground = Image.fromarray(layers[0], "RGBA")
    for layer in layers[1:]:
        ground.alpha_composite(Image.fromarray(layer, "RGBA"))
    return np.asarray(ground)


def encoded(pixels: Pixels, type_: str, background: str | None = None) -> bytes:
    """PNG, WebP or JPEG; what is missing lies on `background` where the format cannot be transparent or one is asked for."""
    image = Image.fromarray(pixels, "RGBA")
    if background or type_ == "image/jpeg":
        ground = Image.new("RGBA", image.size, background or "#ffffff")
        ground.alpha_composite(image)
        image = ground.convert("RGB")
    out = BytesIO()
    if type_ == "image/jpeg":
        image.save(out, "JPEG", quality=88)
    elif type_ == "image/webp":
        image.save(out, "WEBP", quality=85, method=2)
    else:
        image.save(out, "PNG", compress_level=4)
    return out.getvalue()
