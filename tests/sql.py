"""Writing past every door of ours, as any program with a database connection may."""

from typing import Any

from django.db import connection


def execute(statement: str, *values: Any) -> None:
    """Run one statement on Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
