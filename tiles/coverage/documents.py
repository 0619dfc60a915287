"""TileJSON of a raster, and its part in MapLibre styles."""

from math import ceil, log2
from typing import Any
from urllib.parse import urlencode

import orjson
from django.utils.translation import get_language

from gis_core.changes.clock import clock
from gis_core.hot import Answer, Request
from layers.catalogue import catalogue
from layers.freshness import digest
from layers.layer import CoverageLayer, When
from layers.presentation import presentation
from tiles.conditional import node_state, unchanged
from tiles.coverage.asked import PARAMETERS, SHAPING, read_shown
from tiles.coverage.shown import ShownCoverage, renewed
from tiles.coverage.tile import SIDE
from tiles.matrix import EDGE

_DEEPEST = 22


async def coverage_tilejson_answer(request: Request, name: str) -> Answer:
    """`/tiles/<coverage>.json`. Raises NotFound alike for unknown and forbidden layers, BadParameter."""
    await renewed()
    layer = catalogue.coverage(name, request.identify(), "tiles")
    request.allow_only(*PARAMETERS)
    shown = read_shown(layer, request.parameters)
    known = await node_state(request.integer("min_seq"))
    query = urlencode({key: value for key, value in request.parameters.items() if key in SHAPING})
    setting = presentation.of(layer)
    headers = {
        "ETag": f'"{digest((request.origin, str(get_language()), presentation.stamp, shown.state, str(layer.title), query))}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Authorization, Cookie, Host",
        "Content-Language": get_language() or "vi",
        "X-Change-Seq": str(clock.seq),
    }
    if known and unchanged(request, headers):
        return Answer(304, headers=headers)
    document = tilejson(shown, request.origin, query)
    if setting.owner:
        document["attribution"] = setting.owner
    return Answer(200, orjson.dumps(document), {**headers, "Content-Type": "application/json"})


def tilejson(shown: ShownCoverage, origin: str, query: str = "") -> dict[str, Any]:
    """TileJSON 3.0.0; `query` is what tile addresses carry on."""
    layer, tail = shown.layer, f"?{query}" if query else ""
    west, south, east, north = layer.degrees
    low = presentation.min_zoom(layer)
    return {
        "tilejson": "3.0.0",
        "name": layer.name,
        "description": str(layer.abstract or layer.title),
        "tiles": [f"{origin}/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.webp{tail}"],
        "minzoom": low,
        "maxzoom": max(low, min(presentation.max_zoom(layer), deepest(layer))),
        "scheme": "xyz",
        "tileSize": SIDE,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, low],
        # TileJSON 3 asks for it, of rasters too.
        "vector_layers": [],
    }


def deepest(layer: CoverageLayer) -> int:
    """The zoom at which a pixel of the finest scene is a pixel of a tile; deeper ones are drawn from it."""
    found = 0
    for scene in layer.scenes:
        west, _south, east, _north = scene.mercator
        found = max(found, ceil(log2(2 * EDGE / SIDE / max(1e-6, (east - west) / scene.raster.width))))
    return min(_DEEPEST, max(0, found))


def source(layer: CoverageLayer, origin: str, when: When) -> dict[str, Any]:
    """The layer's source in a style."""
    query = f"?{urlencode({'datetime': when.isoformat()})}" if when and layer.days else ""
    return {"type": "raster", "url": f"{origin}/tiles/{layer.name}.json{query}", "tileSize": SIDE}


def part(layer: CoverageLayer) -> dict[str, Any]:
    """The layer in a style."""
    drawn: dict[str, Any] = {
        "id": f"{layer.name}-raster",
        "type": "raster",
        "source": layer.name,
        "minzoom": presentation.min_zoom(layer),
        "metadata": {"layer": layer.name},
        "paint": {"raster-fade-duration": 120},
    }
    return drawn
