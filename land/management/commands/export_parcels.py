"""`manage.py export_parcels FILE --format gpkg --unit CODE`: parcels of the register as a file."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis_core.errors import ServiceError
from gis_core.models import User
from land.exporting.office import FORMATS, Wanted, export, export_of
from land.rows import EVERYBODY

_BY_ENDING = {".gpkg": "gpkg", ".zip": "shp", ".geojson": "geojson", ".csv": "csv", ".dxf": "dxf", ".xml": "xml"}


class Command(BaseCommand):
    """Coordinates are EPSG:5899 with all digits; holders are never in it unless --user and --purpose say who reads them for what."""

    help = "Export parcels as GeoPackage, Shapefile, GeoJSON, CSV, list of corners, DXF or XML."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("file", type=Path, help=_("the file to write"))
        parser.add_argument("--format", choices=list(FORMATS), help=_("by the file's ending where left out"))
        parser.add_argument("--unit", metavar="CODE", help=_("a unit with everything below it"))
        parser.add_argument("--sheet", type=int, help=_("one map sheet"))
        parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help=_("as it was on a day"))
        parser.add_argument("--user", metavar="NAME", help=_("only what this account may see"))
        parser.add_argument("--purpose", help=_("XML with holders: for what they are read; needs --user"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        name = options["format"] or _BY_ENDING.get(options["file"].suffix.lower(), "")
        wanted = Wanted(name, options["unit"], options["sheet"], options["on"], options["purpose"])
        try:
            if options["user"] is None:
                content, _form = export_of(None, EVERYBODY, wanted)
            else:
                content, _form = export(_account(options["user"]), wanted)
        except ServiceError as error:
            raise CommandError(error.detail) from None
        options["file"].write_bytes(content)
        self.stdout.write(_("%(file)s: %(size)d kB.") % {"file": options["file"].name, "size": len(content) // 1000})


def _account(name: str) -> User:
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(_("There is no account %(name)s.") % {"name": name})
    return found
