"""A transaction over very many rows writes one row of the log; the log has one index less; triggers are made anew."""

from collections.abc import Iterator
from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader

from gis_core import changes
from gis_core.changes.tracking import TrackChanges

_SQL = Path(changes.__file__).parent
_UNDO = "DROP FUNCTION change_log_many(text, text); DROP FUNCTION change_log_reload(text)"


def _tracked() -> Iterator[TrackChanges]:
    """Every table that a migration of any application puts under the log."""
    for migration in MigrationLoader(None).disk_migrations.values():
        yield from (operation for operation in migration.operations if isinstance(operation, TrackChanges))


def _again(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Give the tables that exist already the triggers of today."""
    names = set(editor.connection.introspection.table_names())
    for operation in _tracked():
        if operation.tracked.table in names:
            editor.execute(operation.tracked.sql())


class Migration(migrations.Migration):
    """Cheaper triggers."""

    dependencies = [("gis_core", "0004_admin_unit_label")]
    operations = [
        migrations.RunSQL((_SQL / "many_rows.sql").read_text(encoding="utf-8"), _UNDO),
        # The last change of a layer comes from memory (gis_core/changes/clock.py); each write paid for the index.
        migrations.RunSQL(
            "DROP INDEX IF EXISTS change_log_latest", "CREATE INDEX IF NOT EXISTS change_log_latest ON change_log (table_name, seq)"
        ),
        migrations.RunPython(_again, migrations.RunPython.noop),
    ]
