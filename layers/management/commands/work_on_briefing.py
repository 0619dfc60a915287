"""`manage.py work_on_briefing UID`: what the worker starts for each report, as a process that it can kill."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand

from gis_core.work.jobs import die_with_parent
from layers.briefings.jobs import work


class Command(BaseCommand):
    """Does the work on a report and ends."""

    requires_system_checks: list[str] = []
    help = "A report; started by the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which."""
        parser.add_argument("uid", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        die_with_parent()
        work(options["uid"])
