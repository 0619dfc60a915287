"""`manage.py run_job KIND`: an analysis from the command line, in somebody's name, here and now."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gis_core.access import Scope, scope_of
from gis_core.errors import ServiceError
from gis_core.models import User
from layers.analysis import jobs, office
from layers.analysis.contract import kind_of, kinds
from layers.analysis.remote import cluster
from layers.analysis.results import DRIVERS, to_bytes, written
from layers.analysis.work import Work


class Command(BaseCommand):
    """Computes, tells what came out, and writes it to a file or as a layer."""

    help = "Run an analysis: run_job topology --user analyst --set unit=20341 --out faults.gpkg. Without KIND: the list of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, with what, in whose name, to where."""
        parser.add_argument("kind", nargs="?", help=_("the analysis"))
        parser.add_argument("--user", help=_("in the name of this account: it reads the rows that the account may see"))
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=_("a parameter of the analysis"))
        parser.add_argument("--scheduler", default="", help=_("a Dask cluster: tcp://host:8786, or local:2 for two processes here"))
        parser.add_argument("--out", type=Path, help=_("write the result to this file (.gpkg, .fgb, .geojson, .csv, .parquet)"))
        parser.add_argument("--keep", metavar="TITLE", help=_("write the result as a layer of the account"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        if not options["kind"]:
            self._list()
            return
        user = User.objects.filter(username=options["user"] or "").first()
        if user is None:
            raise CommandError(_("There is no account %(name)s.") % {"name": options["user"]})
        try:
            self._run(user, options)
        except ServiceError as error:
            raise CommandError(error.detail) from None

    def _list(self) -> None:
        for kind in kinds().values():
            self.stdout.write(f"{kind.name}: {kind.title}")
            for parameter in kind.described()["parameters"]:
                default = "" if parameter["default"] is None else f" = {parameter['default']}"
                self.stdout.write(f"    {parameter['name']}{default}  ({parameter['kind']}) {parameter['label']}")

    def _run(self, user: User, options: dict[str, Any]) -> None:
        given = dict(one.split("=", 1) for one in options["set"] if "=" in one)
        if len(given) < len(options["set"]):
            raise CommandError(_("--set wants NAME=VALUE."))
        if options["keep"]:
            self._keep(user, given, options)
            return
        kind, scope = kind_of(options["kind"]), scope_of(user)
        with cluster(options["scheduler"], user.pk) as elsewhere:
            result = kind.run(Work(kind, given, scope, tell=self._tell, elsewhere=elsewhere))
        for title, value in result.facts:
            self.stdout.write(f"{title}: {value}")
        if options["out"]:
            self._write(result.frame, kind.name, options["out"], scope)

    def _keep(self, user: User, given: dict[str, str], options: dict[str, Any]) -> None:
        job = office.ask(user, options["kind"], given, options["scheduler"])
        jobs.work(job.uid)
        job.refresh_from_db()
        if job.state == job.State.EXAMINED:
            office.keep(user, job.uid, options["keep"])
            jobs.work(job.uid)
            job.refresh_from_db()
        if job.state != job.State.DONE:
            raise CommandError(str((job.failure or {}).get("detail", job.state)))
        self.stdout.write(_("The layer %(name)s has %(count)d rows.") % {"name": job.layer, "count": job.done})

    def _write(self, frame: Any, name: str, path: Path, scope: Scope) -> None:
        form = path.suffix.removeprefix(".")
        if form not in DRIVERS:
            raise CommandError(_("--out wants one of: %(endings)s.") % {"endings": ", ".join(f".{one}" for one in DRIVERS)})
        path.write_bytes(to_bytes(frame) if form == "parquet" else written(frame, form, name))
        self.stdout.write(str(path))

    def _tell(self, what: str, done: int, total: int) -> None:
        if total:
            self.stderr.write(f"\r{what}: {done} / {total}", ending="")
