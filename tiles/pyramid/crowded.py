"""Layers that may be crowded: every feature, but in tiles that would hold too many of them squares that count them.

A tile is crowded when more features than `Crowding.most` count in it (where: anchors.py), so memory and database agree, and it
depends on nothing outside of the tile: its validator is that of the features.
"""

from dataclasses import dataclass

from layers.filters.masks import mask
from layers.filters.terms import Term
from layers.generalisation import Crowding
from layers.store.columns import Columns
from layers.store.ragged import Rows
from layers.store.registry import stores
from layers.store.store import LayerStore
from tiles.matrix import Tile
from tiles.mvt_encoder import Choice, encode
from tiles.mvt_sql import feature_statement
from tiles.pyramid.counters import squares
from tiles.pyramid.counters_sql import counters, how_many
from tiles.pyramid.notes import note
from tiles.pyramid.tally import SIDE, Tally, add_rows, empty, ground
from tiles.source import OwnSource, TileSource


@dataclass(frozen=True)
class CrowdedSource(OwnSource):
    """The features of a layer, or squares, as it turns out."""

    def statement(self, tile: Tile) -> tuple[str, list[object]]:
        """One statement, which counts no further than it must."""
        when = self.layer.moment(self.when)
        drawn, drawing = feature_statement(self, tile)
        counted, counting = counters(self.layer, self.reach, when, self.filter, units=False)
        number, numbering = how_many(self.layer, self.reach, when, self.filter, _how(self).most + 1)
        sql = f"SELECT CASE WHEN ({number}) <= {_how(self).most} THEN ({drawn}) ELSE ({counted}) || %s::bytea END"
        return sql, [*numbering, *drawing, *counting, note(self.layer, "counters", "crowd")]

    def encoded(self, store: LayerStore, tile: Tile) -> bytes:
        """The same from memory."""
        tally = _counted(self, store, tile)
        if tally.n.sum() <= _how(self).most:
            return encode(store, tile, self.reach, self.when, Choice.of(self))
        return squares(store, tile, tally) + note(self.layer, "counters", "crowd")


def may_be_crowded(source: TileSource, tile: Tile) -> bool:
    """Whether it has to be looked at: not where this process's memory says that too little is near."""
    how = source.layer.crowding
    if how is None or tile.z >= how.detail_zoom or not tile.is_mercator:
        return False
    store = stores.get(source.layer)
    return store is None or store.near(ground(tile)) > how.most


def crowded(source: TileSource) -> CrowdedSource:
    """`source` as one that looks."""
    return CrowdedSource(source.layer, source.reach, source.when, source.filter, source.fields)


def _how(source: TileSource) -> Crowding:
    how = source.layer.crowding
    assert how is not None
    return how


def _counted(source: TileSource, store: LayerStore, tile: Tile) -> Tally:
    """What counts in the cells of the tile."""
    term = source.filter.term if source.filter else None
    sections = store.sections(ground(tile), source.reach, source.when)
    tally = empty(SIDE * SIDE, store)
    add_rows(tally, store, tile, [(columns, _matching(store, columns, rows, term)) for columns, rows in sections])
    return tally


def _matching(store: LayerStore, columns: Columns, rows: Rows, term: Term | None) -> Rows:
    if term is None or not len(rows):
        return rows
    return rows[mask(term, store.layer, tuple(column[rows] for column in columns.codes), store.dictionaries)]
