"""`manage.py derive_crop_areas [--on DAY]`: hectares of each crop by commune, out of the register."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from land.crops import derive
from layers.ingestion.batch import BatchRefused


class Command(BaseCommand):
    """Run again, it changes only what changed."""

    help = "Write the crop areas of the land register into the layer crop_areas, as those of the day's year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The day; today where left out."""
        parser.add_argument("--on", type=date.fromisoformat, default=None)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it."""
        try:
            outcome = derive(options["on"] or timezone.localdate())
        except BatchRefused as refused:
            raise CommandError(refused.detail) from refused
        words = {"created": outcome.created, "corrected": outcome.corrected, "repeated": outcome.repeated}
        self.stdout.write(_("%(created)d new, %(corrected)d corrected, %(repeated)d were there already.") % words)
