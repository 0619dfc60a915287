"""What a tile of a low zoom is made of instead of the layer's features."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from gis_core.changes.clock import Box
from layers.store.store import LayerStore
from tiles.matrix import Tile
from tiles.mvt_encoder import encode
from tiles.mvt_sql import MARGIN, feature_statement
from tiles.pyramid.blocks import drawn_at
from tiles.pyramid.counters import grid, units
from tiles.pyramid.counters_sql import counters
from tiles.pyramid.crowded import crowded, may_be_crowded
from tiles.pyramid.notes import note
from tiles.pyramid.standing import standing
from tiles.source import OwnSource, TileSource


@dataclass(frozen=True)
class CounterSource(OwnSource):
    """Counters: exactly the rows that the features would be. `why` they stand here goes into the tile's note."""

    why: str = "zoom"

    @property
    def has_units(self) -> bool:
        """Whether totals of units go with the grid: at the zooms that are counted anyway."""
        return self.why == "zoom"

    @property
    def in_memory(self) -> bool:
        """Filtered counters come from the database."""
        return self.filter is None

    @cached_property
    def variant(self) -> str:
        """Part of validators: this is not the tile of features."""
        return f"{super().variant}|counters:{self.why}"

    def reading(self, box: Box) -> Box | None:
        """Totals of units depend on rows anywhere."""
        return None if self.has_units else box

    def statement(self, tile: Tile) -> tuple[str, list[object]]:
        """Squares and points in one statement, followed by the note where there are any."""
        sql, values = counters(self.layer, self.reach, self.layer.moment(self.when), self.filter, units=self.has_units)
        return _with_note(sql, values, note(self.layer, "counters", self.why))

    def encoded(self, store: LayerStore, tile: Tile) -> bytes:
        """The same from memory."""
        body = grid(store, tile, self.reach, self.when)
        if self.has_units:
            body += units(store, tile, self.reach, self.when)
        return body + note(self.layer, "counters", self.why) if body else b""


@dataclass(frozen=True)
class BlockSource(OwnSource):
    """The blocks of a layer, a layer themselves."""

    base: TileSource | None = None

    def statement(self, tile: Tile) -> tuple[str, list[object]]:
        """The blocks, followed by the note where there are any."""
        assert self.base is not None
        sql, values = feature_statement(self, tile)
        return _with_note(sql, values, note(self.base.layer, "blocks", "zoom"))

    def encoded(self, store: LayerStore, tile: Tile) -> bytes:
        """The same from memory."""
        assert self.base is not None
        body = encode(store, tile, self.reach)
        return body + note(self.base.layer, "blocks", "zoom") if body else b""


def lowered(sources: Iterable[TileSource], tile: Tile, min_seq: int | None = None, *, known: bool = True) -> list[TileSource]:
    """The sources of `tile`: features where a zoom shows them, else blocks or counters of them.

    Blocks are left to those whom they do not mislead: who knows of a change `min_seq` that they do not show gets counters,
    and so does everybody while this node does not know (`known`) how far they follow.
    """
    return [found for source in sources if (found := _lowered(source, tile, min_seq, known=known)) is not None]


def _lowered(source: TileSource, tile: Tile, min_seq: int | None, *, known: bool) -> TileSource | None:
    how = source.layer.generalisation
    if how is None:
        return crowded(source) if may_be_crowded(source, tile) else source
    if tile.z >= tile.matrix.zoom(how.detail_zoom):
        return source
    if not tile.is_mercator:
        return None  # the cells of counters and blocks are Web Mercator's
    return lowered_at(source, tile.z, tile.bounds(MARGIN), min_seq, known=known)


def lowered_at(source: TileSource, zoom: int, box: Box, min_seq: int | None, *, known: bool) -> "CounterSource | BlockSource":
    """What stands for a generalised layer's features at a zoom where they are not drawn, in `box` (EPSG:3857)."""
    how = source.layer.generalisation
    assert how is not None
    if zoom <= how.counter_zoom:
        return _counted(source, "zoom")
    if source.filter is not None or (source.when is not None and source.layer.time_fields is not None):
        return _counted(source, "request")
    if not known or standing.blocks(source.layer, box, min_seq) is None:
        return _counted(source, "building")
    return BlockSource(drawn_at(source.layer, zoom), source.reach, base=source)


def _counted(source: TileSource, why: str) -> CounterSource:
    return CounterSource(source.layer, source.reach, source.when, source.filter, why=why)


def _with_note(sql: str, values: list[object], text: bytes) -> tuple[str, list[object]]:
    return f"SELECT CASE WHEN length(b) > 0 THEN b || %s::bytea ELSE b END FROM ({sql}) made (b)", [text, *values]  # noqa: S608  made of statements
