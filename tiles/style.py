"""The MapLibre style of what a person may see."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.templatetags.static import static

from layers.layer import CoverageLayer, FeatureLayer, Layer, When
from layers.palette import BACKGROUND
from layers.portrayal import Theme, style_of
from tiles.coverage.documents import part, source

_FONTS = "gis_core/dist/fonts"
_VIETNAMESE = ["U+0102-0103", "U+0110-0111", "U+0128-0129", "U+0168-0169", "U+01A0-01A1", "U+01AF-01B0", "U+1EA0-1EF9", "U+20AB"]
_LATIN = ["U+0000-00FF", "U+2000-206F"]
# What lies on top of what, whatever the order in the catalogue: the ground, rasters, surfaces, lines, points, then all text.
_RANK = {"raster": -1, "fill": 0, "line": 1, "circle": 2, "symbol": 3}
_GROUND = -2


def style(layers: Sequence[Layer], origin: str, theme: Theme, when: When) -> dict[str, Any]:
    """MapLibre style specification version 8; every address is on our own origin."""
    background = {"id": "background", "type": "background", "paint": {"background-color": BACKGROUND[theme]}}
    drawn = [(_order(place, layer, entry), entry) for place, layer in enumerate(layers) for entry in _parts(layer, theme)]
    parts = [entry for _place, entry in sorted(drawn, key=lambda pair: pair[0])]
    return {
        "version": 8,
        "name": "IOC",
        "metadata": {"theme": theme},
        "font-faces": font_faces(origin),
        "sources": {layer.name: _source(layer, origin, when) for layer in layers},
        "layers": [background, *parts],
    }


def _order(place: int, layer: Layer, part: dict[str, Any]) -> tuple[int, int]:
    """Text of the catalogue's first layers lies on top: MapLibre places the topmost names first, and units come before canals."""
    is_ground = isinstance(layer, FeatureLayer) and layer.is_ground and part["type"] == "fill"
    rank = _GROUND if is_ground else _RANK.get(part["type"], 2)
    return rank, -place if part["type"] == "symbol" else place


def font_faces(origin: str) -> dict[str, list[dict[str, Any]]]:
    """Fonts as plain woff2 files by Unicode range: no glyph server and no request outside the origin."""

    def file(subset: str, weight: int) -> str:
        return origin + static(f"{_FONTS}/be-vietnam-pro-{subset}-{weight}-normal.woff2")

    ranges = (("vietnamese", _VIETNAMESE), ("latin", _LATIN))
    faces = {"Be Vietnam Pro": 500, "Be Vietnam Pro Bold": 700}
    return {name: [{"url": file(subset, weight), "unicode-range": covered} for subset, covered in ranges] for name, weight in faces.items()}


def _parts(layer: Layer, theme: Theme) -> list[dict[str, Any]]:
    return [part(layer)] if isinstance(layer, CoverageLayer) else style_of(layer, theme)


def _source(layer: Layer, origin: str, when: When) -> dict[str, Any]:
    if isinstance(layer, CoverageLayer):
        return source(layer, origin, when)
    timed = isinstance(layer, FeatureLayer) and layer.time_fields
    query = f"?{urlencode({'datetime': when.isoformat()})}" if when and timed else ""
    return {"type": "vector", "url": f"{origin}/tiles/{layer.name}.json{query}"}
