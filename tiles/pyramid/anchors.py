"""Where a feature counts: the middle of its box on the world grid, the same number in SQL and in memory.

SQL of counters and of blocks reads rows through the same inner statement: id, group, unit, published, measure, anchor.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from gis_core.access import Reach
from gis_core.changes.tracking import quote
from gis_core.models import SpatialRow
from layers.filters.selecting import Filter
from layers.generalisation import Grouping
from layers.layer import FeatureLayer, When
from layers.store.schema import counted

# Steps of the grid in a metre (layers/store/grid.py), written so that PostgreSQL reads the very same double.
_SCALE = repr(2**32 / 40075016.685578488)
_HALF = 2**31


@dataclass(frozen=True)
class Anchored:
    """SQL of a layer's rows: columns id, g (group number), unit, public, w (measure in parts), ux, uy (anchor from the north-west
    corner of the world, 0 to 2^32), geom; and the values of its positional parameters."""

    sql: str
    values: tuple[Any, ...]


def anchored(layer: FeatureLayer, reach: Reach, when: When, chosen: Filter | None, condition: str = "true") -> Anchored:
    """The rows that `reach` shows at `when`. `condition` is SQL about the geometry, for which it says {geom}."""
    how, meta = layer.grouping, layer.model._meta
    assert how is not None and meta.pk is not None
    has_units = issubclass(layer.model, SpatialRow)
    flagged = has_units and layer.access.public == "flagged"
    named = [name for name in (how.field, how.measure) if name]
    names = [layer.tile_geometry, meta.pk.name, *named, *(["admin_unit_id"] if has_units else []), *(["is_public"] if flagged else [])]
    rows = layer.rows(reach, when)
    query = (rows if chosen is None else chosen.of(rows)).values(*dict.fromkeys(names)).order_by().query.clone()
    query.subquery = True  # else GeoDjango casts the geometry to bytea
    inner, values = query.get_compiler(connection=connection).as_sql()
    geom = f"r.{quote(meta.get_field(layer.tile_geometry).column)}"  # type: ignore[union-attr]
    unit = f"r.{quote(meta.get_field('admin_unit').column)}" if has_units else "NULL::bigint"  # type: ignore[union-attr]
    sql = (
        f"SELECT r.{quote(meta.pk.column)} AS id, {_group(layer, how)} AS g, {unit} AS unit,"  # noqa: S608  names and constants of the class, quoted
        f" {'r.is_public' if flagged else 'false'} AS public, {_measure(layer, how)} AS w,"
        f" {_middle(f'ST_XMin({geom})', f'ST_XMax({geom})', '')} AS ux, {_middle(f'ST_YMax({geom})', f'ST_YMin({geom})', '-')} AS uy,"
        f" {geom} AS geom FROM ({inner}) r WHERE NOT ST_IsEmpty({geom}) AND {condition.format(geom=geom)}"
    )
    return Anchored(sql, tuple(values))


def _group(layer: FeatureLayer, how: Grouping) -> str:
    """SQL of the number of a row's group."""
    if not how.groups:
        return "0"
    cases = " ".join(f"WHEN {_text(value)} THEN {number}" for value, number in how.number_of.items())
    return f"CASE r.{quote(layer.model._meta.get_field(how.field).column)} {cases} ELSE {len(how.groups)} END"  # type: ignore[union-attr]


def _measure(layer: FeatureLayer, how: Grouping) -> str:
    """SQL of what a row adds to its place: its measure in whole parts, or itself."""
    if not how.measure:
        return "1::bigint"
    return counted(f"r.{quote(layer.model._meta.get_field(how.measure).column)}", how.parts)  # type: ignore[union-attr]


def _middle(low: str, high: str, sign: str) -> str:
    return f"((({_step(low, sign)} + {_step(high, sign)}) >> 1) + {_HALF})"


def _step(metres: str, sign: str) -> str:
    return f"least(greatest(round({sign}({metres}) * {_SCALE}::float8), {-_HALF}), {_HALF - 1})::bigint"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''").replace("%", "%%") + "'"
