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
        return _statement(self.layer, self.reach, self.layer.moment(self.when))


def tile_query(sources: Sequence[TileSource], tile: Tile) -> tuple[str, dict[str, object]]:
    """One statement for all layers of a tile, hence one state of the data; MVT layers are concatenated as bytes."""
    parts: list[str] = []
    parameters: dict[str, object] = {"z": tile.z, "x": tile.x, "y": tile.y}
    for number, source in enumerate(sources):
        sql, values = source.statement()
        names = [f"p{number}_{index}" for index in range(len(values))]
        parameters.update(zip(names, values, strict=True))
        parts.append(f"({_named(sql, names)})")
    return "SELECT " + " || ".join(parts), parameters


def _named(sql: str, names: Sequence[str]) -> str:
    """Django's positional placeholders by name, so that several statements can stand in one."""
    first, *rest = sql.split("%s")
    return first + "".join(f"%({name})s{piece}" for name, piece in zip(names, rest, strict=True))


@lru_cache(maxsize=512)
def _statement(layer: FeatureLayer, reach: Reach, when: When) -> tuple[str, list[object]]:
    geometries = {layer.tile_geometry: layer.name, **({layer.label_geometry: layer.label_layer} if layer.label_geometry else {})}
    selects, values = [], []
    for geometry, name in geometries.items():
        sql, own = _select(layer, reach, when, geometry, name)
        selects.append(f"coalesce(({sql}), ''::bytea)")
        values.extend(own)
    return "SELECT " + " || ".join(selects), values


def _select(layer: FeatureLayer, reach: Reach, when: When, geometry: str, name: str) -> tuple[str, list[object]]:
    """One MVT layer from one geometry column."""
    meta = layer.model._meta
    assert meta.pk is not None
    columns = [meta.get_field(field).column for field in layer.tile_fields]  # type: ignore[union-attr]
    query = layer.rows(reach, when).values(meta.pk.name, *layer.tile_fields, geometry).order_by().query.clone()
    query.subquery = True  # else GeoDjango casts the geometry to bytea
    inner, values = query.get_compiler(connection=connection).as_sql()
    attributes = "".join(f", r.{quote(column)} AS {quote(field)}" for column, field in zip(columns, layer.tile_fields, strict=True))
    shape = quote(meta.get_field(geometry).column)  # type: ignore[union-attr]
    envelope = "ST_TileEnvelope(%(z)s, %(x)s, %(y)s{margin})"
    # No "geometry is not null" outside: the planner would run ST_AsMVTGeom twice, and ST_AsMVT skips nulls by itself.
    sql = (
        f"SELECT ST_AsMVT(t, '{name}', {EXTENT}, 'g', 'id') FROM ("  # noqa: S608  names are the class's, quoted; values are parameters
        f"SELECT r.{quote(meta.pk.column)} AS id{attributes},"
        f" ST_AsMVTGeom(r.{shape}, {envelope.format(margin='')}, {EXTENT}, {BUFFER}, true) AS g"
        f" FROM ({inner}) r"
        f" WHERE r.{shape} && {envelope.format(margin=f', margin => {MARGIN}')}"
        f" ORDER BY r.{quote(meta.pk.column)}) t"
    )
    return sql, list(values)
