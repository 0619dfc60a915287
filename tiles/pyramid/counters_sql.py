"""Counters in the database: the same squares and points as counters.py makes from memory."""

from pathlib import Path
from string import Template

from gis_core.access import Reach
from gis_core.changes.tracking import quote
from layers.filters.selecting import Filter
from layers.generalisation import Grouping
from layers.layer import FeatureLayer, When
from tiles.pyramid.anchors import anchored
from tiles.pyramid.counters import attributes
from tiles.pyramid.tally import CELL_BITS

_GRID, _UNITS = (Template(Path(__file__).with_name(name).read_text(encoding="utf-8")) for name in ("counters.sql", "units.sql"))
# Only what is near the tile is read where no totals of whole units are wanted.
_HERE = "{geom} && ST_MakeEnvelope(%(mwest)s::float8, %(msouth)s::float8, %(meast)s::float8, %(mnorth)s::float8, 3857)"


def counters(layer: FeatureLayer, reach: Reach, when: When, chosen: Filter | None, *, units: bool) -> tuple[str, list[object]]:
    """SQL with the named parameters of `tiles.mvt_sql.tile_query` that yields the layers' bytes, and its positional values."""
    how = layer.grouping
    assert how is not None
    rows = anchored(layer, reach, when, chosen, "true" if units else _HERE)
    names = [quote(name) for name in attributes(how)]
    made = aggregates(how)
    also = f" || coalesce((SELECT ST_AsMVT(units, '{layer.name}_units', 4096, 'geom', 'id') FROM units), ''::bytea)"  # noqa: S608  ours
    sql = _GRID.substitute(
        rows=rows.sql,
        cell=CELL_BITS,
        name=layer.name,
        attributes=made,
        units=_UNITS.substitute(attributes=made, names=", ".join(["id", *names])) if units else "",
        also=also if units else "",
    )
    return sql, list(rows.values)


def how_many(layer: FeatureLayer, reach: Reach, when: When, chosen: Filter | None, most: int) -> tuple[str, list[object]]:
    """SQL of how many features count in the tile, counted up to `most`; and its positional values."""
    rows = anchored(layer, reach, when, chosen, _HERE)
    here = "ux >> (32 - %(z)s::int) = %(x)s::bigint AND uy >> (32 - %(z)s::int) = %(y)s::bigint"
    return f"SELECT count(*) FROM (SELECT 1 FROM ({rows.sql}) a WHERE {here} LIMIT {most}) counted", list(rows.values)  # noqa: S608  ours


def aggregates(how: Grouping) -> str:
    """Aggregates of rows (g, n, w) of one place: n, area, the largest group, the share of each in percent."""
    keys = "ARRAY[" + ", ".join(f"'{key}'" for key in how.keys) + "]"
    largest = f"({keys})[1 + CASE WHEN sum(w) > 0 THEN (array_agg(g ORDER BY w DESC, g))[1] ELSE (array_agg(g ORDER BY n DESC, g))[1] END]"
    shares = (
        f"NULLIF(div(200 * coalesce(sum(w) FILTER (WHERE g = {number}), 0) + sum(w), NULLIF(2 * sum(w), 0)), 0)::bigint AS share_{key}"
        for number, key in enumerate(how.keys)
    )
    area = [f"div(sum(w) + {how.parts // 2}, {how.parts})::bigint AS area"] if how.measure else []
    return ", ".join(["sum(n)::bigint AS n", *area, f'{largest} AS "group"', *shares])
