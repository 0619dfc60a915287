"""Rows of a batch, inserted from one JSON document.

Django writes a placeholder for each value of each row: half of what taking in a report cost was to put that statement
together and to take it apart again.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

import orjson
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import AutoField, Field, Model

from gis_core.changes.tracking import quote

M = TypeVar("M", bound=Model)


def insert(rows: Sequence[M]) -> None:
    """Like `bulk_create`, without its signals, checks of validity and handling of conflicts: unsaved rows of one model get written.

    A key that the database makes is set on each row. Raises IntegrityError.
    """
    if not rows:
        return
    model = type(rows[0])
    with connection.cursor() as cursor:
        cursor.execute(_statement(model), {"rows": orjson.dumps([_document(row) for row in rows]).decode()})
        keys = cursor.fetchall()
    # INSERT … SELECT returns rows in the order in which it inserts them: that of the document.
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


@cache
def _fields(model: type[Model]) -> "tuple[Field[Any, Any], ...]":
    return tuple(field for field in model._meta.concrete_fields if not field.generated and not isinstance(field, AutoField))


@cache
def _statement(model: type[Model]) -> str:
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    columns = ", ".join(quote(field.column) for field in _fields(model))
    given = f"jsonb_populate_recordset(NULL::{table}, %(rows)s::jsonb)"
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {given} RETURNING {key}"  # noqa: S608  names of a model


def _document(row: Model) -> dict[str, object]:
    return {str(field.column): _plain(field.pre_save(row, add=True)) for field in _fields(type(row))}


def _plain(value: object) -> object:
    """orjson knows times, UUIDs and choices; PostGIS reads the binary form, which keeps all digits."""
    return value.hexewkb.decode() if isinstance(value, GEOSGeometry) else value
