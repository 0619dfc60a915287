"""Answering a tile: who asks, which layers, is it still the same, else make it."""

import asyncio
from collections.abc import Callable

from isal import igzip

from gis_core.changes.clock import clock
from gis_core.hot import Answer, Request, unless_gone
from gis_core.metrics import TILE_SOURCES, TILES
from layers.catalogue import catalogue
from layers.presentation import presentation
from layers.store.store import LayerStore
from tiles.cache import flights, tile_cache
from tiles.conditional import conditional_headers, held, moment_of, node_state
from tiles.database import fetch_value
from tiles.engine import encoded, engine
from tiles.matrix import Tile
from tiles.mvt_sql import MARGIN, TileSource, tile_query

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
MAX_LAYERS = 20
PARAMETERS = ("datetime", "min_seq")
Key = tuple[str, Tile]
_THREAD_FROM = 256_000  # bytes whose compression would hold up others for milliseconds


async def tile_answer(request: Request, names: str, z: str, x: str, y: str) -> Answer:
    """`/tiles/<layer>[,<layer>…]/<z>/<x>/<y>.mvt`: a vector tile, 204 when it is empty, 304 when the caller has it already.

    Raises NotFound alike for layers that are unknown and that are not open to the caller.
    """
    tile = Tile.parse(z, x, y)
    request.allow_only(*PARAMETERS)
    when = moment_of(request)
    scope = request.identify()
    wanted = list(dict.fromkeys(names.split(",")))[:MAX_LAYERS]
    sources = [TileSource(layer, layer.reach(scope), when) for layer in (catalogue.features(name, scope, "tiles") for name in wanted)]
    known = await node_state(request.integer("min_seq"))
    shown = [source for source in sources if presentation.min_zoom(source.layer) <= tile.z]
    found = engine.stores(shown, tile) if known else None
    gzipped = request.accepts("gzip")
    # From here to the encoding nothing is awaited: validator and bytes are of one state.
    form = f"{'gz' if gzipped else 'id'}-{'d' if found is None else 'm'}"
    headers = conditional_headers(sources, tile.bounds(MARGIN), form)
    headers["X-Change-Seq"] = str(clock.seq)
    if known and (tag := held(request, headers)):
        return Answer(304, headers={**headers, "ETag": tag}, again=_counted(wanted, tile, "not_modified"))
    key = (headers["ETag"], tile)
    if not known:
        del headers["ETag"]  # the data are newer than this node's clock: nothing may call them unchanged later
    body = await _body(request, shown, found, tile, key if known else None, gzipped=gzipped)
    counted = _counted(wanted, tile, "tile" if body else "empty")
    again = counted if known else None
    if not body:
        return Answer(204, headers=headers, again=again)
    headers["Content-Type"] = CONTENT_TYPE
    if gzipped:
        headers["Content-Encoding"] = "gzip"
    return Answer(200, body, headers, again)


async def _body(
    request: Request, shown: list[TileSource], found: list[LayerStore] | None, tile: Tile, key: Key | None, *, gzipped: bool
) -> bytes:
    """The bytes as they go out: kept ones, or from memory, or from the database (made once for all who ask at that time)."""
    if not shown:
        return b""
    if key and (kept := tile_cache.get(key)) is not None:
        TILE_SOURCES.labels("cache").inc()
        return kept
    if found is None:
        TILE_SOURCES.labels("database").inc()
        sql, parameters = tile_query(shown, tile)
        body = await unless_gone(request, flights.do(key or object(), lambda: fetch_value(sql, parameters)))
    else:
        TILE_SOURCES.labels("memory").inc()
        body = encoded(shown, found, tile)
    if gzipped and body:
        body = await _compress(body)
    if key:
        tile_cache.put(key, body)
    return body


async def _compress(body: bytes) -> bytes:
    if len(body) < _THREAD_FROM:
        return bytes(igzip.compress(body, compresslevel=1))
    return bytes(await asyncio.to_thread(igzip.compress, body, compresslevel=1))


def _counted(names: list[str], tile: Tile, result: str) -> Callable[[], object]:
    """Count this answer; what is returned counts each repetition of it (gis_core/memory.py)."""
    counter = TILES.labels(names[0] if len(names) == 1 else "composite", tile.z, result)
    counter.inc()
    return counter.inc
