"""The tile engine: cold tiles from memory against the naive query, loading, and how soon an edit is in the bytes."""

import gc
import statistics
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from bench.harness import Ratio, alternate, benchmark, milliseconds
from bench.tiles import _NAIVE, _address, _busiest, _fetch, _parcels
from gis_core.access import Reach
from gis_core.changes.clock import clock
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.store.loader import load
from layers.store.registry import stores
from layers.store.store import LayerStore
from layers.store.warm import warm
from tiles.engine import engine
from tiles.matrix import Tile
from tiles.mvt_encoder import encode

if TYPE_CHECKING:
    from bench.asgi import Client

_ALL = Reach(everything=True)
_NO_LIMIT = 1 << 40


@benchmark
def engine_cold() -> Iterator[Ratio]:
    """A tile of parcels encoded from memory ÷ by the naive query: the busiest tile of each zoom, a middling and a near-empty one."""
    store = load(_parcels(), _NO_LIMIT).store
    for zoom in (14, 15, 16):
        for kind, (tile, features) in (("busiest", _busiest(zoom)), ("middling", _ranked(zoom, 0.5)), ("near-empty", _ranked(zoom, 0.0))):
            ours, naive = partial(encode, store, tile, _ALL), partial(_fetch, _NAIVE, _address(tile))
            ratio, mine, theirs = alternate(ours, naive, rounds=9)
            yield Ratio(
                f"engine_cold z{zoom} {kind}", ratio, "<= 0.03", f"{features} parcels, {milliseconds(mine)} ÷ {milliseconds(theirs)}"
            )


@benchmark
def engine_load() -> Iterator[Ratio]:
    """Loading the parcels: seconds, memory of the columns and peak of the process, each a million rows."""
    warm()  # what the compiler takes is not the layer's
    gc.collect()
    # The kernel's own peak starts anew (proc(5), clear_refs): what ran before in this process does not hide it.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _memory("VmRSS")
    loaded = load(_parcels(), _NO_LIMIT)
    peak = _memory("VmHWM") - before
    rows, size = loaded.store.features, loaded.store.nbytes
    millions = rows / 1e6
    yield Ratio("engine_load seconds per million", loaded.seconds / millions, "<= 8", f"{rows} rows in {loaded.seconds:.2f} s")
    yield Ratio("engine_load MB per million", size / 1e6 / millions, "<= 100", f"{size / 1e6:.1f} MB")
    yield Ratio("engine_load peak ÷ columns", peak / size, "<= 2", f"process grew by at most {peak / 1e6:.0f} MB")


def _memory(what: str) -> int:
    """Bytes of this process: VmRSS now, VmHWM at most (proc(5), status)."""
    found = next(line for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if line.startswith(f"{what}:"))
    return int(found.split()[1]) * 1024


@benchmark
def edit_to_bytes() -> Iterator[Ratio]:
    """From the commit of an edit to changed bytes of a tile, through the application; p99 in milliseconds, put back afterwards."""
    from bench.asgi import Client  # puts the limits of requests on every connection of the process

    layer = next(layer for layer in catalogue.feature_layers() if layer.name == "roads")
    with connection.cursor() as cursor:
        cursor.execute(_A_ROAD)
        pk, name, x, y = cursor.fetchone()
    tile = _tile_at(16, x, y)
    path = f"/tiles/roads/{tile.z}/{tile.x}/{tile.y}.mvt"
    with Client() as client:
        # Other layers that are still loading would share the processor.
        client.wait_for(lambda: engine.ready and stores.get(layer) is not None and "loading" not in stores.states().values())
        waits = [_edit(client, path, pk, f"{name} {number}") for number in range(200)]
        yield _latency("edit_to_bytes p99 (ms)", waits)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE layers_roadsegment SET name = %s WHERE id = %s", [name, pk])
        waits = _edits_of_parcels(client)
        yield _latency("edit_to_bytes parcels p99 (ms)", waits)


def _latency(name: str, waits: list[float]) -> Ratio:
    waits.sort()
    p50, p99 = statistics.median(waits), waits[int(len(waits) * 0.99) - 1]
    return Ratio(name, p99 * 1000, "<= 50", f"{len(waits)} edits, p50 {milliseconds(p50)}, p99 {milliseconds(p99)}")


def _edits_of_parcels(client: "Client") -> list[float]:
    """The same for parcels in the busiest tile of zoom 16, whose bytes are asked of the engine: the layer is not for visitors."""
    layer, (tile, _features) = _parcels(), _busiest(16)
    waits = []
    with connection.cursor() as cursor:
        cursor.execute(_PARCELS_OF, [tile.z, tile.x, tile.y])
        for pk, status in cursor.fetchall():
            client.wait_for(lambda: stores.get(layer) is not None)
            held = _held(layer)
            before = encode(held, tile, _ALL)
            cursor.execute("UPDATE land_parcel SET status = 'blocked' WHERE id = %s", [pk])
            started = time.perf_counter()
            # While the follower is behind, the layer is in memory for nobody.
            while (now := stores.get(layer)) is None or now is held or encode(now, tile, _ALL) == before:
                client.rest()
            waits.append(time.perf_counter() - started)
            cursor.execute("UPDATE land_parcel SET status = %s WHERE id = %s", [status, pk])
            seq = _last_seq()
            client.wait_for(lambda: clock.holds(seq))  # noqa: B023  called at once
    return waits


def _held(layer: FeatureLayer) -> LayerStore:
    held = stores.get(layer)
    if held is None:
        raise SystemExit(f"{layer.name} is not in memory: {stores.states().get(layer.name)}.")
    return held


def _last_seq() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(seq) FROM change_log")
        return int(cursor.fetchone()[0])


def _edit(client: "Client", path: str, pk: int, name: str) -> float:
    before = client.get(path)[1]["etag"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE layers_roadsegment SET name = %s WHERE id = %s", [name, pk])
    started = time.perf_counter()
    while client.get(path, {"if-none-match": before})[0] == 304:
        client.rest()
    return time.perf_counter() - started


def _ranked(zoom: int, share: float) -> tuple[Tile, int]:
    """The tile at a place (0 to 1) in the order of the numbers of parcels."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_TILE, {"zoom": zoom})
        tiles = cursor.fetchall()
    x, y, count = tiles[int(len(tiles) * share)]
    return Tile(zoom, x, y), count


_A_ROAD = """
    SELECT id, name, ST_X(start), ST_Y(start)
    FROM (SELECT id, name, ST_StartPoint(ST_GeometryN(geom_3857, 1)) AS start FROM layers_roadsegment ORDER BY id LIMIT 1) road
"""
_PARCELS_OF = """
    SELECT id, status FROM land_parcel
    WHERE status = 'active' AND ST_Centroid(geom_3857) && ST_TileEnvelope(%s, %s, %s) ORDER BY md5(id::text) LIMIT 200
"""
_BY_TILE = """
    SELECT floor((ST_X(c) + 20037508.342789244) / size)::int, floor((20037508.342789244 - ST_Y(c)) / size)::int, count(*)
    FROM (SELECT ST_Centroid(geom_3857) AS c, 40075016.685578488 / (1 << %(zoom)s) AS size FROM land_parcel) p
    GROUP BY 1, 2 ORDER BY 3
"""


def _tile_at(zoom: int, x: float, y: float) -> Tile:
    size = 40075016.685578488 / (1 << zoom)
    return Tile(zoom, int((x + 20037508.342789244) // size), int((20037508.342789244 - y) // size))
