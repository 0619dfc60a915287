"""`manage.py import_admin_units FILE --valid-from DAY`: real outlines of administrative units."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.crs import WGS84
from gis_core.importing.faults import FileFault, RowFault, checked_srid
from gis_core.importing.messages import Options
from gis_core.importing.progress import Progress
from gis_core.importing.report import Report
from gis_core.importing.source import Source, opened
from gis_core.models import AdminUnit
from gis_core.units.crosswalk import import_crosswalk
from gis_core.units.importer import Outcome, RowsWrong, UnitsRefused, UnitsRequest, import_units
from gis_core.units.rows import UnitRow, find_attributes, read_rows


class Command(BaseCommand):
    """Reads GeoJSON, GeoPackage, Shapefile or FlatGeobuf; docs/importing.md tells more."""

    requires_system_checks: list[str] = []
    help = "Import real outlines of administrative units; demo units with the same code and day are replaced in place."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("file", type=Path, help=_("the file"))
        parser.add_argument("--valid-from", type=_day, required=True, help=_("first day in force, YYYY-MM-DD"))
        parser.add_argument("--valid-to", type=_day, help=_("first day not in force any more; none while they are"))
        parser.add_argument("--level", choices=AdminUnit.Level.values, default="commune", help=_("level of the units (default commune)"))
        parser.add_argument("--parent", metavar="CODE", help=_("code of the unit to which they belong, for example 48"))
        parser.add_argument("--parent-name", help=_("full name of that unit, should it have to be made"))
        parser.add_argument("--generation", default="", metavar="TITLE", help=_("title of the reform"))
        parser.add_argument("--legal-basis", default="", metavar="TEXT", help=_("the legal act"))
        parser.add_argument("--source", default="", metavar="TEXT", help=_("where the outlines are from"))
        parser.add_argument("--code-field", help=_("the attribute with the code, when it is not found by itself"))
        parser.add_argument("--name-field", help=_("the attribute with the full name, when it is not found by itself"))
        parser.add_argument("--crs", help=_("coordinate system of the file: EPSG:4326 is accepted"))
        parser.add_argument("--encoding", help=_("encoding of texts, for example windows-1258, when it is not UTF-8"))
        parser.add_argument("--layer", help=_("which layer of a file with several"))
        crosswalk = _("table of successions: old_code, new_code, merge_type, …clause")
        parser.add_argument("--crosswalk", type=Path, metavar="CSV", help=crosswalk)
        parser.add_argument("--replace", action="store_true", help=_("renew units that are there with another name or outline"))
        parser.add_argument("--end-previous", action="store_true", help=_("end units in force with the same code on the first day"))
        parser.add_argument("--dry-run", action="store_true", help=_("do everything, tell everything, keep nothing"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Import."""
        report = Report()
        try:
            units, total = self._units(options, report)
            self._write(options, units, report)
        except RowsWrong:
            for line in report.lines(total, _):
                self.stderr.write(line)
            raise CommandError(_("Nothing was written. Mend these rows and try again.")) from None
        except UnitsRefused as refusal:
            raise CommandError(str(refusal)) from None
        except FileFault as fault:
            raise CommandError(fault.fault.sentence(_)) from None
        except KeyboardInterrupt:
            raise CommandError(_("Stopped. Nothing was written."), returncode=130) from None

    def _units(self, options: dict[str, Any], report: Report) -> tuple[list[UnitRow], int]:
        """The units of the file; faults go into the report. How many rows there are."""
        srid = checked_srid(options["crs"]) if options["crs"] else None
        reading = Options(srid=srid, encoding=options["encoding"], layer=options["layer"], zone=settings.TIME_ZONE)
        with opened(options["file"], reading) as source:
            if source.description.srid != WGS84:
                values = {"srid": source.description.srid}
                raise UnitsRefused(_("Units are kept in EPSG:4326, but the file is in EPSG:%(srid)d. Save it in EPSG:4326.") % values)
            names = [field.name for field in source.description.fields]
            attributes = find_attributes(names, options["code_field"], options["name_field"])
            if isinstance(attributes, list):
                missing = {"options": ", ".join(f"--{word}-field" for word in attributes), "names": ", ".join(names)}
                raise UnitsRefused(_("Say with %(options)s which attribute it is; the file has: %(names)s.") % missing)
            with Progress(_("Reading"), source.description.count, sys.stderr, _) as progress:
                found = list(read_rows(_records(source, names, report, progress), attributes, options["level"]))
        report.extend(fault for fault in found if isinstance(fault, RowFault))
        return [unit for unit in found if isinstance(unit, UnitRow)], progress.done

    def _write(self, options: dict[str, Any], units: list[UnitRow], report: Report) -> None:
        if report.count:
            raise RowsWrong
        if not units:
            raise UnitsRefused(_("The file has no rows."))
        request = UnitsRequest(**{name: options[name] for name in UnitsRequest.__dataclass_fields__})
        with transaction.atomic():
            self._tell(import_units(request, units, report))
            if options["crosswalk"]:
                self._link(options)
            if options["dry_run"]:
                transaction.set_rollback(True)
                self.stdout.write(_("Dry run: nothing was written."))

    def _link(self, options: dict[str, Any]) -> None:
        report = Report(shown=10)
        linked = import_crosswalk(options["crosswalk"], options["valid_from"], options["legal_basis"], report)
        values = {"created": linked.created, "unchanged": linked.unchanged, "missing": linked.missing}
        self.stdout.write(_("Successions: %(created)d new, %(unchanged)d there already, %(missing)d about units not there.") % values)
        for line in report.lines(linked.created + linked.unchanged + linked.missing, _):
            self.stdout.write(line)

    def _tell(self, outcome: Outcome) -> None:
        values = {"created": len(outcome.created), "renewed": len(outcome.renewed), "unchanged": len(outcome.unchanged)}
        if outcome.slivers.pairs:
            slivers = {"pairs": outcome.slivers.pairs, "area": f"{outcome.slivers.largest_m2:,.0f}"}
            self.stdout.write(_("%(pairs)d pairs of units overlap a little, at most by %(area)s m².") % slivers)
        if outcome.without_kind:
            codes = ", ".join(outcome.without_kind)
            self.stdout.write(_("Without “Phường”, “Xã” and the like before the name: %(codes)s.") % {"codes": codes})
        if outcome.ended:
            self.stdout.write(_("Ended: %(codes)s.") % {"codes": ", ".join(outcome.ended)})
        if outcome.parent is not None:
            self.stdout.write(_("%(name)s has the outline of its units.") % {"name": outcome.parent.name})
        self.stdout.write(_("Units: %(created)d new, %(renewed)d renewed, %(unchanged)d unchanged.") % values)


def _records(source: Source, names: list[str], report: Report, progress: Progress) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    for batch in source.batches:
        report.extend(batch.faults)
        for record in batch.table.to_pylist():
            yield record["row"], record["geometry"], {name: record[f"c{index}"] for index, name in enumerate(names)}
        progress.advance(batch.size)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("“%(text)s” is no day: use YYYY-MM-DD.") % {"text": text}) from None
