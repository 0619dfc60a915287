"""Vector tiles from PostGIS: the SQL source (MVT 2.1).

A layer's rows come from the ORM, with the permission predicate inside, and are wrapped once. The text of the statement
depends on layer, reach and time alone and is kept; zoom, column and row are parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from gis_core.access import Reach
from gis_core.changes.tracking import quote
from layers.layer import FeatureLayer, When
from tiles.matrix import Tile

EXTENT = 4096
BUFFER = 64
MARGIN = BUFFER / EXTENT


@dataclass(frozen=True)
class TileSource:
    """One layer of a tile: which rows, which attributes."""

    layer: FeatureLayer
    reach: Reach
    when: When = None

    def statement(self) -> tuple[str, list[object]]:
        """SQL that yields the layer's encoded bytes, with named parameters z, x, y, and the values of its own parameters."""
        return _statement(self.layer, self.reach, self.when)


def tile_query(sources: Sequence[TileSource], tile: Tile) -> tuple[str, dict[str, object]]:
    """One statement for all layers of a tile, hence one state of the data; MVT layers are concatenated as bytes."""
    parts: list[str] = []
    parameters: dict[str, object] = {"z": tile.z, "x": tile.x, "y": tile.y}
    for number, source in enumerate(sources):
        sql, values = source.statement()
        names = [f"p{number}_{index}" for index in range(len(values))]
        parameters.update(zip(names, values, strict=True))
        parts.append(f"coalesce(({_named(sql, names)}), ''::bytea)")
    return "SELECT " + " || ".join(parts), parameters


def _named(sql: str, names: Sequence[str]) -> str:
    """Django's positional placeholders by name, so that several statements can stand in one."""
    first, *rest = sql.split("%s")
    return first + "".join(f"%({name})s{piece}" for name, piece in zip(names, rest, strict=True))


@lru_cache(maxsize=512)
def _statement(layer: FeatureLayer, reach: Reach, when: When) -> tuple[str, list[object]]:
    pk = layer.model._meta.pk
    assert pk is not None
    columns = [layer.model._meta.get_field(name).column for name in layer.tile_fields]  # type: ignore[union-attr]
    query = layer.rows(reach, when).values(pk.name, *layer.tile_fields, layer.tile_geometry).order_by().query.clone()
    query.subquery = True  # else GeoDjango casts the geometry to bytea
    inner, values = query.get_compiler(connection=connection).as_sql()
    attributes = "".join(f", r.{quote(column)} AS {quote(name)}" for column, name in zip(columns, layer.tile_fields, strict=True))
    geometry = quote(layer.model._meta.get_field(layer.tile_geometry).column)  # type: ignore[union-attr]
    envelope = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s{margin})"
    # No "geometry is not null" outside: the planner would run ST_AsMVTGeom twice, and ST_AsMVT skips nulls by itself.
    sql = (
        f"SELECT ST_AsMVT(t, '{layer.name}', {EXTENT}, 'g', 'id') FROM ("  # noqa: S608  names are the class's, quoted; values are parameters
        f"SELECT r.{quote(pk.column)} AS id{attributes},"
        f" ST_AsMVTGeom(r.{geometry}, {envelope.format(margin='')}, {EXTENT}, {BUFFER}, true) AS g"
        f" FROM ({inner}) r"
        f" WHERE r.{geometry} && {envelope.format(margin=f', margin => {MARGIN}')}"
        f" ORDER BY r.{quote(pk.column)}) t"
    )
    return sql, list(values)
