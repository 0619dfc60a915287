"""Answering TileJSON and style documents: validated by the change log like tiles, made in a thread."""

import orjson
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.changes.clock import clock
from gis_core.errors import BadParameter
from gis_core.hot import Answer, Request
from layers.catalogue import catalogue
from layers.freshness import digest
from layers.layer import FeatureLayer, When
from layers.portrayal import Theme
from layers.presentation import presentation
from layers.summary import Summary, summary
from tiles.conditional import declaration, moment_of, node_state, unchanged
from tiles.mvt_sql import TileSource
from tiles.style import style
from tiles.tilejson import tilejson


async def tilejson_answer(request: Request, name: str) -> Answer:
    """`/tiles/<layer>.json`. Raises NotFound alike for unknown and forbidden layers."""
    request.allow_only("datetime", "min_seq")
    when = moment_of(request)
    scope = request.identify()
    layer = catalogue.features(name, scope, "tiles")
    known = await node_state(request.integer("min_seq"))
    source = TileSource(layer, layer.reach(scope), when)
    headers = _headers(request, [source], _content_state(source))
    if known and unchanged(request, headers):
        return Answer(304, headers=headers)
    found = await sync_to_async(_summarise, thread_sensitive=False)(source)
    return _json(tilejson(layer, found, request.origin, when), headers)


async def style_answer(request: Request) -> Answer:
    """`/tiles/style.json?theme=light|dark&layers=a,b&datetime=`: what the caller may see, or the named layers of it."""
    request.allow_only("theme", "layers", "datetime", "min_seq")
    theme = _theme(request)
    when = moment_of(request)
    scope = request.identify()
    if names := request.parameters.get("layers"):
        layers = [catalogue.features(name, scope, "tiles") for name in dict.fromkeys(names.split(","))]
    else:
        visible = presentation.ordered(catalogue.visible_to(scope, "tiles"))
        layers = [layer for layer in visible if isinstance(layer, FeatureLayer)]
    sources = [TileSource(layer, layer.reach(scope), when) for layer in layers]
    headers = _headers(request, sources, theme)
    if await node_state(request.integer("min_seq")) and unchanged(request, headers):
        return Answer(304, headers=headers)
    return _json(style(layers, request.origin, theme, when), headers)


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
