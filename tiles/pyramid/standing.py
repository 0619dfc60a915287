"""How far the blocks of each layer follow its rows, known to this process in step with the change clock."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from gis_core.changes.clock import Box
from gis_core.changes.follow import READ_TABLE, Change, parse
from gis_core.changes.hub import Connection, Hub, Step, hub
from layers.generalisation import DERIVED_TABLES
from layers.layer import FeatureLayer
from layers.store.registry import stores
from tiles.models import CoarseBlock, FineBlock, PyramidState
from tiles.pyramid.blocks import all_block_layers, declaration, generalised
from tiles.pyramid.build import leaves_open
from tiles.pyramid.wake import wake

_STATE = PyramidState._meta.db_table


@dataclass
class Blocks:
    """The blocks of one layer: what they were made of and as of which change, and the changes that they do not show yet."""

    declaration: str
    as_of: int
    pending: list[Change] = field(default_factory=list)

    @property
    def outdated(self) -> bool:
        """Whether it is not known which rows have changed since (a bulk load): nothing may be shown."""
        return leaves_open(self.pending, self.as_of)


class Standing:
    """Blocks by layer name. The event loop alone changes it."""

    def __init__(self, change_hub: Hub) -> None:
        self._hub = change_hub
        self._blocks: dict[str, Blocks] = {}
        self._known = False
        change_hub.when_history_breaks(self.start_over)

    def start_over(self) -> None:
        """The database was put back to another state: what was read of it means nothing any more."""
        self._blocks.clear()
        self._known = False

    def blocks(self, layer: FeatureLayer, box: Box, min_seq: int | None) -> Blocks | None:
        """The blocks of `layer` if they may be shown in `box` (EPSG:3857) to one who knows of change `min_seq`; else None."""
        found = self._blocks.get(layer.name)
        if found is None or found.outdated or found.declaration != declaration(layer):
            return None
        lacking = (change for change in found.pending if change.op != "P" and _meets(change, box))
        return None if min_seq is not None and any(change.seq <= min_seq for change in lacking) else found

    async def prepare(self, db: Connection, changes: Sequence[Change]) -> Step:
        """Hub preparer: read how far blocks follow when that has changed, and note changes that they do not show."""
        if not self._known or any(change.table == _STATE for change in changes):
            return partial(self._take, await self._read(db))
        return partial(self._add, changes)

    async def _read(self, db: Connection) -> dict[str, Blocks]:
        cursor = await db.execute("SELECT layer, position, declaration, as_of FROM tiles_pyramidstate")
        tables = {layer.name: layer.table for layer in generalised()}
        found = {}
        for name, position, declared, as_of in await cursor.fetchall():
            if name in tables:
                since = await (await db.execute(READ_TABLE, {"since": position, "table": tables[name]})).fetchall()
                found[name] = Blocks(declared, as_of, parse(since)[1])
        return found

    def _take(self, found: dict[str, Blocks]) -> None:
        self._blocks, self._known = found, True
        for layer in generalised():
            if layer.name not in found or found[layer.name].pending or found[layer.name].declaration != declaration(layer):
                self._wake(layer)

    def _add(self, changes: Sequence[Change]) -> None:
        for layer in generalised() if changes else ():
            mine = [change for change in changes if change.table == layer.table]
            if layer.name in self._blocks:
                self._blocks[layer.name].pending.extend(mine)
            if mine:
                self._wake(layer)

    def _wake(self, layer: FeatureLayer) -> None:
        """Ask the worker for fresh blocks; a node of a standby, which cannot write, leaves that to the others."""
        if not self._hub.on_standby:
            wake(layer.name)

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Follow while the process lives; blocks are kept in memory like any layer."""
        self._known = False
        self._hub.prepare_with(self.prepare)
        try:
            yield
        finally:
            self._hub.forgo(self.prepare)
            self._blocks.clear()


def _meets(change: Change, box: Box) -> bool:
    if change.bbox is None:
        return True
    west, south, east, north = change.bbox
    return west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1]


standing = Standing(hub)
stores.provide(all_block_layers)
DERIVED_TABLES.update(model._meta.db_table for model in (FineBlock, CoarseBlock))
