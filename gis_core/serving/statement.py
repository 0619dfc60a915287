"""A query that is compiled once and run many times with other values.

The ORM takes a millisecond or two to write a statement that PostgreSQL answers in half a one. Where a request asks each of
many layers the same question, that is most of its time. What a statement depends on beside the values (who asks, which day)
belongs into the key by which its maker keeps it.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import Expression, Field, Model, QuerySet

Row = tuple[Any, ...]
# Place in the row, what reads the column from the database's form, and the expression that stands there.
_Converter = tuple[int, Sequence[Callable[[Any, Any, Any], Any]], Any]


class _Readers(threading.local):
    """Converters by statement. GeoDjango's hold a WKB reader of the thread that made them: two threads at one reader read each
    other's bytes, and end the process."""

    def __init__(self) -> None:
        self.of: WeakKeyDictionary[Statement, list[_Converter]] = WeakKeyDictionary()


_readers = _Readers()


class Given(Expression):
    """A value in a query that is known when the statement is run: `Statement.run` takes it by this name."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A place for the value, which is put there by name later."""
        return "%s", (self,)


@dataclass(frozen=True, eq=False)
class Statement:
    """A compiled query. It holds neither a connection nor what belongs to a thread, so that threads share it."""

    model: type[Model]
    sql: str
    parameters: Sequence[Any]
    columns: Sequence[Any]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> "Statement":
        """From a queryset of `values_list`, in which `Given` stands wherever a value comes later."""
        compiler = rows.query.get_compiler(rows.db)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return cls(rows.model, "", (), ())
        return cls(rows.model, sql, parameters, [column[0] for column in compiler.select[: compiler.col_count]])

    def run(self, **values: Any) -> list[Row]:
        """The rows for these values, read where the router sends reads of the model at this moment."""
        if not self.sql:
            return []
        connection = connections[router.db_for_read(self.model)]
        given = {name: _adapted(value, connection) for name, value in values.items()}
        parameters = [given[value.name] if isinstance(value, Given) else value for value in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows = cursor.fetchall()
        converters = self._converters(connection)
        return [_converted(row, converters, connection) for row in rows] if converters else rows

    def _converters(self, connection: Any) -> list[_Converter]:
        """Those of this thread."""
        found = _readers.of.get(self)
        if found is None:
            found = _readers.of[self] = []
            for place, column in enumerate(self.columns):
                if functions := [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]:
                    found.append((place, functions, column))
        return found


def _converted(row: Row, converters: Sequence[_Converter], connection: Any) -> Row:
    values = list(row)
    for place, functions, expression in converters:
        for convert in functions:
            values[place] = convert(values[place], expression, connection)
    return tuple(values)


def _adapted(value: Any, connection: Any) -> Any:
    return connection.ops.Adapter(value) if isinstance(value, GEOSGeometry) else value
