"""The rows of a layer as a table for Mapnik: SQL of the caller's own queryset, so permission is inside the query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection
from django.db.models import F, QuerySet
from psycopg.sql import Literal

from gis_core.access import Reach
from gis_core.crs import WEB_MERCATOR, WGS84
from layers.filters.selecting import Filter
from layers.layer import FeatureLayer, Interval, When
from tiles.drawing.numbering import Numbering

quote = connection.ops.quote_name
GEOMETRY = "g"
_DEGREES = frozenset({WGS84, 4756})
# Where a plane of VN-2000 is still near its meridian, and where Mercator ends.
_REACHES = ((-2_000_000, -1_000_000, 3_000_000, 5_000_000), (-179.9, -85, 179.9, 85))


@dataclass(frozen=True)
class Rows:
    """Which rows of a layer are drawn: inside `reach`, at `when`, those of `filter`."""

    layer: FeatureLayer
    reach: Reach
    when: When | Interval = None
    filter: Filter | None = None

    def queryset(self) -> QuerySet[Any]:
        """The rows."""
        rows = self.layer.rows(self.reach, self.when)
        return rows if self.filter is None else self.filter.of(rows)


def table(rows: Rows, srid: int, fields: Sequence[str | Numbering], *, labels: bool = False) -> str:
    """A sub-select with the geometry `g` in EPSG:`srid` and `fields`; Mapnik puts its box in place of `!bbox!`.

    `labels`: the geometry is the layer's label point.
    """
    layer = rows.layer
    shown, found_by, moved = _geometry(layer, srid, labels=labels)
    named = {f"a{number}": F(field.field if isinstance(field, Numbering) else field) for number, field in enumerate(fields)}
    meta = layer.model._meta
    assert meta.pk is not None
    query = rows.queryset().values(meta.pk.name, *dict.fromkeys((shown, found_by)), **named).order_by().query.clone()
    query.subquery = True  # else GeoDjango casts the geometry to bytea
    inner, parameters = query.get_compiler(connection=connection).as_sql()
    column = {name: quote(meta.get_field(name).column) for name in (shown, found_by)}  # type: ignore[union-attr, arg-type]
    geometry = f"ST_Transform(r.{column[shown]}, {srid})" if moved else f"r.{column[shown]}"
    attributes = "".join(f", {_attribute(f'r.a{number}', field)}" for number, field in enumerate(fields))
    box = "!bbox!" if not moved else _box_in_mercator(srid)
    # Points lie over each other: in which order must not depend on the plan.
    order = f" ORDER BY r.{quote(meta.pk.column)}" if layer.geometry_kind == "point" else ""  # type: ignore[arg-type]
    return (
        f"(SELECT {geometry} AS {GEOMETRY}{attributes} FROM ({_inline(inner, parameters)}) r"  # noqa: S608  names are the class's, quoted; values are literals
        f" WHERE r.{column[found_by]} && {box}{order}) AS q"
    )


def _attribute(column: str, field: str | Numbering) -> str:
    if isinstance(field, str):
        return f"{column} AS {quote(field)}"
    numbers = _literal(orjson.dumps(field.numbers).decode())
    return f"coalesce(({numbers}::jsonb ->> {column}::text)::int, {field.other}) AS {quote(field.name)}"


def _geometry(layer: FeatureLayer, srid: int, *, labels: bool) -> tuple[str, str, bool]:
    """(column that is drawn, column whose index finds it, whether PostGIS has to transform it)."""
    if labels:
        return layer.label_geometry, layer.label_geometry, srid != WEB_MERCATOR
    if srid == WEB_MERCATOR:
        return layer.tile_geometry, layer.tile_geometry, False
    if srid == layer.srid:
        return layer.geometry, layer.geometry, False
    return layer.geometry, layer.tile_geometry, True


def _box_in_mercator(srid: int) -> str:
    """Mapnik's box with points on its sides, since they become curves; a little larger for what bends outwards between them.

    It is cut to where the CRS reaches: Mapnik asks for a table's columns with a box larger than the world.
    """
    west, south, east, north = _REACHES[srid in _DEGREES]
    low = f"greatest(ST_XMin(!bbox!), {west}), greatest(ST_YMin(!bbox!), {south})"
    edges = f"{low}, least(ST_XMax(!bbox!), {east}), least(ST_YMax(!bbox!), {north})"
    box = f"(SELECT ST_MakeEnvelope({edges}, {srid}) AS b) c"
    ring = "ST_Segmentize(b, greatest(1e-9, ST_XMax(b) - ST_XMin(b), ST_YMax(b) - ST_YMin(b)) / 8)"
    edge = f"ST_Envelope(ST_Transform({ring}, {WEB_MERCATOR}))"
    return f"(SELECT ST_Expand(e, (ST_XMax(e) - ST_XMin(e)) * 0.01) FROM (SELECT {edge} AS e FROM {box}) d)"  # noqa: S608  numbers alone


def _inline(sql: str, parameters: Sequence[object]) -> str:
    """The statement with its values as literals: Mapnik knows no parameters."""
    first, *rest = sql.split("%s")
    pieces = [piece.replace("%%", "%") for piece in (first, *rest)]
    return pieces[0] + "".join(f"{_literal(value)}{piece}" for value, piece in zip(parameters, pieces[1:], strict=True))


def _literal(value: object) -> str:
    """A value as SQL. Mapnik replaces what stands between exclamation marks, also inside of quotes, so there are none."""
    if isinstance(value, str) and "!" in value:
        return "(" + " || chr(33) || ".join(_literal(part) for part in value.split("!")) + ")"
    text = Literal(value).as_string(None)
    if "!" in text:
        raise ValueError(f"A value of type {type(value).__name__} cannot be written for Mapnik.")
    return text
