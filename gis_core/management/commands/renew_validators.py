"""`manage.py renew_validators`: after a restored backup, make every ETag given out before void."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection


class Command(BaseCommand):
    """A dump restored by pg_restore, a copy of the database and a recovery to a point in time are noticed without it.

    Files of the database put back while the service was stopped leave no trace in the database; this leaves one.
    """

    help = "Make all validators (ETags) given out so far void. Run it after the database's files were put back from a backup."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM FULL change_log")  # another file: another history (gis_core/changes/follow.py)
        self.stdout.write("Every node reads its layers anew, and no validator from before is honoured.")
