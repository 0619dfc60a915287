"""Hand SQL of the importers: tables made at run time have no model that the ORM could ask."""

from typing import Any

from django.db import connection


def run(sql: str, parameters: Any = None) -> int:
    """Execute a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def rows(sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def number(sql: str, parameters: Any = None) -> int:
    """The whole number that a query of one row and one column answers."""
    ((value,),) = rows(sql, parameters)
    return int(value)
