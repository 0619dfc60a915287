"""Tiles over HTTP beside other servers: a cold mix beside peers, a warm tile and a 304 beside nginx with a file."""

import os
import random
import statistics
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import connection

from bench.data import PEER_FIELDS, ensure, say
from bench.harness import Ratio, benchmark
from bench.peers import PEERS
from bench.peers.peer import Peer
from bench.processes import FOLDER, Server, nginx, ours
from bench.same import compare
from bench.settings import LIST_ROUNDS, LIST_TILES, WARM_ROUNDS, WARM_SECONDS
from bench.wrk import Unfit, fetch_all, rate
from tiles.matrix import Tile

_WARM_BYTES = 22_000  # a usual tile of a city: what earlier measurements of others took too


@benchmark
def cold_mix() -> Iterator[Ratio]:
    """Tiles of zoom 14 to 16 by chance, each once, no cache, a worker a core: ours ÷ each peer that is installed, in requests a second."""
    data = ensure()
    tiles = _mix()
    with ours(data.headers, cache_mb=0, workers=len(os.sched_getaffinity(0))) as mine:
        paths = [_like_peers(tile) for tile in tiles]
        for peer in PEERS:
            version = peer.version()
            if version is None and peer.optional:
                say(f"{peer.name} is not installed, so not compared (bin/bench --install-peers).")
                continue
            if version is None:
                yield Ratio(f"cold_mix ÷ {peer.name}", 0.0, f">= {peer.target:g}", "not installed here: bin/bench --install-peers")
                continue
            try:
                yield _beside(peer, version, mine, tiles, paths)
            except (Unfit, OSError) as reason:
                yield Ratio(f"cold_mix ÷ {peer.name}", 0.0, f">= {peer.target:g}", f"{version}: {reason}")


def _beside(peer: Peer, version: str, mine: Server, tiles: list[Tile], paths: list[str]) -> Ratio:
    with peer.serve() as theirs:
        their_paths = [peer.path(tile) for tile in tiles]
        first = [_first(server, some[0]) for server, some in ((mine, paths), (theirs, their_paths))]
        probe = slice(0, len(tiles), max(1, len(tiles) // 10))
        likeness = compare(mine, paths[probe], theirs, their_paths[probe])
        pairs = []
        for _ in range(LIST_ROUNDS):
            a, b = fetch_all(mine, paths), fetch_all(theirs, their_paths)
            pairs.append((a, b))
    ratio = statistics.median(b.seconds / a.seconds for a, b in pairs)
    rates = [statistics.median(len(tiles) / pair[side].seconds for pair in pairs) for side in (0, 1)]
    sizes = [pairs[0][side].bytes / len(tiles) / 1000 for side in (0, 1)]
    detail = (
        f"{peer.name} {version}: {rates[0]:.0f} ÷ {rates[1]:.0f} tiles/s, {sizes[0]:.1f} ÷ {sizes[1]:.1f} kB a tile, "
        f"first tile {first[0]:.0f} ÷ {first[1]:.0f} ms; {likeness}; {peer.notes}"
    )
    return Ratio(f"cold_mix ÷ {peer.name}", ratio, f">= {peer.target:g}", detail)


def _first(server: Server, path: str) -> float:
    """Milliseconds of the first tile that this server is asked for here."""
    started = time.perf_counter()
    fetch_all(server, [path], connections=1)
    return (time.perf_counter() - started) * 1000


@benchmark
def warm_tile() -> Iterator[Ratio]:
    """The same tile again and again: one worker of ours, and nginx in front of it, ÷ nginx with the tile as a file; and a 304."""
    data = ensure()
    with ours(data.headers) as mine, ExitStack() as stack:
        path, body, etag = _usual(mine)
        static = file_server(stack, body)
        private, public = dict(mine.headers), {"Accept-Encoding": "gzip"}
        asked = [(mine, path, private), (mine, path, {**private, "If-None-Match": etag}), (static, "/tile.gz", public)]
        kept, three_oh_four, file = interleaved(asked)
        size = f"{len(body) / 1000:.1f} kB gzip"
        yield Ratio("warm_tile one worker ÷ nginx file", kept / file, ">= 0.35", f"{kept:.0f} ÷ {file:.0f} a second, {size}, with a token")
        yield Ratio("not_modified ÷ nginx file", three_oh_four / file, ">= 0.4", f"{three_oh_four:.0f} ÷ {file:.0f} a second, {size}")


def interleaved(asked: list[tuple[Server, str, dict[str, str]]]) -> list[float]:
    """Median requests a second of each (server, address, headers), measured in turn."""
    rounds = [
        [rate(server, path, seconds=WARM_SECONDS, headers=headers).per_second for server, path, headers in asked]
        for _ in range(WARM_ROUNDS)
    ]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def file_server(stack: ExitStack, body: bytes) -> Server:
    """nginx with these packed bytes as the file /tile.gz."""
    folder = FOLDER / "static"
    folder.mkdir(parents=True, exist_ok=True)
    Path(folder, "tile.gz").write_bytes(body)
    server = "location = /tile.gz { default_type application/vnd.mapbox-vector-tile; add_header Content-Encoding gzip; }"
    return Server("nginx", stack.enter_context(nginx("static", server)))


@dataclass(frozen=True)
class _Answer:
    path: str
    body: bytes
    etag: str


def _usual(server: Server) -> tuple[str, bytes, str]:
    """A tile of about `_WARM_BYTES`: its address, its packed bytes and its validator."""
    answers = []
    for tile in random.Random(5).sample(data_tiles(), 60):  # noqa: S311  the same in each run
        answers.append(_Answer(_path(tile), *read(server, _path(tile))))
    best = min(answers, key=lambda answer: abs(len(answer.body) - _WARM_BYTES))
    return best.path, best.body, best.etag


def read(server: Server, path: str) -> tuple[bytes, str]:
    """An answer's bytes as they come, and its validator."""
    request = urllib.request.Request(server.url + path, headers=dict(server.headers))  # noqa: S310  servers of ours
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return answer.read(), answer.headers.get("ETag", "")


def _path(tile: Tile) -> str:
    return f"/tiles/parcels/{tile.z}/{tile.x}/{tile.y}.mvt"


def _like_peers(tile: Tile) -> str:
    """With the attributes by name, so that every zoom carries what the peers serve."""
    return f"{_path(tile)}?properties={','.join(PEER_FIELDS)}"


def _mix() -> list[Tile]:
    """Tiles with parcels in them, equally many of each zoom."""
    chance, tiles = random.Random(14), data_tiles()  # noqa: S311  the same in each run
    by_zoom = [[tile for tile in tiles if tile.z == zoom] for zoom in (14, 15, 16)]
    mix = [tile for some in by_zoom for tile in chance.sample(some, min(len(some), LIST_TILES // 3))]
    chance.shuffle(mix)
    return mix


@cache
def data_tiles() -> tuple[Tile, ...]:
    """The tiles of zoom 14 to 16 in which parcels are."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # benchmarks that ran before may have set the requests' one
        cursor.execute(_TILES)
        return tuple(Tile(*row) for row in cursor.fetchall())


_TILES = """
    SELECT DISTINCT z, floor((ST_X(c) + 20037508.342789244) / size)::int AS x, floor((20037508.342789244 - ST_Y(c)) / size)::int AS y
    FROM (SELECT ST_Centroid(geom) AS c FROM bench.parcels) p,
         (SELECT z, 40075016.685578488 / (1 << z) AS size FROM generate_series(14, 16) z) zooms
    ORDER BY 1, 2, 3
"""
