"""`manage.py import_layer FILE --name NAME`: a file becomes a layer of the catalogue."""

import sys
from argparse import ArgumentParser
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis_core.importing.faults import FileFault, checked_srid
from gis_core.importing.formats import GEOTIFF, recognise
from gis_core.importing.legacy import SCRIPTS
from gis_core.importing.messages import Options
from gis_core.importing.progress import Progress
from gis_core.models import AdminUnit, User
from layers.imports.load import Counter, import_layer, remove_layer
from layers.imports.raster_files import RasterImport, import_raster
from layers.imports.request import ImportRefused, ImportRequest, Outcome, RowsRefused
from layers.imports.telling import STEPS, raster_remark, raster_result, remarks, result


class _Terminal:
    """Progress on standard error, which the results on standard output do not need."""

    def reading(self, total: int | None) -> AbstractContextManager[Counter]:
        return Progress(_("Reading"), total, sys.stderr, _)

    def step(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")


class Command(BaseCommand):
    """Reads GeoJSON, GeoPackage, Shapefile, FlatGeobuf, GeoParquet, KML, GPX, CSV or GeoTIFF; docs/importing.md tells more."""

    requires_system_checks: list[str] = []
    help = "Import a file as a layer: at once in the catalogue, tiles, items and viewer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("file", nargs="?", type=Path, help=_("the file"))
        parser.add_argument("--name", help=_("name of the layer in addresses: a-z, 0-9 and _"))
        parser.add_argument("--title", default="", help=_("title for people"))
        parser.add_argument("--delete", metavar="NAME", help=_("remove an imported layer instead"))
        source = parser.add_argument_group(_("the file"))
        source.add_argument("--crs", help=_("coordinate system of the file, for example EPSG:5899, when it does not say or says it wrong"))
        source.add_argument("--encoding", help=_("encoding of texts, for example windows-1258, when it is not UTF-8"))
        source.add_argument("--script", choices=SCRIPTS, default="utf8", help=_("how Vietnamese of the years before Unicode is written"))
        source.add_argument("--layer", help=_("which layer of a file with several"))
        source.add_argument("--geometry", choices=["point", "line", "polygon"], help=_("which kind of geometry of a file that mixes them"))
        source.add_argument("--fields", help=_("only these attributes, with commas between"))
        source.add_argument("--key", default="", help=_("the attribute that tells rows apart: no value twice"))
        source.add_argument("--xy", help=_("the columns of a table that hold east and north (for X north, Y east say --xy Y,X)"))
        raster = parser.add_argument_group(_("a raster (GeoTIFF)"))
        raster.add_argument("--date", help=_("the day on which it was taken: scenes of several days are one layer (--append)"))
        raster.add_argument("--measured-in", default="", help=_("what its values are measured in, for example m"))
        self._add_writing(parser)

    def _add_writing(self, parser: ArgumentParser) -> None:
        access = parser.add_argument_group(_("access")).add_mutually_exclusive_group()
        access.add_argument("--public", action="store_true", help=_("everybody sees every row"))
        access.add_argument(
            "--unit", action="append", default=[], metavar="CODE", help=_("the rows belong to this administrative unit of today")
        )
        parser.add_argument("--owner", metavar="USER", help=_("account that answers for the layer"))
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--replace", dest="mode", action="store_const", const="replace", help=_("in place of the layer's present rows"))
        mode.add_argument("--append", dest="mode", action="store_const", const="append", help=_("in addition to the layer's present rows"))
        mode.add_argument(
            "--upsert", dest="mode", action="store_const", const="upsert", help=_("renew rows with the same key, add the others")
        )
        parser.add_argument(
            "--skip-bad", action="store_true", help=_("leave out rows that cannot be used; without it one such row stops all")
        )
        parser.add_argument("--repair", action="store_true", help=_("mend shapes that cross themselves"))
        parser.add_argument("--dry-run", action="store_true", help=_("do everything, tell everything, keep nothing"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or remove."""
        try:
            if options["delete"]:
                self.stdout.write(_("The layer “%(name)s” is removed.") % {"name": remove_layer(options["delete"]).name})
                return
            if options["file"] is not None and options["file"].is_file() and recognise(options["file"]) is GEOTIFF:
                self._raster(options)
                return
            outcome = import_layer(self._request(options), _Terminal())
        except RowsRefused as refusal:
            for line in refusal.report.lines(refusal.total, _):
                self.stderr.write(line)
            raise CommandError(_("Nothing was written. Mend these rows, or leave them out with --skip-bad.")) from None
        except ImportRefused as refusal:
            raise CommandError(str(refusal)) from None
        except FileFault as fault:
            raise CommandError(fault.fault.sentence(_)) from None
        except KeyboardInterrupt:
            raise CommandError(_("Stopped. Nothing was written."), returncode=130) from None
        self._tell(outcome, dry_run=options["dry_run"])

    def _raster(self, options: dict[str, Any]) -> None:
        if not options["name"]:
            raise CommandError(_("Say which file and under which name: import_layer FILE --name NAME."))
        request = RasterImport(
            path=options["file"],
            name=options["name"],
            mode=options["mode"] or "create",
            title=options["title"],
            srid=checked_srid(options["crs"]) if options["crs"] else None,
            taken=_day(options["date"]),
            unit=options["measured_in"],
            public=options["public"],
            units=tuple(_unit(code) for code in options["unit"]),
            owner=_owner(options["owner"]),
            dry_run=options["dry_run"],
        )
        layer = import_raster(request, _told, lambda raster: self.stdout.write(raster_remark(raster)))
        self.stdout.write(raster_result(layer, request.name))

    def _request(self, options: dict[str, Any]) -> ImportRequest:
        if options["file"] is None or not options["name"]:
            raise CommandError(_("Say which file and under which name: import_layer FILE --name NAME."))
        pair = tuple(part.strip() for part in options["xy"].split(",")) if options["xy"] else None
        if pair is not None and len(pair) != 2:
            raise CommandError(_("--xy wants two names of columns, east and north: --xy X,Y."))
        reading = Options(
            srid=checked_srid(options["crs"]) if options["crs"] else None,
            encoding=options["encoding"],
            layer=options["layer"],
            fields=tuple(name.strip() for name in (options["fields"] or "").split(",") if name.strip()),
            east_north=(pair[0], pair[1]) if pair else None,
            zone=settings.TIME_ZONE,
            script=options["script"],
        )
        taken = ("name", "title", "public", "key", "skip_bad", "repair", "dry_run")
        return ImportRequest(
            path=options["file"],
            options=reading,
            mode=options["mode"] or "create",
            units=tuple(_unit(code) for code in options["unit"]),
            owner=_owner(options["owner"]),
            family=options["geometry"],
            **{name: options[name] for name in taken},
        )

    def _tell(self, outcome: Outcome, *, dry_run: bool) -> None:
        for line in outcome.report.lines(outcome.written + outcome.report.count, _):
            self.stderr.write(line)
        for line in remarks(outcome):
            self.stdout.write(line)
        self.stdout.write(result(outcome, dry_run=dry_run))


def _told(step: str, done: int, total: int) -> None:
    """Progress of a conversion on one line of standard error."""
    if sys.stderr.isatty() and step in STEPS:
        sys.stderr.write(f"\r{_(STEPS[step])}: {round(100 * done / max(1, total))} %  ")


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(_("--date wants a day such as 2026-05-31.")) from None


def _unit(code: str) -> AdminUnit:
    found = AdminUnit.objects.current().filter(code=code).order_by("path")
    if not found:
        raise CommandError(_("No administrative unit of today has the code %(code)s.") % {"code": code})
    return found[0]


def _owner(username: str | None) -> User | None:
    if username is None:
        return None
    found = User.objects.filter(username=username).first()
    if found is None:
        raise CommandError(_("There is no account %(name)s.") % {"name": username})
    return found
