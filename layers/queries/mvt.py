"""Vector tiles encoded in memory, of shapes that stand in no table: results before they are kept, answers over several layers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

EXTENT = 4_096
_HALF_WORLD = 20_037_508.342789244
Feature = tuple[Any, int | None, Mapping[str, Any]]
"""A shape on the Mercator map (EPSG:3857), its id, its properties."""


def bounds_of(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile of WebMercatorQuad in EPSG:3857."""
    side = 2 * _HALF_WORLD / 2**z
    west, north = x * side - _HALF_WORLD, _HALF_WORLD - y * side
    return west, north - side, west + side, north


def encoded(layers: Sequence[tuple[str, Sequence[Feature]]], z: int, x: int, y: int) -> bytes:
    """One tile with a layer each."""
    import mapbox_vector_tile

    west, south, east, _north = bounds_of(z, x, y)
    scale = EXTENT / (east - west)

    def on_grid(places: Any) -> Any:
        return np.round((places - [west, south]) * scale)

    content = [
        {
            "name": name,
            "features": [
                {"geometry": shapely.transform(shape, on_grid), "properties": dict(values), **({"id": key} if key is not None else {})}
                for shape, key, values in features
            ],
        }
        for name, features in layers
    ]
    return bytes(mapbox_vector_tile.encode(content, default_options={"extents": EXTENT}))
