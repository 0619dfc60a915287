"""`manage data_subject export|erase`: what a person may ask of whoever holds their data."""

import sys
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.audit import privacy


class Command(BaseCommand):
    """Writes JSON; names the request (`--reason`) in the audit log."""

    help = "Export or erase what is held of one person."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("what", choices=["export", "erase"])
        for name in ("phone", "email", "id-number", "username"):
            parser.add_argument(f"--{name}", default="")
        parser.add_argument("--reason", required=True, help="number of the person's request, for the audit log")
        parser.add_argument("--out", default="-", help="a file for the JSON (default: standard output)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError without anything that names a person."""
        subject = privacy.Subject(options["phone"], options["email"], options["id_number"], options["username"])
        if not subject:
            raise CommandError("Name the person: --phone, --email, --id-number or --username.")
        act = privacy.export if options["what"] == "export" else privacy.erase
        told = orjson.dumps(act(subject, options["reason"]), option=orjson.OPT_INDENT_2, default=str)
        if options["out"] == "-":
            sys.stdout.write(told.decode() + "\n")
        else:
            Path(options["out"]).write_bytes(told)
