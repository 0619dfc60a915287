"""`manage.py build_messages`: compile the translations without GNU gettext, which a bare system lacks."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Compiles every django.po of the project into the django.mo beside it, where it is out of date."""

    help = "Compile translations (django.po to django.mo)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--check", action="store_true", help="Fail when a message has no translation or a fuzzy one.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile, or check."""
        files = sorted(Path(settings.BASE_DIR).glob("*/locale/*/LC_MESSAGES/django.po"))
        missing = [f"{path.parts[-5]}: {entry.msgid}" for path in files for entry in self._compile(path)]
        if options["check"] and missing:
            raise CommandError("Without translation:\n" + "\n".join(missing))

    def _compile(self, path: Path) -> list[polib.POEntry]:
        catalogue = polib.pofile(str(path))
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            catalogue.save_as_mofile(str(target))
        return [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]
