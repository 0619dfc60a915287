"""The hot path of portrayal: `/tiles/…` as plain ASGI beside Django."""

import contextlib
import re
from collections.abc import AsyncIterator

from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.hot import Answer, ASGIScope, Receive, Request, Send, answer_with, language_of
from tiles import database
from tiles.documents import style_answer, tilejson_answer
from tiles.engine import engine
from tiles.mvt import tile_answer

_TILE = re.compile(r"/tiles/([^/]+)/([^/]+)/([^/]+)/([^/]+)\.mvt")
_TILEJSON = re.compile(r"/tiles/([^/]+)\.json")


async def application(scope: ASGIScope, receive: Receive, send: Send) -> None:
    """One request below /tiles/."""
    if scope["type"] == "http":
        await answer_with(_route, scope, receive, send, route="/tiles/")


async def _route(request: Request) -> Answer:
    with translation.override(language_of(request)):
        if found := _TILE.fullmatch(request.path):
            return await tile_answer(request, *found.groups())
        if request.path == "/tiles/style.json":
            return await style_answer(request)
        if found := _TILEJSON.fullmatch(request.path):
            return await tilejson_answer(request, found[1])
        sentence = _("Addresses here are /tiles/<layer>/<z>/<x>/<y>.mvt, /tiles/<layer>.json and /tiles/style.json.")
        raise NotFound(sentence)


@contextlib.asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """The pool of read-only connections, and the engine."""
    async with database.pool(), engine.lifespan():
        yield
