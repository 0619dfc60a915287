"""Where a tile comes from: this process's memory when all its layers stand there at the clock's position, else the database."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from layers.store.grid import Frame
from layers.store.registry import stores
from layers.store.store import LayerStore
from tiles.matrix import Tile
from tiles.mvt_encoder import BUFFER, DEEPEST, Choice, encode
from tiles.source import OwnSource, TileSource
from tiles.warm import warm

log = logging.getLogger(__name__)


class Engine:
    """The encoder of this process. Until its loops are compiled the database makes the tiles."""

    def __init__(self) -> None:
        self.ready = False

    def stores(self, sources: Sequence[TileSource], tile: Tile) -> list[LayerStore] | None:
        """The stores of all `sources`; None when the database has to make this tile.

        Never some of them: a tile of two sources could show two states of the data.
        """
        if not self.ready or tile.z > DEEPEST or not tile.is_mercator or not all(source.in_memory for source in sources):
            return None
        found = [stores.get(source.layer) for source in sources]
        here = [store for store in found if store is not None]
        return here if len(here) == len(found) else None

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Compile in a thread, so that no request waits for it."""
        task = asyncio.create_task(self._warm()) if settings.FEATURE_STORE else None
        try:
            yield
        finally:
            self.ready = False
            if task:
                task.cancel()

    async def _warm(self) -> None:
        started = time.monotonic()
        await asyncio.to_thread(warm)
        self.ready = True
        log.info("The tile encoder is ready after %.1f s.", time.monotonic() - started)


engine = Engine()


# Below this many rows a tile is made sooner than another thread is told of it.
_HEAVY = 1_000
_threads = ThreadPoolExecutor(len(os.sched_getaffinity(0)), "tiles")


def is_heavy(sources: Sequence[TileSource], found: Sequence[LayerStore], tile: Tile) -> bool:
    """Whether making the tile would hold up others.

    It then belongs into a thread: loops and packing run without the interpreter's lock.
    """
    if any(isinstance(source, OwnSource) for source in sources):
        return True
    window = Frame.of(tile.z, tile.x, tile.y, BUFFER).window()
    return sum(store.near(window) for store in found) > _HEAVY


async def in_thread(work: Callable[[], bytes]) -> bytes:
    """The result of `work`, done beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_threads, work)


def encoded(sources: Sequence[TileSource], found: Sequence[LayerStore], tile: Tile) -> bytes:
    """The tile from memory."""
    return b"".join(_encoded(source, store, tile) for source, store in zip(sources, found, strict=True))


def _encoded(source: TileSource, store: LayerStore, tile: Tile) -> bytes:
    if isinstance(source, OwnSource):
        return source.encoded(store, tile)
    return encode(store, tile, source.reach, source.when, Choice.of(source))
