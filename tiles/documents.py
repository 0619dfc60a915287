"""Answering TileJSON and style documents: validated by the change log like tiles, made in a thread."""

from urllib.parse import urlencode

import orjson
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.changes.clock import clock
from gis_core.crs import uri
from gis_core.errors import BadParameter
from gis_core.hot import Answer, Request
from layers.catalogue import catalogue
from layers.freshness import digest
from layers.layer import CoverageLayer, FeatureLayer, When
from layers.portrayal import Theme
from layers.presentation import presentation
from layers.summary import Summary, summary
from tiles.asked import SHAPING, sources_of
from tiles.conditional import declaration, moment_of, node_state, unchanged
from tiles.coverage.documents import coverage_tilejson_answer
from tiles.coverage.shown import renewed
from tiles.matrix import MATRIX_SETS, definition, matrix_set
from tiles.sharing import sharing_headers
from tiles.source import TileSource
from tiles.style import style
from tiles.tilejson import tilejson

_DEFINITION = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"


async def tilejson_answer(request: Request, name: str) -> Answer:
    """`/tiles/<layer>.json`. Raises NotFound alike for unknown and forbidden layers."""
    scope = request.identify()
    if isinstance(catalogue.get(name, scope, "tiles"), CoverageLayer):
        return await coverage_tilejson_answer(request, name)
    catalogue.features(name, scope, "tiles")
    (source,) = sources_of(request, name, scope)
    known = await node_state(request.integer("min_seq"))
    query = urlencode({key: value for key, value in request.parameters.items() if key in SHAPING})
    headers = _headers(request, [source], _content_state(source) + query)
    if known and unchanged(request, headers):
        return Answer(304, headers=headers)
    found = await sync_to_async(_summarise, thread_sensitive=False)(source)
    return _json(tilejson(source, found, request.origin, query), headers)


async def style_answer(request: Request) -> Answer:
    """`/tiles/style.json?theme=light|dark&layers=a,b&datetime=`: what the caller may see, or the named layers of it."""
    request.allow_only("theme", "layers", "datetime", "min_seq")
    theme = _theme(request)
    when = moment_of(request)
    await renewed()
    scope = request.identify()
    if names := request.parameters.get("layers"):
        layers = [catalogue.get(name, scope, "tiles") for name in dict.fromkeys(names.split(","))]
    else:
        layers = presentation.ordered(catalogue.visible_to(scope, "tiles"))
    sources = [TileSource(layer, layer.reach(scope), when) for layer in layers if isinstance(layer, FeatureLayer)]
    rasters = [layer.state for layer in layers if isinstance(layer, CoverageLayer)]
    headers = _headers(request, sources, "~".join((theme, str(when) if rasters else "", *rasters)))
    if await node_state(request.integer("min_seq")) and unchanged(request, headers):
        return Answer(304, headers=headers)
    return _json(style(layers, request.origin, theme, when), headers)


def matrix_sets_answer(request: Request) -> Answer:
    """`/tiles/matrix-sets.json`: the list (OGC API - Tiles 6.2)."""
    request.allow_only()
    entries = [
        {
            "id": matrix.id,
            "title": matrix.title,
            "crs": uri(matrix.srid),
            "links": [{"rel": _DEFINITION, "type": "application/json", "href": f"{request.origin}/tiles/matrix-sets/{matrix.id}.json"}],
        }
        for matrix in MATRIX_SETS.values()
    ]
    return _fixed(request, {"tileMatrixSets": entries})


def matrix_set_answer(request: Request, name: str) -> Answer:
    """`/tiles/matrix-sets/<id>.json`: one definition (OGC 17-083r4). Raises NotFound."""
    request.allow_only()
    return _fixed(request, definition(matrix_set(name)))


def _fixed(request: Request, document: dict[str, object]) -> Answer:
    """A document that is the same for everybody and changes with releases only."""
    body = orjson.dumps(document)
    headers = {
        "ETag": f'"{digest((body.decode(),))}"',
        "Cache-Control": "no-cache",
        "Vary": "Host",
        **sharing_headers(request, public=True),
    }
    if unchanged(request, headers):
        return Answer(304, headers=headers)
    return Answer(200, body, {**headers, "Content-Type": "application/json"})


def _theme(request: Request) -> Theme:
    theme = request.parameters.get("theme", "light")
    if theme == "light":
        return "light"
    if theme == "dark":
        return "dark"
    raise BadParameter(_("theme must be light or dark."), field="theme")


def _content_state(source: TileSource) -> str:
    when: When = source.when or (timezone.localdate() if source.layer.shows_present else None)
    return f"{source.reach.key}{when}{clock.stamp(source.layer.table, None, source.reach)}"


def _headers(request: Request, sources: list[TileSource], state: str) -> dict[str, str]:
    parts = [f"{source.layer.name}{declaration(source.layer)}{source.when}" for source in sources]
    content = (request.origin, str(get_language()), presentation.stamp, state, *parts)
    return {
        "ETag": f'"{digest(content)}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Authorization, Cookie, Host",
        "Content-Language": get_language() or "vi",
        "X-Change-Seq": str(clock.seq),
    }


def _json(document: dict[str, object], headers: dict[str, str]) -> Answer:
    return Answer(200, orjson.dumps(document), {**headers, "Content-Type": "application/json"})


def _summarise(source: TileSource) -> Summary:
    close_old_connections()
    try:
        return summary(source.layer, source.reach, source.when)
    finally:
        close_old_connections()
