"""Map pictures beside MapServer and QGIS Server: one of fifty thousand parcels, and many small ones."""

import math
import statistics
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache, partial
from io import BytesIO
from typing import Protocol
from urllib.parse import urlencode

import numpy as np
from django.db import connection
from PIL import Image

from bench.data import ensure, say
from bench.harness import Ratio, alternate, benchmark, milliseconds
from bench.peers.mapserver import MapServer
from bench.peers.peer import NAME, TABLE
from bench.peers.qgis_server import QgisServer
from bench.processes import Server, ours
from bench.reading import body
from bench.serving import data_tiles
from bench.settings import LIST_ROUNDS, LIST_TILES
from bench.wrk import Unfit, fetch_all
from layers.styling.scales import zoom_of_metres
from tiles.matrix import Tile

_WIDTH, _HEIGHT, _MANY = 1024, 768, 50_000
_TILE = 256
_SINGLE_FROM = 14.05
Box = tuple[float, float, float, float]


class _Draws(Protocol):
    """A peer that answers GetMap."""

    name: str
    notes: str

    def version(self) -> str | None:
        """Its version; None when it is not installed."""

    def serve(self) -> AbstractContextManager[Server]:
        """Run it over the peers' table."""


# Peer, the name of its layer, the target for the picture (our time ÷ theirs).
_PEERS: tuple[tuple[_Draws, str, float], ...] = ((MapServer(), "drawn", 1.0), (QgisServer(), NAME, 0.4))


@benchmark
def wms_50k() -> Iterator[Ratio]:
    """A picture of 1024 × 768 with 50,000 parcels in their colours, PNG of 8 bits: our time ÷ the peers'.

    The resolution that is asked of us keeps the style's large scale, at which parcels are drawn one by one: so are theirs.
    """
    data = ensure()
    box, count = _crowded()
    with ours(data.headers, cache_mb=0) as mine:
        own = _path("/wms", "parcels", box, _WIDTH, _HEIGHT, DPI=_resolution(box))
        for peer, layer, target in _PEERS:
            if (version := peer.version()) is None:
                say(f"{peer.name} is not installed, so not compared (bin/bench --install-peers).")
                continue
            with peer.serve() as theirs:
                other = _path("/", layer, box, _WIDTH, _HEIGHT)
                likeness = _alike(body(mine, own), body(theirs, other))
                ratio, a, b = alternate(partial(body, mine, own), partial(body, theirs, other), rounds=9)
                detail = f"{milliseconds(a)} ÷ {milliseconds(b)}; {count} parcels, {likeness}; {peer.name} {version}: {peer.notes}"
                yield Ratio(f"GetMap 50k ÷ {peer.name}", ratio, f"<= {target:g}", detail)


@benchmark
def wms_tiles() -> Iterator[Ratio]:
    """Pictures of 256 × 256 of zoom 16, all different, four at a time: our rate ÷ MapServer's."""
    data, peer = ensure(), MapServer()
    version = peer.version()
    if version is None:
        say(f"{peer.name} is not installed, so not compared (bin/bench --install-peers).")
        return
    boxes = [tile.bounds() for tile in _spread(LIST_TILES)]
    with ours(data.headers, cache_mb=0) as mine, peer.serve() as theirs:
        own = [_path("/wms", "parcels", box, _TILE, _TILE) for box in boxes]
        other = [_path("/", "drawn", box, _TILE, _TILE) for box in boxes]
        _alike(body(mine, own[0]), body(theirs, other[0]))
        fetch_all(mine, own[:20])
        fetch_all(theirs, other[:20])
        pairs = [(fetch_all(mine, own), fetch_all(theirs, other)) for _ in range(LIST_ROUNDS)]
    ratio = statistics.median(b.seconds / a.seconds for a, b in pairs)
    rates = [statistics.median(len(boxes) / pair[side].seconds for pair in pairs) for side in (0, 1)]
    sizes = [pairs[0][side].bytes / len(boxes) / 1000 for side in (0, 1)]
    detail = f"{rates[0]:.0f} ÷ {rates[1]:.0f} a second, {sizes[0]:.1f} ÷ {sizes[1]:.1f} kB; {peer.name} {version}: {peer.notes}"
    yield Ratio("WMS tiles ÷ MapServer", ratio, ">= 1", detail)


def _resolution(box: Box) -> int:
    """Dots an inch at which the style stands just above the zoom from which parcels are drawn one by one (96: as on a screen)."""
    zoom = zoom_of_metres((box[2] - box[0]) / _WIDTH)
    return max(24, min(96, math.floor(96 * 2 ** (zoom - _SINGLE_FROM))))


def _path(root: str, layer: str, box: Box, width: int, height: int, **more: object) -> str:
    asked = {"SERVICE": "WMS", "VERSION": "1.3.0", "REQUEST": "GetMap", "LAYERS": layer, "STYLES": "", "CRS": "EPSG:3857"}
    size = {"BBOX": ",".join(f"{value:.3f}" for value in box), "WIDTH": width, "HEIGHT": height, "FORMAT": "image/png; mode=8bit"}
    return f"{root}?{urlencode({**asked, **size, **more})}"


def _alike(one: bytes, other: bytes) -> str:
    """How much of two pictures both draw on. Raises Unfit where they do not show the same."""
    try:
        pictures = [np.asarray(Image.open(BytesIO(content)).convert("RGB"), dtype=int) for content in (one, other)]
    except OSError as error:
        raise Unfit(f"no picture: {one[:200]!r} {other[:200]!r}") from error
    drawn = [(picture < 250).any(axis=2) for picture in pictures]
    both, either = (drawn[0] & drawn[1]).sum(), (drawn[0] | drawn[1]).sum()
    colour = np.abs(pictures[0] - pictures[1])[drawn[0] & drawn[1]].mean() if both else 255.0
    # Outlines of a hair are smoothed each engine's way, and are everywhere among fifty thousand parcels.
    if both < 0.9 * either or colour > 45:
        raise Unfit(f"the pictures differ: {both} of {either} pixels are drawn by both, colours differ by {colour:.0f}.")
    return f"{100 * both / either:.0f} % of the drawn pixels in both, colours {colour:.0f} apart"


@cache
def _crowded() -> tuple[Box, int]:
    """A box of the picture's shape in the first town with as nearly as many parcels as wanted, and how many meet it."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        middle = "avg(ST_X(ST_Centroid(t.geom))), avg(ST_Y(ST_Centroid(t.geom)))"
        cursor.execute(f"SELECT {middle} FROM {TABLE} t JOIN land_parcel p ON p.id = t.id WHERE p.sheet_no < 10000")  # noqa: S608  names of ours
        x, y = map(float, cursor.fetchone())
        low, high, box, count = 100.0, 40_000.0, (0.0, 0.0, 0.0, 0.0), 0
        for _step in range(18):
            half = (low + high) / 2
            box = (x - half, y - half * _HEIGHT / _WIDTH, x + half, y + half * _HEIGHT / _WIDTH)
            cursor.execute(f"SELECT count(*) FROM {TABLE} WHERE geom && ST_MakeEnvelope(%s, %s, %s, %s, 3857)", box)  # noqa: S608
            count = int(cursor.fetchone()[0])
            low, high = (half, high) if count < _MANY else (low, half)
    return box, count


def _spread(count: int) -> list[Tile]:
    tiles = [tile for tile in data_tiles() if tile.z == 16]
    return tiles[:: max(1, len(tiles) // count)][:count]
