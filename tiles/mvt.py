"""Answering a tile: who asks, which layers, is it still the same, else make it."""

from isal import igzip

from gis_core.changes.clock import clock
from gis_core.hot import Answer, Request, unless_gone
from gis_core.metrics import TILES
from layers.catalogue import catalogue
from layers.presentation import presentation
from tiles.conditional import conditional_headers, moment_of, node_state, unchanged
from tiles.database import fetch_value
from tiles.matrix import Tile
from tiles.mvt_sql import MARGIN, TileSource, tile_query

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
MAX_LAYERS = 20
PARAMETERS = ("datetime", "min_seq")


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
    gzipped = "gzip" in request.header(b"accept-encoding")
    headers = conditional_headers(sources, tile.bounds(MARGIN), "gz" if gzipped else "id")
    headers["X-Change-Seq"] = str(clock.seq)
    if known and unchanged(request, headers):
        _count(wanted, tile, "not_modified")
        return Answer(304, headers=headers)
    if not known:
        del headers["ETag"]  # the data are newer than this node's clock: nothing may call them unchanged later
    body = await _encode(request, sources, tile)
    _count(wanted, tile, "tile" if body else "empty")
    if not body:
        return Answer(204, headers=headers)
    headers["Content-Type"] = CONTENT_TYPE
    if gzipped:
        headers["Content-Encoding"] = "gzip"
        body = igzip.compress(body, compresslevel=1)
    return Answer(200, body, headers)


async def _encode(request: Request, sources: list[TileSource], tile: Tile) -> bytes:
    shown = [source for source in sources if presentation.min_zoom(source.layer) <= tile.z]
    if not shown:
        return b""
    sql, parameters = tile_query(shown, tile)
    return await unless_gone(request, fetch_value(sql, parameters))


def _count(names: list[str], tile: Tile, result: str) -> None:
    TILES.labels(",".join(names) if len(names) == 1 else "composite", tile.z, result).inc()
