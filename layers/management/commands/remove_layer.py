"""`manage.py remove_layer NAME`: an imported layer goes, with its rows."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from layers.imports.load import remove_layer
from layers.imports.request import ImportRefused


class Command(BaseCommand):
    """Removes a layer that `import_layer` made."""

    requires_system_checks: list[str] = []
    help = "Remove an imported layer with its rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The name."""
        parser.add_argument("name", help=_("name of the imported layer"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove."""
        try:
            layer = remove_layer(options["name"])
        except ImportRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(_("The layer “%(name)s” is removed.") % {"name": layer.name})
