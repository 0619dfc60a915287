"""Puts the committed world back after a test that wrote to it.

The tests of the hot path must commit, and flushing the database would take the world from everybody else: so a copy of
every table is kept in a schema of its own, and only rows that differ from it are written back.
"""

from collections import Counter
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from gis_core.changes.tracking import quote
from layers.catalogue import catalogue

_COPY = "world_copy"
_ROUNDS = 3
_KEPT = frozenset({"change_log", "audit_entry", "audit_seal", "gis_core_signinfailure", "django_migrations", "spatial_ref_sys"})


@dataclass(frozen=True)
class Table:
    """A table of the world: its name, its primary key, and the columns that can be written."""

    name: str
    key: str
    columns: tuple[str, ...]

    def statements(self) -> tuple[str, str, str]:
        """Delete what is new, write back what differs, insert what is gone. No statement touches an unchanged row."""
        here, there, key = quote(self.name), f"{_COPY}.{quote(self.name)}", quote(self.key)
        names = ", ".join(map(quote, self.columns))
        ours, theirs = (", ".join(f"{side}.{quote(column)}" for column in self.columns) for side in "tc")
        return (
            f"DELETE FROM {here} t WHERE NOT EXISTS (SELECT FROM {there} c WHERE c.{key} = t.{key})",
            f"UPDATE {here} t SET ({names}) = ROW({theirs}) FROM {there} c "
            f"WHERE c.{key} = t.{key} AND ({ours}) IS DISTINCT FROM ({theirs})",
            f"INSERT INTO {here} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM {there} c "
            f"WHERE NOT EXISTS (SELECT FROM {here} t WHERE t.{key} = c.{key})",
        )


def remember() -> list[Table]:
    """Copy every table of our models."""
    tables = [_table(model) for model in apps.get_models(include_auto_created=True) if _is_ours(model)]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {_COPY} CASCADE; CREATE SCHEMA {_COPY}")
        for table in tables:
            cursor.execute(f"CREATE TABLE {_COPY}.{quote(table.name)} AS TABLE {quote(table.name)}")
    return tables


def put_back(tables: list[Table]) -> dict[str, int]:
    """Undo every committed difference from the copy; how many rows that were by table. Foreign keys are checked at the end."""
    written: Counter[str] = Counter()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # Triggers answer to what is put back (a unit's parts are cut anew), so it is put back until nothing differs.
        for _round in range(_ROUNDS):
            again = Counter(written)
            for step in range(3):
                for table in tables:
                    cursor.execute(table.statements()[step])
                    written[table.name] += cursor.rowcount
            if written == again:
                break
        for name in _strangers(tables):
            cursor.execute(f"DROP TABLE {quote(name)} CASCADE")
            written[name] += 1
    if written := +written:
        catalogue.reload()
    return dict(written)


def _strangers(tables: list[Table]) -> list[str]:
    """Tables made since (imports make one a layer)."""
    known = _KEPT | {table.name for table in tables}
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return [name for name in names if name not in known and not name.startswith(("procrastinate", "django_"))]


def _is_ours(model: type) -> bool:
    meta = model._meta  # type: ignore[attr-defined]
    return meta.managed and not meta.proxy and meta.db_table not in _KEPT and not meta.db_table.startswith("procrastinate")


def _table(model: type) -> Table:
    meta = model._meta  # type: ignore[attr-defined]
    return Table(meta.db_table, meta.pk.column, tuple(column.column for column in meta.concrete_fields if not column.generated))
