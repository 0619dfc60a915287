"""Finished tiles in memory, and one making of a tile for all who wait for it."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

_ENTRY = 400  # bytes that an entry costs beside its content


class TileCache:
    """Encoded (and compressed) bytes by validator and address, the least recently used given up first.

    A validator names one state of the data, so entries never become wrong, only useless.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, key: Hashable) -> bytes | None:
        """The bytes, b"" for an empty tile, None when they are not here."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Hashable, body: bytes) -> None:
        """Keep bytes. What alone would fill a quarter of the cache is not kept."""
        if len(body) > self.capacity // 4 or key in self._kept:
            return
        self._kept[key] = body
        self.size += len(body) + _ENTRY
        while self.size > self.capacity:
            _key, dropped = self._kept.popitem(last=False)
            self.size -= len(dropped) + _ENTRY

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.size = 0


@dataclass
class _Flight:
    task: "asyncio.Task[bytes]"
    waiting: int = 0


class SingleFlight:
    """Requests for the same thing at the same time share one making of it."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight] = {}

    async def do(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, bytes]]) -> bytes:
        """The result of `work` for `key`. It is cancelled when the last one who waited for it has gone."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.ensure_future(work()))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                self._flights.pop(key, None)
                flight.task.cancel()


tile_cache = TileCache(settings.TILE_CACHE_MB * 1_000_000)
flights = SingleFlight()
