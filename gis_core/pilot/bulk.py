"""COPY: the fastest way to write many rows, and a measurement of what the database takes at best."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, models

from gis_core.changes.tracking import quote

LINES = 2_000
"""Rows that are sent (and counted) together."""
NULL = "\\N"


@dataclass(frozen=True)
class Target:
    """A table and the columns that are written, in order."""

    table: str
    columns: tuple[str, ...]

    def copy_sql(self, table: str | None = None) -> str:
        """The COPY statement, into this table or one like it."""
        return f"COPY {quote(table or self.table)} ({', '.join(map(quote, self.columns))}) FROM STDIN"


def target(model: type[models.Model], columns: Sequence[str]) -> Target:
    """A model's table with these fields."""
    fields = [model._meta.get_field(name) for name in columns]
    return Target(model._meta.db_table, tuple(str(field.column) for field in fields if isinstance(field, models.Field)))


def chunks(columns: Sequence[Iterable[str]]) -> Iterator[tuple[int, str]]:
    """Rows in COPY's text format from columns of texts, some thousand lines at a time, with their count.

    The texts are our own: without tabs, line ends or backslashes (a row would end up in pieces, and COPY refuse it).
    """
    lines: list[str] = []
    for row in zip(*columns, strict=True):
        lines.append("\t".join(row))
        if len(lines) == LINES:
            yield len(lines), "\n".join(lines) + "\n"
            lines = []
    if lines:
        yield len(lines), "\n".join(lines) + "\n"


def copy(into: Target, columns: Sequence[Iterable[str]], advance: Callable[[int], None] = lambda rows: None) -> int:
    """Write columns of texts into a table in the current transaction; answers the number of rows."""
    total = 0
    with connection.cursor() as cursor, cursor.copy(into.copy_sql()) as stream:
        for rows, text in chunks(columns):
            stream.write(text)
            total += rows
            advance(rows)
    return total


def new_ids(table: str, count: int) -> list[int]:
    """Fresh primary keys from the table's own sequence, for rows that others will refer to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def bare_rate(into: Target, condition: str, most: int) -> tuple[int, float]:
    """How fast the server takes rows by COPY alone: copies up to `most` existing rows into an empty table like theirs.

    The empty table has the same columns, generated columns and indexes, but no triggers and no foreign keys, and the text is
    ready beforehand. It is no temporary table: those are spared the write-ahead log. Answers rows and seconds.
    """
    names = ", ".join(map(quote, into.columns))
    # The condition is a constant of ours; column and table names are quoted.
    source = f"COPY (SELECT {names} FROM {quote(into.table)} WHERE {condition} LIMIT {most}) TO STDOUT"  # noqa: S608
    with connection.cursor() as cursor:
        with cursor.copy(source) as stream:
            text = [bytes(block) for block in stream]
        cursor.execute(f"CREATE TABLE bare_copy (LIKE {quote(into.table)} INCLUDING ALL)")
        began = time.perf_counter()
        with cursor.copy(into.copy_sql("bare_copy")) as stream:
            for start in range(0, len(text), LINES):
                stream.write(b"".join(text[start : start + LINES]))
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE bare_copy")
    return len(text), seconds
