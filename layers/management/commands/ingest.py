"""`manage.py ingest WHAT FILE`: figures, measurements, reports, or rows of a layer's feed, as `/api/` takes them."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.errors import ServiceError
from layers.catalogue import catalogue
from layers.ingestion import indicators, observations
from layers.ingestion.batch import BatchRefused, Outcome, RowFault, every, table
from layers.ingestion.bodies import KINDS, rows_sent
from layers.ingestion.feeding import take_in
from layers.layer import FeatureLayer
from layers.reporting import submit

_TABLES = (".csv", ".xlsx")
_EVERYTHING = Reach(everything=True)  # whoever runs commands on the server stands above permissions


class Command(BaseCommand):
    """CSV (UTF-8), Excel or GeoJSON. All or nothing; the same file again changes nothing."""

    help = (
        "Take in a table: indicators (indicator, unit, period, plan, actual, base), observations (station, time, result), "
        "reports (template, unit, period, one column an indicator), or the rows of a layer (docs/themes.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, and the file."""
        parser.add_argument("what", choices=["indicators", "observations", "reports", *_feeds()])
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it. Raises CommandError with a line for each fault."""
        path: Path = options["file"]
        accepted = _TABLES if options["what"] in ("indicators", "observations") else tuple(KINDS)
        if path.suffix.lower() not in accepted or not path.is_file():
            raise CommandError(_("There is no file %(path)s that ends in %(kinds)s.") % {"path": path, "kinds": ", ".join(accepted)})
        try:
            outcome = _taken(options["what"], path)
        except ServiceError as refused:
            if not isinstance(refused, BatchRefused):
                raise CommandError(refused.detail) from refused
            lines = (f"{fault.row + 1}: {fault.field}: {fault.detail}" for fault in refused.faults)
            raise CommandError("\n".join([refused.detail, *lines])) from refused
        words = {"created": outcome.created, "corrected": outcome.corrected, "repeated": outcome.repeated}
        self.stdout.write(_("%(created)d new, %(corrected)d corrected, %(repeated)d were there already.") % words)


def _feeds() -> dict[str, FeatureLayer]:
    return {layer.name: layer for layer in catalogue.feature_layers() if layer.feed is not None}


def _taken(what: str, path: Path) -> Outcome:
    if what == "indicators":
        return _figures(path)
    if what == "observations":
        return _measurements(path)
    rows = rows_sent(path.read_bytes(), KINDS[path.suffix.lower()])
    return submit.take_in(_EVERYTHING, rows) if what == "reports" else take_in(_feeds()[what], _EVERYTHING, rows)


def _figures(path: Path) -> Outcome:
    return indicators.take_in(_EVERYTHING, map(indicators.Figure.of, table(path)))


def _measurements(path: Path) -> Outcome:
    return observations.take_in(_EVERYTHING, every(table(path), _measured))


def _measured(row: dict[str, str]) -> observations.Measured:
    try:
        at = datetime.fromisoformat(row.get("time", ""))
    except ValueError:
        raise RowFault("time", _("write a time as 2026-11-28T08:00:00+07:00; without an offset Vietnamese time is meant")) from None
    try:
        result = float(row.get("result", "").replace(",", "."))
    except ValueError:
        raise RowFault("result", _("a result is a finite number")) from None
    return observations.Measured(row.get("station", ""), at if timezone.is_aware(at) else timezone.make_aware(at), result)
