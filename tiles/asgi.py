"""The hot path of portrayal: `/tiles/…` as plain ASGI beside Django."""

import contextlib
import re
from collections.abc import AsyncIterator

from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.hot import Answer, ASGIScope, Receive, Request, Send, answer_with, language_of, send_answer
from tiles import database
from tiles.coverage.tile import coverage_tile_answer
from tiles.documents import matrix_set_answer, matrix_sets_answer, style_answer, tilejson_answer
from tiles.engine import engine
from tiles.matrix import WEB_MERCATOR_QUAD, Tile, matrix_set
from tiles.mvt import tile_answer
from tiles.pyramid.standing import standing
from tiles.sharing import preflight
from tiles.shelf import shelf

_TILE = re.compile(r"/tiles/([^/]+)/(?:([A-Za-z][^/]*)/)?([^/]+)/([^/]+)/([^/]+)\.mvt")
_PICTURE = re.compile(r"/tiles/([^/,]+)/(?:([A-Za-z][^/]*)/)?([^/]+)/([^/]+)/([^/.]+)\.(png|webp|jpg|jpeg)")
_MATRIX_SET = re.compile(r"/tiles/matrix-sets/([^/]+)\.json")
_TILEJSON = re.compile(r"/tiles/([^/]+)\.json")


async def application(scope: ASGIScope, receive: Receive, send: Send) -> None:
    """One request below /tiles/."""
    if scope["type"] != "http":
        return
    if scope["method"] == "OPTIONS":
        await send_answer(preflight(), send)
    else:
        await answer_with(_route, scope, receive, send, route="/tiles/")


async def _route(request: Request) -> Answer:
    with translation.override(language_of(request)):
        if found := _TILE.fullmatch(request.path):
            layers, matrix, z, x, y = found.groups()
            return await tile_answer(request, layers, Tile.parse(z, x, y, matrix_set(matrix or WEB_MERCATOR_QUAD.id)))
        if found := _PICTURE.fullmatch(request.path):
            layer, matrix, z, x, y, ending = found.groups()
            return await coverage_tile_answer(request, layer, Tile.parse(z, x, y, matrix_set(matrix or WEB_MERCATOR_QUAD.id)), ending)
        if request.path == "/tiles/matrix-sets.json":
            return matrix_sets_answer(request)
        if found := _MATRIX_SET.fullmatch(request.path):
            return matrix_set_answer(request, found[1])
        if request.path == "/tiles/style.json":
            return await style_answer(request)
        if found := _TILEJSON.fullmatch(request.path):
            return await tilejson_answer(request, found[1])
        sentence = _(
            "Addresses here are /tiles/<layer>/<z>/<x>/<y>.mvt, /tiles/<layer>/<matrix set>/<z>/<x>/<y>.mvt, /tiles/<layer>.json,"
            " /tiles/<raster>/<z>/<x>/<y>.png (or .webp), /tiles/matrix-sets.json and /tiles/style.json."
        )
        raise NotFound(sentence)


@contextlib.asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """The pool of read-only connections, the engine, and the files for nginx."""
    async with database.pool(), engine.lifespan(), shelf.lifespan(), standing.lifespan():
        yield
