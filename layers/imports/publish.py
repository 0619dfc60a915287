"""From checked rows to a published table: made from the layer's model, filled, indexed, under the change log."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.changes.tracking import Tracked, quote
from gis_core.models import AdminUnit
from layers.imports.database import number, rows, run
from layers.imports.request import ImportRefused
from layers.imports.runtime import model_of
from layers.imports.staging import TABLE
from layers.models import ImportedLayer, LayerSetting
from layers.models.imported_layer import Column

PREFIX = "imported_"
# The role of the web and worker processes (bin/lib/roles.sql). Default privileges of the owner cover the private cluster;
# a database of somebody else's may lack them.
_APP_ROLE = "ioc_app"


@dataclass(frozen=True)
class Placement:
    """How rows find their administrative unit: the communes considered, and the unit of rows that lie in none of them."""

    communes: tuple[int, ...]
    otherwise: int | None


def placement(units: tuple[AdminUnit, ...]) -> Placement:
    """Today's communes, all or those below `units`; a single unit also takes the rows that lie elsewhere."""
    communes = AdminUnit.objects.current().filter(level=AdminUnit.Level.COMMUNE)
    if not units:
        return Placement(tuple(communes.values_list("pk", flat=True)), None)
    below = [pk for unit in units for pk in communes.subtree(unit.path).values_list("pk", flat=True)]
    return Placement(tuple(below), units[0].pk if len(units) == 1 else None)


def create(layer: ImportedLayer, where: Placement) -> int:
    """Make the layer's table, in place of the one that it may have, and fill it from the staging table; rows written."""
    return make(layer, lambda: _fill(layer, where, 0))


def make(layer: ImportedLayer, fill: Callable[[], int]) -> int:
    """Make the layer's table in place of the one that it may have; `fill` writes its rows and says how many."""
    model = model_of(layer)
    _drop_table(layer.table)
    # Indexes and the foreign key are made when the block ends, after the rows.
    with connection.schema_editor(atomic=False) as editor:
        editor.create_model(model)
        written = fill()
    run(Tracked(layer.table, public="is_public").sql())
    _announce(layer.table)
    _finish(layer.table)
    return written


def append(layer: ImportedLayer, where: Placement) -> int:
    """Add the staged rows to the layer's table; rows written."""
    last = number(f"SELECT coalesce(max(id), 0) FROM {quote(layer.table)}")  # noqa: S608  quoted
    _bulk(on=True)
    written = _fill(layer, where, last)
    _bulk(on=False)
    _finish(layer.table)
    return written


def upsert(layer: ImportedLayer, where: Placement, key: str) -> tuple[int, int]:
    """Rows whose key is there take the staged values, the others are added; how many were renewed, how many added."""
    name, table = quote(key), quote(layer.table)
    if rows(f"SELECT FROM {table} WHERE {name} IN (SELECT {name} FROM {TABLE}) GROUP BY {name} HAVING count(*) > 1 LIMIT 1"):  # noqa: S608  quoted
        raise ImportRefused(_("In the layer itself several rows have the same value of “%(field)s”.") % {"field": key})
    last = number(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608  quoted
    _bulk(on=True)
    given = {column["name"] for column in staged_columns()}
    kept = "".join(f", {quote(column['name'])} = s.{quote(column['name'])}" for column in layer.columns if column["name"] in given)
    renewed = run(
        f"""
        UPDATE {table} t SET geom = s.shape, admin_unit_id = s.unit_id, updated_at = %(now)s{kept}
        FROM ({_placed(layer)}) s WHERE t.{name} = s.{name}
        """,  # noqa: S608  quoted
        _parameters(layer, where, last),
    )
    run(f"DELETE FROM {TABLE} WHERE {name} IN (SELECT {name} FROM {table})")  # noqa: S608  quoted
    added = _fill(layer, where, last)
    _bulk(on=False)
    _finish(layer.table)
    return renewed, added


def drop(layer: ImportedLayer) -> None:
    """Remove a layer: its table, its trigger function, its setting and its description."""
    if not layer.is_coverage:
        _announce(layer.table)
        _drop_table(layer.table)
        run(f"DROP FUNCTION IF EXISTS {quote(f'change_log_of_{layer.table}')}()")
    LayerSetting.objects.filter(layer=layer.name).delete()
    layer.delete()


def outside(layer: ImportedLayer) -> int:
    """How many rows belong to no unit."""
    return number(f"SELECT count(*) FROM {quote(layer.table)} WHERE admin_unit_id IS NULL")  # noqa: S608  quoted


def table_size(layer: ImportedLayer) -> int:
    """How many rows the table has."""
    return number(f"SELECT count(*) FROM {quote(layer.table)}")  # noqa: S608  quoted


def staged_columns() -> list[Column]:
    """The attributes that the staging table has."""
    found = rows("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [TABLE])
    return [Column(name=name, alias=name, type="text") for (name,) in found if name not in ("row", "geom")]


def _placed(layer: ImportedLayer) -> str:
    """Staged rows with their shape as the table holds it, and the unit in which they lie (SQL)."""
    shape = f"ST_SetSRID(s.geom, {layer.srid})"
    if layer.geometry_type.startswith("Multi"):
        shape = f"ST_Multi({shape})"
    # Hand SQL: the columns are known only at run time, and the unit is found by the subdivided twin.
    return f"""
        SELECT s.*, {shape} AS shape, coalesce(found.unit_id, %(otherwise)s) AS unit_id
        FROM (
            SELECT *, ST_Transform(ST_PointOnSurface(ST_SetSRID(geom, {layer.srid})), 4326) AS place FROM {TABLE}
            OFFSET 0 -- computed once a row, not once a comparison
        ) s LEFT JOIN LATERAL (
            SELECT p.unit_id FROM gis_core_adminunitpart p
            WHERE p.unit_id = ANY(%(communes)s) AND ST_Intersects(p.geom, s.place)
            ORDER BY p.unit_id LIMIT 1
        ) found ON true
    """  # noqa: S608  quoted


def _parameters(layer: ImportedLayer, where: Placement, after: int) -> dict[str, object]:
    return {
        "after": after,
        "otherwise": where.otherwise,
        "communes": list(where.communes),
        "now": timezone.now(),
        "public": layer.access == ImportedLayer.Access.PUBLIC,
    }


def _fill(layer: ImportedLayer, where: Placement, after: int) -> int:
    """Staged rows into the table. A row keeps its number in the file as its id (after those that are there)."""
    given = {column["name"] for column in staged_columns()}
    names = "".join(f", {quote(column['name'])}" for column in layer.columns if column["name"] in given)
    written = run(
        f"""
        INSERT INTO {quote(layer.table)} (id, admin_unit_id, is_demo, updated_at, is_public, geom{names})
        SELECT row + %(after)s, unit_id, false, %(now)s, %(public)s, shape{names} FROM ({_placed(layer)}) placed ORDER BY row
        """,  # noqa: S608  quoted
        _parameters(layer, where, after),
    )
    set_sequence(layer.table)
    return written


def set_sequence(table: str) -> None:
    """New rows get ids after those that are there."""
    last = f"(SELECT max(id) FROM {quote(table)})"  # noqa: S608  quoted
    run(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), greatest({last}, 1))", [quote(table)])


def _drop_table(table: str) -> None:
    # Foreign keys are checked at the end of a transaction, and a table with such checks waiting cannot be dropped.
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"DROP TABLE IF EXISTS {quote(table)}")
    run("SET CONSTRAINTS ALL DEFERRED")


def _announce(table: str) -> None:
    """One change "read the table again" for a table that was filled or goes. The trigger writes it: nothing else does."""
    _bulk(on=True)
    run(f"DELETE FROM {quote(table)} WHERE false")  # noqa: S608  quoted
    _bulk(on=False)


def _bulk(*, on: bool) -> None:
    run("SELECT set_config('ioc.bulk', %s, true)", ["on" if on else ""])


def _finish(table: str) -> None:
    if rows("SELECT FROM pg_roles WHERE rolname = %s", [_APP_ROLE]):
        run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quote(table)} TO {_APP_ROLE}")
    run(f"ANALYZE {quote(table)}")
