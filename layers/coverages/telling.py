"""What a coverage says at a position, as the services tell it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from layers.coverages.scene import Scene
from layers.coverages.values import at_positions
from layers.layer import CoverageLayer


def band_name(layer: CoverageLayer, number: int) -> str:
    """The band's own name, or b1, b2, … as expressions call it."""
    return layer.raster.bands[number - 1].name or f"b{number}"


def values_told(layer: CoverageLayer, scenes: Sequence[Scene], lon: float, lat: float) -> list[dict[str, Any]]:
    """{band, name, value, unit} of each band; value None where no scene has one."""
    bands = range(1, len(layer.raster.bands) + 1)
    (row,) = at_positions(scenes, np.array([lon]), np.array([lat]), bands)
    return [
        {"band": band, "name": band_name(layer, band), "value": number_told(value, layer.raster.dtype), "unit": layer.unit or None}
        for band, value in zip(bands, row, strict=True)
    ]


def number_told(value: Any, dtype: str) -> float | int | None:
    """A value as JSON has it: whole numbers whole, others without the noise of single precision."""
    if np.ma.is_masked(value):
        return None
    if not dtype.startswith("float"):
        return int(value)
    return float(f"{float(value):.7g}") if dtype == "float32" else float(value)
