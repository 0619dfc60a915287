"""One layer of a tile: which rows, which of their attributes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models
from django.db.models import F

from gis_core.access import Reach
from gis_core.changes.clock import Box, clock
from layers.attributes import Attribute, attributes
from layers.filters.selecting import Filter
from layers.layer import FeatureLayer, When
from layers.store.store import LayerStore
from tiles.matrix import Tile


@dataclass(frozen=True)
class TileSource:
    """Rows inside `reach` at the moment `when`, those of `filter` where there is one.

    `fields` are names of published attributes; None stands for the layer's own `tile_fields`.
    """

    layer: FeatureLayer
    reach: Reach
    when: When = None
    filter: Filter | None = None
    fields: tuple[str, ...] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the tile is the layer's own: counters, blocks and everything else made beforehand show only these."""
        return self.filter is None and self.fields is None

    @property
    def in_memory(self) -> bool:
        """Whether the feature store's columns suffice."""
        own = self.fields is None or set(self.fields) <= set(self.layer.tile_fields)
        return own and (self.filter is None or self.filter.in_memory)

    def reading(self, box: Box) -> Box | None:
        """Where the rows lie on which a tile over `box` (EPSG:3857) depends; None: anywhere."""
        return box

    @cached_property
    def variant(self) -> str:
        """What filter and fields contribute to validators, with the state of other tables that they read."""
        if self.is_plain:
            return ""
        tables = {a.column.model._meta.db_table for a in self.attributes if a.part} | (self.filter.tables if self.filter else set())
        stamps = ",".join(str(clock.stamp(table)) for table in sorted(tables))
        shown = "*" if self.fields is None else ",".join(self.fields)
        return f"{self.filter.key if self.filter else ''}:{shown}:{stamps}"

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes asked for by name."""
        known = {attribute.name: attribute for attribute in attributes(self.layer)}
        return tuple(known[name] for name in self.fields or ())

    def types(self) -> "list[tuple[str, models.Field[Any, Any]]]":
        """(name in the tile, column that defines its type) of each attribute."""
        if self.fields is None:
            return [(name, self.layer.model._meta.get_field(name)) for name in self.layer.tile_fields]  # type: ignore[misc]
        return [(attribute.name, attribute.column) for attribute in self.attributes]

    def columns(self, zoom: int) -> list[tuple[str, F, str]]:
        """(name in the tile, ORM path, SQL that makes the value of the column `{}`) of each attribute in tiles of `zoom`."""
        if self.fields is None:
            return [(name, F(name), "{}") for name in self.layer.carried(zoom)]
        return [(attribute.name, F(attribute.lookup), _value(attribute.column)) for attribute in self.attributes]


@dataclass(frozen=True)
class OwnSource(TileSource):
    """A source that is not drawn feature by feature (tiles/pyramid)."""

    def statement(self, tile: Tile) -> tuple[str, list[object]]:
        """SQL with the named parameters of `tiles.mvt_sql.tile_query` that yields the bytes, and its positional values."""
        raise NotImplementedError

    def encoded(self, store: LayerStore, tile: Tile) -> bytes:
        """The same from memory."""
        raise NotImplementedError


def _value(column: "models.Field[Any, Any]") -> str:
    """Numbers as numbers and times as ISO 8601; ST_AsMVT would write both as PostgreSQL prints them."""
    kind = column.db_type(connection) or ""
    if kind.startswith("numeric"):
        return "{}::double precision"
    return "to_json({}) #>> '{{}}'" if kind.startswith("timestamp") else "{}"
