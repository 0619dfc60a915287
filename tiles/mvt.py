"""Answering a tile: who asks, which layers, is it still the same, else make it."""

from collections.abc import Callable
from functools import partial

from gis_core.changes.clock import clock
from gis_core.hot import Answer, Request, unless_gone
from gis_core.metrics import TILE_SOURCES, TILES
from layers.presentation import presentation
from layers.store.store import LayerStore
from tiles.asked import sources_of
from tiles.cache import flights, tile_cache
from tiles.coding import Coding, chosen
from tiles.conditional import conditional_headers, held, is_public, node_state
from tiles.database import fetch_value
from tiles.engine import encoded, engine, in_thread, is_heavy
from tiles.matrix import Tile
from tiles.mvt_sql import MARGIN, tile_query
from tiles.pyramid.sources import lowered
from tiles.sharing import sharing_headers
from tiles.shelf import shelf
from tiles.source import TileSource

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
Key = tuple[str, Tile]


async def tile_answer(request: Request, names: str, tile: Tile) -> Answer:
    """The layers `names` in `tile`: a vector tile, 204 when it is empty, 304 when the caller has it already.

    Raises NotFound alike for layers that are unknown and that are not open to the caller, BadParameter for the rest.
    """
    sources = sources_of(request, names, request.identify())
    min_seq = request.integer("min_seq")
    known = await node_state(min_seq)
    hidden = [source for source in sources if tile.matrix.zoom(presentation.min_zoom(source.layer)) > tile.z]
    shown = lowered((source for source in sources if source not in hidden), tile, min_seq, known=known)
    found = engine.stores(shown, tile) if known else None
    coding = chosen(request.header(b"accept-encoding"))
    # From the choice of stores to the validator nothing is awaited: both are of one state.
    form = f"{coding.tag}-{'d' if found is None else 'm'}"
    headers = conditional_headers([*shown, *hidden], tile.mercator_bounds(MARGIN), form)
    headers.update(sharing_headers(request, public=is_public(sources)), **{"X-Change-Seq": str(clock.seq)})
    if known and (tag := held(request, headers)):
        return Answer(304, headers={**headers, "ETag": tag}, again=_counted(sources, tile, "not_modified"))
    key = (headers["ETag"], tile)
    if not known:
        del headers["ETag"]  # the data are newer than this node's clock: nothing may call them unchanged later
    body = await _body(request, shown, found, tile, key if known else None, coding)
    counted = _counted(sources, tile, "tile" if body else "empty")
    if body and known and coding.name == "gzip" and shelf.takes(shown, tile):
        _put(shown, tile, body, headers["ETag"], form)
    again = counted if known else None
    if not body:
        return Answer(204, headers=headers, again=again)
    headers["Content-Type"] = CONTENT_TYPE
    if coding.name:
        headers["Content-Encoding"] = coding.name
    return Answer(200, body, headers, again)


async def _body(
    request: Request, shown: list[TileSource], found: list[LayerStore] | None, tile: Tile, key: Key | None, coding: Coding
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
        # Whatever coding they want: the state and the tile decide what the database is asked.
        flight = (key[0].partition("-")[0], tile) if key else object()
        body = await coding.packed(await unless_gone(request, flights.do(flight, lambda: fetch_value(sql, parameters))))
    else:
        TILE_SOURCES.labels("memory").inc()
        # Stores are values: whenever the bytes are made, they are of the state that the validator names.
        work = partial(_made, shown, found, tile, coding)
        heavy = is_heavy(shown, found, tile)
        body = await flights.do(key or object(), lambda: in_thread(work)) if heavy else work()
    if key:
        tile_cache.put(key, body)
    return body


def _made(shown: list[TileSource], found: list[LayerStore], tile: Tile, coding: Coding) -> bytes:
    """The tile from memory, packed."""
    body = encoded(shown, found, tile)
    return coding.pack(body) if body else body


def _put(shown: list[TileSource], tile: Tile, body: bytes, tag: str, form: str) -> None:
    """On nginx's shelf, unless something has changed while the tile was made."""
    if conditional_headers(shown, tile.mercator_bounds(MARGIN), form)["ETag"] == tag:
        shelf.put(shown[0], tile, body, tag)


def _counted(sources: list[TileSource], tile: Tile, result: str) -> Callable[[], object]:
    """Count this answer; what is returned counts each repetition of it (gis_core/changes/memory.py)."""
    counter = TILES.labels(sources[0].layer.name if len(sources) == 1 else "composite", tile.z, result)
    counter.inc()
    return counter.inc
