"""Where a transaction's own writes stand in the change log."""

from django.db import connection


def position() -> int | None:
    """The log's last entry of the present transaction; None where it wrote nothing that is tracked.

    Hand SQL: only the log's own types know a transaction's number.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(seq) FROM change_log WHERE txid = pg_current_xact_id()")
        found: int | None = cursor.fetchone()[0]
    return found
