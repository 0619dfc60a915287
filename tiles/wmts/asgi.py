"""`/wmts` as plain ASGI beside Django: key-value pairs, and addresses of single tiles (REST)."""

import re
from functools import partial

from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.errors import NotFound
from gis_core.hot import Answer, ASGIScope, Receive, Request, Send, answer_with, language_of
from layers.layer import CoverageLayer
from tiles.coverage.shown import renewed
from tiles.drawing.answering import at_scale, in_thread, picture_answer
from tiles.drawing.painting import FORMATS, Format
from tiles.drawing.pictures import Entry, Shown, picture, style_name
from tiles.drawing.rows import Rows
from tiles.drawing.validators import picture_headers
from tiles.drawing.view import View
from tiles.matrix import MATRIX_SETS, MatrixSet, Tile
from tiles.wms.failure import NO_STORE, WmsError
from tiles.wms.feature_info import info_answer
from tiles.wms.reading import Kvp, drawable, read_time, shown_in
from tiles.wmts.capabilities import document
from tiles.wmts.failure import report

SIDE = 256
EXTENSIONS = {"png": "image/png", "webp": "image/webp", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
_TILE = re.compile(r"/wmts/([^/]+)/([^/]+)/([^/]+)/([^/]+)/([^/]+)/([^/.]+)\.([a-z]+)")
_CAPABILITIES = ("/wmts/1.0.0/WMTSCapabilities.xml", "/wmts/WMTSCapabilities.xml")


async def application(scope: ASGIScope, receive: Receive, send: Send) -> None:
    """One request of `/wmts`."""
    if scope["type"] == "http":
        await answer_with(_route, scope, receive, send, route="/wmts", failure=report)


async def _route(request: Request) -> Answer:
    with translation.override(language_of(request)):
        await renewed()
        if request.path in ("/wmts", "/wmts/"):
            return await _by_keys(request, Kvp(request.parameters))
        if request.path in _CAPABILITIES:
            return await _capabilities(request)
        if found := _TILE.fullmatch(request.path):
            return await _by_address(request, *found.groups())
        raise NotFound(_("Addresses here are /wmts/<layer>/<style>/<matrix set>/<matrix>/<row>/<column>.png and /wmts?REQUEST=…"))


async def _by_keys(request: Request, kvp: Kvp) -> Answer:
    if kvp.need("SERVICE").upper() != "WMTS":
        raise WmsError(_("SERVICE must be WMTS."), "InvalidParameterValue", "SERVICE")
    wanted = kvp.need("REQUEST").lower()
    if wanted == "getcapabilities":
        return await _capabilities(request)
    if wanted not in ("gettile", "getfeatureinfo"):
        sentence = _("The operation “%(name)s” is not offered; accepted are: %(accepted)s.")
        values = {"name": kvp("REQUEST")[:40], "accepted": "GetCapabilities, GetTile, GetFeatureInfo"}
        raise WmsError(sentence % values, "OperationNotSupported", "REQUEST")
    matrix = _matrix_set(kvp.need("TILEMATRIXSET"))
    tile = _tile(kvp.need("TILEMATRIX"), kvp.need("TILEROW"), kvp.need("TILECOL"), matrix)
    shown = _shown(kvp.need("LAYER"), kvp("STYLE"), kvp("TIME"), request.identify())
    if wanted == "gettile":
        return await _answer(request, shown, tile, _format(kvp.need("FORMAT")))
    view = _view(tile)
    at = view.at(kvp.whole("I", 0, SIDE - 1), kvp.whole("J", 0, SIDE - 1))
    return await info_answer([shown], view, at, kvp("INFOFORMAT") or "text/html", kvp.whole("FEATURE_COUNT", 1, 1_000, 10))


async def _by_address(request: Request, layer: str, style: str, matrix: str, zoom: str, row: str, column: str, extension: str) -> Answer:
    request.allow_only("TIME", "min_seq")
    if extension not in EXTENSIONS:
        raise NotFound(_("Tiles end in: %(accepted)s.") % {"accepted": ", ".join(EXTENSIONS)})
    tile = _tile(zoom, row, column, _matrix_set(matrix))
    shown = _shown(layer, style, request.parameters.get("TIME", ""), request.identify())
    return await _answer(request, shown, tile, FORMATS[EXTENSIONS[extension]])


async def _capabilities(request: Request) -> Answer:
    body = await in_thread(partial(document, request.origin, request.identify()))
    return Answer(200, body, {**NO_STORE, "Content-Type": "text/xml; charset=UTF-8"})


def _matrix_set(name: str) -> MatrixSet:
    if name not in MATRIX_SETS:
        sentence = _("There is no tile matrix set “%(name)s”; there are: %(accepted)s.")
        values = {"name": name[:60], "accepted": ", ".join(MATRIX_SETS)}
        raise WmsError(sentence % values, "InvalidParameterValue", "TileMatrixSet")
    return MATRIX_SETS[name]


def _tile(zoom: str, row: str, column: str, matrix: MatrixSet) -> Tile:
    # QGIS and others repeat the set's name before the number.
    return Tile.parse(zoom.rpartition(":")[2], column, row, matrix)


def _shown(name: str, style: str, time: str, scope: Scope) -> Entry:
    layer = drawable(name, scope)
    if isinstance(layer, CoverageLayer):
        return shown_in(layer, style, read_time(time), scope)
    when = read_time(time) if layer.time_fields else None
    return Shown(Rows(layer, layer.reach(scope), when), style_name(style))


def _format(text: str) -> Format:
    if text not in EXTENSIONS.values():
        sentence = _("The format “%(name)s” is not offered; accepted are: %(accepted)s.")
        values = {"name": text[:60], "accepted": ", ".join(dict.fromkeys(EXTENSIONS.values()))}
        raise WmsError(sentence % values, "InvalidParameterValue", "Format")
    return FORMATS[text]


def _view(tile: Tile) -> View:
    return View(tile.bounds(), tile.matrix.srid, SIDE, SIDE)


async def _answer(request: Request, shown: Entry, tile: Tile, made: Format) -> Answer:
    view = _view(tile)
    drawn = await at_scale(request, [shown], view)
    headers = picture_headers(request, drawn, view, made.type)
    return await picture_answer(request, headers, made.type, SIDE * SIDE, partial(picture, drawn, view, made))
