"""The stores of this process: loaded in a thread, brought to each state of the change log together with the clock.

A layer is served from memory only while its store stands exactly where the clock stands; else (loading, over budget, after
a bulk load or TRUNCATE, after a failure) the database serves the same contract.
"""

import asyncio
import contextlib
import logging
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, cast

import numpy as np
import psycopg
from django.conf import settings

from gis_core.changes.follow import READ_TABLE, Change, parse
from gis_core.changes.hub import Connection, Hub, Step, hub, unready_after
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.store.copying import Stopped
from layers.store.entry import Entry, Patch
from layers.store.loader import OverBudget, budget_of, load
from layers.store.schema import Schema
from layers.store.shapes import Unsupported
from layers.store.store import LayerStore

Provider = Callable[[], list[FeatureLayer]]
log = logging.getLogger(__name__)
# More changed rows than this at once are cheaper read again as a whole, and the follower must stay quick.
MAX_PATCH = 1_000
_PATIENCE = (0.05, 60.0)  # seconds before loading again: after the first failure or bulk change, and at most


class FeatureStores:
    """Stores by layer. The event loop alone changes them; anybody may read."""

    def __init__(self, change_hub: Hub) -> None:
        self._hub = change_hub
        change_hub.when_history_breaks(self._forget)
        self._entries: dict[str, Entry] = {}
        self._providers: list[Provider] = []
        self._generation = -1
        self._tasks: set[asyncio.Task[None]] = set()
        self._stop = threading.Event()
        self._executor: ThreadPoolExecutor | None = None

    def get(self, layer: FeatureLayer) -> LayerStore | None:
        """The layer in memory at the clock's position; None when the database has to be asked."""
        entry = self._entries.get(layer.name)
        if entry is None or entry.layer is not layer or self._hub.age > unready_after():
            return None
        return entry.store

    def provide(self, provider: Provider) -> None:
        """Keep also the layers that `provider` names: those that are not published by themselves."""
        self._providers.append(provider)

    def states(self) -> dict[str, str]:
        """The state of every layer that the registry knows."""
        return {name: entry.state for name, entry in self._entries.items()}

    async def prepare(self, db: Connection, changes: Sequence[Change]) -> Step:
        """Hub preparer: read the changed rows of what is loaded."""
        if self._generation != catalogue.generation:
            self._generation = catalogue.generation
            self._spawn(self._survey())
        by_table: defaultdict[str, list[Change]] = defaultdict(list)
        for change in changes:
            by_table[change.table].append(change)
        steps: list[Step] = []
        for entry in tuple(self._entries.values()):
            if entry.loaded is not None:
                steps.append(await self._next(db, entry, await _since(db, entry.loaded.position, entry.layer.table)))
            elif entry.store is not None and entry.layer.table in by_table:
                steps.append(await self._next(db, entry, by_table[entry.layer.table]))
        return partial(_run, steps)

    async def _next(self, db: Connection, entry: Entry, changes: Sequence[Change]) -> Step:
        """The step that brings one store up to `changes`."""
        ids = touched(changes)
        if ids is None:
            return partial(self._reload, entry)
        if not ids:
            return partial(entry.take_in, None)
        try:
            patch = await _read(db, cast(LayerStore, entry.held), ids)
        except (psycopg.Error, Unsupported, ValueError) as error:
            if db.broken or db.closed:
                raise
            log.exception("Changes of %s cannot be taken in; the database serves the layer.", entry.layer.name)
            return partial(self._failed, entry, error)
        return partial(self._take_in, entry, patch)

    def _take_in(self, entry: Entry, patch: Patch) -> None:
        entry.take_in(patch)
        if entry.store is not None and entry.store.wants_sorting and entry.since_sorting is None:
            entry.since_sorting = []
            self._spawn(self._sort(entry, entry.store))

    async def _sort(self, entry: Entry, store: LayerStore) -> None:
        entry.sorted(await self._in_thread(store.compacted))

    def _reload(self, entry: Entry) -> None:
        """Step: everything may have changed."""
        entry.failures += 1
        entry.drop("loading")
        self._spawn(self._load(entry))

    def _forget(self) -> None:
        """The database was put back to another state: nothing that was loaded is of it."""
        for entry in tuple(self._entries.values()):
            self._reload(entry)

    def _failed(self, entry: Entry, error: Exception) -> None:
        entry.failures += 1
        entry.drop("over_budget" if isinstance(error, OverBudget) else "failed")
        if not isinstance(error, OverBudget | Unsupported):
            self._spawn(self._load(entry))

    async def _load(self, entry: Entry) -> None:
        if entry.failures:
            await asyncio.sleep(min(_PATIENCE[0] * 2**entry.failures, _PATIENCE[1]))
        turn = entry.turn
        if self._entries.get(entry.layer.name) is not entry:
            return
        try:
            loaded = await self._in_thread(partial(load, entry.layer, budget_of(entry.layer), self._stop))
        except Stopped:
            return
        except (OverBudget, Unsupported, psycopg.Error, ValueError, KeyError) as error:
            if entry.turn != turn:
                return
            log.warning("%s is not kept in memory: %s", entry.layer.name, error)
            self._failed(entry, error)
            return
        if entry.turn == turn:  # else another loading is on its way
            # At the next read of the log it becomes the layer's store, patched to the follower's position.
            entry.loaded = loaded

    async def _survey(self) -> None:
        """Compare with the catalogue: load layers that are new or declared otherwise now, forget those that are gone."""
        found = await self._in_thread(partial(_identities, self._providers))
        for name in self._entries.keys() - {layer.name for layer, _identity in found}:
            self._entries.pop(name).drop("gone")
        for layer, identity in found:
            known = self._entries.get(layer.name)
            if known is not None and known.identity == identity:
                known.layer = layer
                continue
            if known is not None:
                known.drop("gone")
            entry = self._entries[layer.name] = Entry(layer, identity)
            entry.say("loading")
            self._spawn(self._load(entry))

    async def _in_thread(self, work: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("The feature store failed.", exc_info=error)

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Keep stores while the process lives, if settings want it."""
        if not settings.FEATURE_STORE:
            yield
            return
        self._stop.clear()
        self._executor = ThreadPoolExecutor(1, "store")
        self._generation = -1
        self._hub.prepare_with(self.prepare)
        try:
            yield
        finally:
            self._hub.forgo(self.prepare)
            self._stop.set()
            for task in tuple(self._tasks):
                task.cancel()
            for entry in self._entries.values():
                entry.drop("gone")
            self._entries.clear()
            self._executor.shutdown(cancel_futures=True)


def touched(changes: Sequence[Change]) -> list[int] | None:
    """The ids of changed rows; None when they are unknown or too many."""
    ids = {change.fid for change in changes if change.op != "P"}
    if None in ids or any(change.op == "R" for change in changes) or len(ids) > MAX_PATCH:
        return None
    return sorted(cast("set[int]", ids))


def _run(steps: Sequence[Step]) -> None:
    for step in steps:
        step()


async def _since(db: Connection, position: str, table: str) -> list[Change]:
    cursor = await db.execute(READ_TABLE, {"since": position, "table": table})
    return parse(await cursor.fetchall())[1]


async def _read(db: Connection, store: LayerStore, ids: list[int]) -> Patch:
    """The rows `ids` as they are now. A failing query leaves the follower's transaction as it was."""
    async with db.transaction():
        cursor = await db.execute(cast("Any", store.builder.schema.by_ids()), [ids], binary=True)
        rows = await cursor.fetchall()
    return Patch(np.array(ids, np.int64), store.builder.columns(rows), store.builder)


def _identities(providers: Sequence[Provider]) -> list[tuple[FeatureLayer, str]]:
    """Every layer that tiles show, with what its store depends on."""
    from django.db import close_old_connections

    try:
        layers = [layer for layer in catalogue.feature_layers() if "tiles" in layer.services]
        layers += [layer for provider in providers for layer in provider()]
        return [(layer, Schema(layer).identity) for layer in layers]
    finally:
        close_old_connections()


stores = FeatureStores(hub)
lifespan = stores.lifespan
