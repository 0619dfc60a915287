"""A migration keeps the running version working: what takes something away says that its time has come."""

import inspect

from django.db import migrations
from django.db.migrations.loader import MigrationLoader

from tests.architecture.sources import PACKAGES

# Before the first release nobody ran an older version beside a newer one.
_FIRST = {"gis_core": 5, "land": 12, "layers": 99, "tiles": 99, "incidents": 9}
_TAKING = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel, migrations.AlterModelTable)


def _takes_away(operation: object) -> bool:
    if isinstance(operation, migrations.RunSQL):
        text = str(operation.sql).upper()
        return "DROP COLUMN" in text or "DROP TABLE" in text or "RENAME" in text
    return isinstance(operation, _TAKING)


def test_what_takes_away_says_so() -> None:
    """With the word *contract* in its docstring, one version after nothing uses it any more (docs/operations.md)."""
    late = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app not in PACKAGES or int(name[:4]) <= _FIRST.get(app, 0):
            continue
        if any(map(_takes_away, migration.operations)) and "contract" not in (inspect.getdoc(type(migration)) or ""):
            late.append(f"{app} {name}")
    assert late == []
