"""Vector tiles from PostGIS: the SQL source (MVT 2.1).

A layer's rows come from the ORM, with the permission predicate inside, and are wrapped once. The text of the statement
depends on the source and the matrix set alone and is kept; the tile's place is in its parameters.
"""

from collections.abc import Sequence
from functools import lru_cache

from django.db import connection
from django.db.models import F

from gis_core.changes.tracking import quote
from gis_core.crs import WEB_MERCATOR
from layers.layer import When
from tiles.matrix import MatrixSet, Tile
from tiles.source import OwnSource, TileSource

EXTENT = 4096
BUFFER = 64
MARGIN = BUFFER / EXTENT

__all__ = ["BUFFER", "EXTENT", "MARGIN", "TileSource", "feature_statement", "tile_query"]


def tile_query(sources: Sequence[TileSource], tile: Tile) -> tuple[str, dict[str, object]]:
    """One statement for all layers of a tile, hence one state of the data; MVT layers are concatenated as bytes."""
    parts: list[str] = []
    parameters: dict[str, object] = {
        "z": tile.z,
        "x": tile.x,
        "y": tile.y,
        **dict(zip(("west", "south", "east", "north"), tile.bounds(), strict=True)),
        **dict(zip(("mwest", "msouth", "meast", "mnorth"), tile.bounds(MARGIN), strict=True)),
    }
    if not tile.is_mercator:
        parameters.update(zip(("wwest", "wsouth", "weast", "wnorth"), tile.mercator_bounds(MARGIN), strict=True))
    for number, source in enumerate(sources):
        sql, values = source.statement(tile) if isinstance(source, OwnSource) else feature_statement(source, tile)
        names = [f"p{number}_{index}" for index in range(len(values))]
        parameters.update(zip(names, values, strict=True))
        parts.append(f"({_named(sql, names)})")
    return "SELECT " + " || ".join(parts), parameters


def feature_statement(source: TileSource, tile: Tile) -> tuple[str, list[object]]:
    """The features of a source."""
    # Zooms that carry the same fields share a statement.
    zoom = max((at for at in source.layer.tile_fields_from.values() if tile.matrix.zoom(at) <= tile.z), default=0)
    return _statement(source, source.layer.moment(source.when), tile.matrix, zoom)


def _named(sql: str, names: Sequence[str]) -> str:
    """Django's positional placeholders by name, so that several statements can stand in one."""
    first, *rest = sql.split("%s")
    return first + "".join(f"%({name})s{piece}" for name, piece in zip(names, rest, strict=True))


@lru_cache(maxsize=512)
def _statement(source: TileSource, when: When, matrix: MatrixSet, zoom: int) -> tuple[str, list[object]]:
    layer = source.layer
    own = layer.tile_geometry if matrix.srid == WEB_MERCATOR else layer.geometry
    geometries = {own: layer.name, **({layer.label_geometry: layer.label_layer} if layer.label_geometry else {})}
    selects, values = [], []
    for geometry, name in geometries.items():
        sql, own_values = _select(source, when, matrix, geometry, name, source.columns(zoom))
        selects.append(f"coalesce(({sql}), ''::bytea)")
        values.extend(own_values)
    return "SELECT " + " || ".join(selects), values


def _select(
    source: TileSource, when: When, matrix: MatrixSet, geometry: str, name: str, columns: Sequence[tuple[str, F, str]]
) -> tuple[str, list[object]]:
    """One MVT layer from one geometry column."""
    layer, meta = source.layer, source.layer.model._meta
    assert meta.pk is not None
    is_true = (layer.srid if geometry == layer.geometry else WEB_MERCATOR) == matrix.srid
    shape = quote(meta.get_field(geometry).column)  # type: ignore[union-attr]
    # Where the tile's plane is not the column's, the index of the Mercator geometry finds the rows and PROJ moves them.
    found_by = geometry if is_true else (layer.tile_geometry if geometry == layer.geometry else geometry)
    rows = layer.rows(source.reach, when)
    rows = rows if source.filter is None else source.filter.of(rows)
    named = {f"a{number}": path for number, (_name, path, _value) in enumerate(columns)}
    query = rows.values(meta.pk.name, *dict.fromkeys((geometry, found_by)), **named).order_by().query.clone()
    query.subquery = True  # else GeoDjango casts the geometry to bytea
    inner, values = query.get_compiler(connection=connection).as_sql()
    attributes = "".join(f", {value.format(f'r.a{n}')} AS {quote(field)}" for n, (field, _path, value) in enumerate(columns))
    moved = f"r.{shape}" if is_true else f"ST_Transform(r.{shape}, {matrix.srid})"
    near = "m" if is_true else "w"
    # No "geometry is not null" outside: the planner would run ST_AsMVTGeom twice, and ST_AsMVT skips nulls by itself.
    sql = (
        f"SELECT ST_AsMVT(t, '{name}', {EXTENT}, 'g', 'id') FROM ("  # noqa: S608  names are the class's, quoted; values are parameters
        f"SELECT r.{quote(meta.pk.column)} AS id{attributes},"
        f" ST_AsMVTGeom({moved}, {_envelope('', matrix.srid)}, {EXTENT}, {BUFFER}, true) AS g"
        f" FROM ({inner}) r"
        f" WHERE r.{quote(meta.get_field(found_by).column)} && {_envelope(near, matrix.srid if is_true else WEB_MERCATOR)}"  # type: ignore[union-attr]
        f" ORDER BY r.{quote(meta.pk.column)}) t"
    )
    return sql, list(values)


def _envelope(prefix: str, srid: int) -> str:
    corners = ", ".join(f"%({prefix}{side})s::float8" for side in ("west", "south", "east", "north"))
    return f"ST_MakeEnvelope({corners}, {srid})"
