"""Making the tiles of an export: from layers loaded for it, by the database where one does not fit."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, cast

import psycopg

from gis_core.access import Scope
from gis_core.db import conninfo
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.presentation import presentation
from layers.store.grid import Frame
from layers.store.loader import OverBudget, budget_of, load
from layers.store.shapes import Unsupported
from layers.store.store import LayerStore
from tiles.engine import encoded
from tiles.matrix import Tile
from tiles.mvt_encoder import BUFFER, DEEPEST
from tiles.mvt_sql import tile_query
from tiles.pyramid.sources import lowered
from tiles.pyramid.standing import standing
from tiles.source import TileSource

log = logging.getLogger(__name__)


class Maker:
    """The tiles of some layers as one scope sees them. Each layer is of the state in which it was loaded."""

    def __init__(self, names: Sequence[str], scope: Scope, *, in_memory: bool = True) -> None:
        """Raises NotFound for a layer that is unknown or not open to `scope`."""
        layers = [catalogue.features(name, scope, "tiles") for name in dict.fromkeys(names)]
        self.sources = [TileSource(layer, layer.reach(scope)) for layer in layers]
        self._in_memory = in_memory
        self._stores: dict[str, LayerStore | None] = {}
        asyncio.run(_learn_of_blocks())
        self._db = psycopg.connect(conninfo("export"), autocommit=True)
        self._db.execute("SET default_transaction_read_only = on")

    def close(self) -> None:
        """Give the connection back."""
        self._db.close()

    def is_occupied(self, tile: Tile) -> bool:
        """Whether any row lies in `tile` or its margin, whatever is drawn of it at this zoom."""
        return any(self._meets(source, tile) for source in self.sources)

    def made(self, tile: Tile) -> bytes:
        """The tile as HTTP sends it, not compressed; b"" when nothing is drawn."""
        shown = [source for source in self.sources if presentation.min_zoom(source.layer) <= tile.z]
        if not shown:
            return b""
        shown = lowered(shown, tile)
        found = [self._store(source.layer) for source in shown]
        stores = [store for store in found if store is not None]
        if len(stores) == len(shown) and tile.z <= DEEPEST:
            return encoded(shown, stores, tile)
        sql, parameters = tile_query(shown, tile)
        row = self._db.execute(cast("Any", sql), parameters, binary=True).fetchone()
        return bytes(row[0]) if row and row[0] is not None else b""

    def _store(self, layer: FeatureLayer) -> LayerStore | None:
        """Loaded when it is first asked for; None when the database has to make its tiles."""
        if layer.name not in self._stores:
            self._stores[layer.name] = _loaded(layer) if self._in_memory else None
        return self._stores[layer.name]

    def _meets(self, source: TileSource, tile: Tile) -> bool:
        store = self._store(source.layer)
        if store is None or tile.z > DEEPEST:
            sql, parameters = tile_query([source], tile)
            row = self._db.execute(cast("Any", f"SELECT length(({sql})) > 0"), parameters).fetchone()
            return bool(row and row[0])
        window = Frame.of(tile.z, tile.x, tile.y, BUFFER).window()
        places = range(len(store.builder.schema.places))
        return any(len(store.pick(place, window, source.reach, source.when).rows) for place in places)


async def _learn_of_blocks() -> None:
    """What a serving process follows: how far the blocks of low zooms are."""
    async with await psycopg.AsyncConnection.connect(conninfo("export"), autocommit=True) as db:
        (await standing.prepare(db, []))()


def _loaded(layer: FeatureLayer) -> LayerStore | None:
    try:
        return load(layer, budget_of(layer)).store
    except (OverBudget, Unsupported, ValueError, KeyError) as error:
        log.warning("%s is read from the database tile by tile: %s", layer.name, error)
        return None
