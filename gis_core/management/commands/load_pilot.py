"""`manage.py load_pilot`: the demo data of the pilot town."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from gis_core.pilot import runner
from gis_core.pilot.progress import Progress
from gis_core.pilot.steps import Run, ordered_steps

ACCOUNTS = "accounts"


class Command(BaseCommand):
    """Loads a made-up Tam Kỳ. Killed midway it goes on where it was; run again it changes nothing."""

    requires_system_checks: list[str] = []  # a second run has a second; the service checks itself
    help = "Load the pilot's demo data: units, parcels, incidents, roads, places, water, demo accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options; without any, what is already loaded decides."""
        parser.add_argument("--scale", type=_scale, help="Size, 0.1 to 20: about 67,000 parcels at 1 (default), a million at 20.")
        parser.add_argument("--seed", type=int, help="Another number, another town (default 1).")
        parser.add_argument("--date", type=_day, help="The day on which the demo plays, YYYY-MM-DD (default today).")
        parser.add_argument("--reset", action="store_true", help="Remove the pilot data first.")
        parser.add_argument("--no-accounts", action="store_true", help="Make no demo accounts.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing."""
        try:
            with runner.only_load():
                self._load(options)
        except runner.LoadRefused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _load(self, options: dict[str, Any]) -> None:
        autodiscover_modules("pilot.load", "pilot.accounts")
        steps = ordered_steps()
        if options["reset"]:
            runner.clear(steps, self.stdout)
        wanted = runner.Wanted(options["seed"], options["scale"], options["date"])
        seed, scale, day = runner.settle(wanted, seed=1, scale=1.0, day=timezone.localdate())
        chosen = [step for step in steps if not (options["no_accounts"] and step.name == ACCOUNTS)]
        missing = runner.missing_parts(chosen)
        if not missing:
            self.stdout.write(f"The pilot data (scale {scale:g}, seed {seed}, {day}) are loaded.")
            return
        runner.load(missing, Run(seed, scale, day, Progress(self.stdout)))


def _scale(text: str) -> float:
    """A size between 0.1 and 20."""
    if not re.fullmatch(r"\d{1,2}(\.\d{1,3})?", text) or not 0.1 <= float(text) <= 20:
        raise ArgumentTypeError(f"{text!r} is no scale: use a number from 0.1 to 20.")
    return float(text)


def _day(text: str) -> date:
    """A calendar day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day: use YYYY-MM-DD.") from error
