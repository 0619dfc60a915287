"""`manage.py check_files`: whether the file of each row is there (after a restored backup, above all)."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import FileField
from django.utils.module_loading import import_string

_SHOWN = 20


class Command(BaseCommand):
    """Reads names alone, no contents."""

    help = "Look for the file of each row: photos, uploads, documents. Names those that are missing; exits with 1 where there are any."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Raises CommandError that names what is missing."""
        missing = [*_of_fields(), *(name for path in settings.FILE_CHECKS for name in import_string(path)())]
        for name in missing[:_SHOWN]:
            self.stderr.write(name)
        if missing:
            raise CommandError(f"{len(missing)} files are missing.")
        self.stdout.write("Every row has its files.")


def _of_fields() -> Iterator[str]:
    """Of every model's file fields."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                names = model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
                yield from (f"{model._meta.label}.{field.name}: {name}" for name in names.iterator() if not field.storage.exists(name))
