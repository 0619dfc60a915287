"""`bin/manage rekey_parcels FILE --on 2025-07-01`: a reform of units over the parcels, from a table of sheets."""

import csv
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from land.mutations.rekeying import Line, rekey

COLUMNS = ("old_unit", "old_sheet", "new_unit", "new_sheet")


class Command(BaseCommand):
    """All or nothing; every fault is named."""

    help = f"Gives parcels the keys of a reform. The file is CSV with the columns {', '.join(COLUMNS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the day, and whether it is only tried."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--on", type=date.fromisoformat, required=True, help="first day of the new units")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it."""
        done = rekey(_lines(options["file"]), options["on"], dry_run=options["dry_run"])
        if done.faults:
            raise CommandError("Nothing was written:\n" + "\n".join(done.faults))
        self.stdout.write(f"{done.parcels} parcels {'would get' if options['dry_run'] else 'got'} new keys.")


def _lines(path: Path) -> list[Line]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        return [Line(row["old_unit"].strip(), int(row["old_sheet"]), row["new_unit"].strip(), int(row["new_sheet"])) for row in rows]
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None
    except (KeyError, ValueError, AttributeError):
        raise CommandError(f"{path} needs the columns {', '.join(COLUMNS)}, sheets as whole numbers.") from None
