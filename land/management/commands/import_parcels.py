"""`manage.py import_parcels FILE --unit CODE`: a commune's parcels from a file into the register."""

import sys
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import ServiceError
from gis_core.importing.faults import FileFault, checked_srid
from gis_core.importing.legacy import SCRIPTS
from gis_core.models import AdminUnit, User
from land.importing.pipeline import Examined, examine, read_file, write
from land.importing.problems import Unusable
from land.importing.request import Asked
from land.importing.telling import lines, understood
from land.models import ParcelImport
from land.mutations.bulk import Hands

_EVERY_SECONDS = 2.0


class _Terminal:
    """Progress on standard error."""

    def __init__(self) -> None:
        self.last, self.what = 0.0, ""

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if what != self.what or now - self.last > _EVERY_SECONDS:
            self.what, self.last = what, now
            names = {"reading": _("Reading"), "drawing": _("Closing lines"), "checking": _("Examining"), "writing": _("Writing")}
            share = f" {done:,} / {total:,}" if total else ""
            sys.stderr.write(f"{names[what]}{share} …\n")


class Command(BaseCommand):
    """Reads GeoPackage, Shapefile, GeoJSON, DXF, DGN v7 and lists of corners; docs/land.md tells more."""

    help = "Import the parcels of a commune from a file, after everything that is wrong with them was told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("file", type=Path, help=_("the file"))
        parser.add_argument("--unit", required=True, metavar="CODE", help=_("the commune of today to which the parcels belong"))
        parser.add_argument("--user", metavar="NAME", help=_("the officer in whose name they are brought in; not needed for --dry-run"))
        parser.add_argument("--crs", help=_("coordinate system of the file, for example EPSG:5899"))
        parser.add_argument(
            "--axes",
            choices=["auto", "ne", "en"],
            default="auto",
            help=_("lists of corners: X is north (ne, as on survey papers) or east (en)"),
        )
        parser.add_argument("--script", choices=SCRIPTS, default="auto", help=_("how texts are written, where it is not Unicode"))
        parser.add_argument("--sheet", type=int, help=_("the map sheet, for a drawing that does not say it"))
        parser.add_argument("--layer", help=_("which layer of a file with several"))
        parser.add_argument("--effective-on", type=date.fromisoformat, help=_("the day from which the parcels hold; today where left out"))
        parser.add_argument("--reason", default="", help=_("what the journal says; the file's name where left out"))
        parser.add_argument("--skip-bad", action="store_true", help=_("bring in the sound parcels and leave out the others"))
        parser.add_argument("--dry-run", action="store_true", help=_("tell everything, write nothing"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine, tell, write."""
        unit = _unit(options["unit"])
        author = _author(options, unit)
        day = options["effective_on"] or timezone.localdate()
        step = _Terminal()
        try:
            examined = examine(read_file(options["file"], _asked(options), unit, step), unit, day, step)
            self._tell(examined)
            if options["dry_run"]:
                return
            self._refuse(examined, skip=options["skip_bad"])
            reason = options["reason"] or options["file"].name
            change = write(examined.usable(), examined.register, unit, Hands(author), day, reason, step)  # type: ignore[arg-type]
        except (FileFault, Unusable) as error:
            sentence = error.fault.sentence(_) if isinstance(error, FileFault) else error.sentence(_)
            raise CommandError(sentence) from None
        except ServiceError as error:
            raise CommandError(error.detail) from None
        except KeyboardInterrupt:
            raise CommandError(_("Stopped. Nothing was written."), returncode=130) from None
        self.stdout.write(_("%(count)d parcels are in the register (change %(uid)s).") % {"count": len(change.after), "uid": change.uid})

    def _tell(self, examined: Examined) -> None:
        for line in understood(examined.about, _):
            self.stdout.write(line)
        for line in lines(examined, _):
            self.stdout.write(line)

    def _refuse(self, examined: Examined, *, skip: bool) -> None:
        if examined.is_hopeless or not examined.usable().num_rows:
            raise CommandError(_("Nothing was written: nothing of this file can be brought in."))
        if examined.bad_rows and not skip:
            raise CommandError(_("Nothing was written. Mend these parcels, or leave them out with --skip-bad."))


def _asked(options: dict[str, Any]) -> Asked:
    srid = checked_srid(options["crs"]) if options["crs"] else None
    return Asked(srid, options["axes"], options["script"], options["sheet"], options["layer"])


def _unit(code: str) -> AdminUnit:
    found = AdminUnit.objects.current().filter(code=code, level=AdminUnit.Level.COMMUNE).first()
    if found is None:
        raise CommandError(_("No commune of today has the code %(code)s.") % {"code": code})
    return found


def _author(options: dict[str, Any], unit: AdminUnit) -> User | None:
    if options["dry_run"]:
        return None
    if not options["user"]:
        raise CommandError(_("Say in whose name the parcels are brought in: --user NAME."))
    found = User.objects.filter(username=options["user"], is_active=True).first()
    if found is None:
        raise CommandError(_("There is no account %(name)s.") % {"name": options["user"]})
    reach = ParcelImport.rule.reach(scope_of(found), "change")
    if not (reach.everything or unit.pk in reach.units):
        raise CommandError(_("%(name)s is no officer of %(unit)s.") % {"name": found.username, "unit": unit.name})
    return found
