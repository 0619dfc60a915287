"""Map tiles (OGC API - Tiles, geodata as pictures): the pictures that `/wmts` shows, at the standard's addresses."""

from collections.abc import Mapping
from functools import partial

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from gis_core.hot import Answer, Request
from layers.catalogue import catalogue
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.filters.selecting import read_filter
from layers.parameters import MAX_FILTER, clean_text
from tiles.conditional import moment_of
from tiles.drawing.answering import at_scale, picture_answer
from tiles.drawing.painting import FORMATS
from tiles.drawing.pictures import Shown, picture, style_name
from tiles.drawing.rows import Rows
from tiles.drawing.validators import picture_headers
from tiles.drawing.view import View
from tiles.matrix import Tile

SIDE = 256
KINDS: Mapping[str, str] = {"png": "image/png", "webp": "image/webp", "jpeg": "image/jpeg", "jpg": "image/jpeg"}


async def map_tile_answer(request: Request, name: str, tile: Tile) -> Answer:
    """A layer's picture in `tile`. Raises NotFound alike for unknown and forbidden layers, BadParameter for the rest."""
    scope = request.identify()
    layer = catalogue.features(name, scope, "wms")
    request.allow_only("f", "style", "datetime", "min_seq", *FILTER_PARAMETERS)
    kind = request.parameters.get("f", "png")
    if kind not in KINDS:
        raise BadParameter(_("f must be one of: %(accepted)s.") % {"accepted": ", ".join(KINDS)}, field="f")
    asked = {key: clean_text(request.parameters[key], key, MAX_FILTER) for key in FILTER_PARAMETERS if key in request.parameters}
    rows = Rows(layer, layer.reach(scope), moment_of(request) if layer.time_fields else None, read_filter(asked, layer))
    view, made = View(tile.bounds(), tile.matrix.srid, SIDE, SIDE), FORMATS[KINDS[kind]]
    shown = await at_scale(request, [Shown(rows, style_name(request.parameters.get("style", "")))], view)
    headers = picture_headers(request, shown, view, made.type)
    return await picture_answer(request, headers, made.type, SIDE * SIDE, partial(picture, shown, view, made))
