"""Map tiles (OGC API - Tiles, geodata as pictures): the pictures that `/wmts` shows, at the standard's addresses."""

from collections.abc import Mapping
from functools import partial

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from gis_core.hot import Answer, Request
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.filters.selecting import read_filter
from layers.layer import CoverageLayer
from layers.parameters import MAX_FILTER, clean_text
from tiles.conditional import moment_of
from tiles.coverage.asked import PARAMETERS as RASTER_PARAMETERS
from tiles.coverage.asked import read_shown
from tiles.coverage.shown import renewed
from tiles.coverage.tile import drawn_answer
from tiles.drawing.answering import at_scale, picture_answer
from tiles.drawing.painting import FORMATS
from tiles.drawing.pictures import Shown, picture, style_name
from tiles.drawing.rows import Rows
from tiles.drawing.validators import picture_headers
from tiles.drawing.view import View
from tiles.matrix import Tile
from tiles.wms.reading import drawable

SIDE = 256
KINDS: Mapping[str, str] = {"png": "image/png", "webp": "image/webp", "jpeg": "image/jpeg", "jpg": "image/jpeg"}


async def map_tile_answer(request: Request, name: str, tile: Tile) -> Answer:
    """A layer's picture in `tile`. Raises NotFound alike for unknown and forbidden layers, BadParameter for the rest."""
    await renewed()
    scope = request.identify()
    layer = drawable(name, scope)
    if isinstance(layer, CoverageLayer):
        return await _coverage(request, layer, tile)
    request.allow_only("f", "style", "datetime", "min_seq", *FILTER_PARAMETERS)
    kind = _kind(request)
    asked = {key: clean_text(request.parameters[key], key, MAX_FILTER) for key in FILTER_PARAMETERS if key in request.parameters}
    rows = Rows(layer, layer.reach(scope), moment_of(request) if layer.time_fields else None, read_filter(asked, layer))
    view, made = View(tile.bounds(), tile.matrix.srid, SIDE, SIDE), FORMATS[KINDS[kind]]
    shown = await at_scale(request, [Shown(rows, style_name(request.parameters.get("style", "")))], view)
    headers = picture_headers(request, shown, view, made.type)
    return await picture_answer(request, headers, made.type, SIDE * SIDE, partial(picture, shown, view, made))


async def _coverage(request: Request, layer: CoverageLayer, tile: Tile) -> Answer:
    request.allow_only("f", *RASTER_PARAMETERS)
    return await drawn_answer(request, read_shown(layer, request.parameters), tile, KINDS[_kind(request)])


def _kind(request: Request) -> str:
    kind = request.parameters.get("f", "png")
    if kind not in KINDS:
        raise BadParameter(_("f must be one of: %(accepted)s.") % {"accepted": ", ".join(KINDS)}, field="f")
    return kind
