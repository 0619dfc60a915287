"""Loads incident categories and three months of demo incidents."""

from django.contrib.gis.geos import Point

from gis_core.models import AdminUnit
from gis_core.pilot import plan
from gis_core.pilot.load import clear_demo_rows
from gis_core.pilot.steps import Run, pilot_step
from gis_core.pilot.town import town
from incidents.models import Incident, IncidentCategory
from incidents.pilot import office  # noqa: F401  registers its steps
from incidents.pilot.reports import Report, how_many, make_reports


def _keep_categories() -> None:
    """Categories are the service's own vocabulary: they stay."""


@pilot_step("incident_categories", clear=_keep_categories)
def load_categories(run: Run, _part: str) -> int:
    """The categories; those that somebody already changed keep their values."""
    rows = list(plan.read_rows("incident_categories.csv"))
    for row in rows:
        values = {name: row[name] for name in ("name", "group", "icon")} | {"position": int(row["position"])}
        IncidentCategory.objects.get_or_create(code=row["code"], defaults=values)
    run.progress.advance(len(rows))
    return len(rows)


@pilot_step("incidents", clear=clear_demo_rows(Incident._meta.db_table), after=("admin_units", "incident_categories"), size=how_many)
def load_incidents(run: Run, _part: str) -> int:
    """Field reports of the 90 days before the reference date."""
    reports = make_reports(town(run.seed, run.scale), seed=run.seed, scale=run.scale, moment=run.moment)
    wards = {unit.code: unit for unit in AdminUnit.objects.as_of(run.day).filter(level=AdminUnit.Level.COMMUNE)}
    Incident.objects.bulk_create((_incident(report, wards) for report in reports), batch_size=500)
    run.progress.advance(len(reports))
    return len(reports)


def _code(uid: str) -> str:
    """The same code for the same report, so that demo data are the same on each machine."""
    return "D" + uid[:11].upper().translate(str.maketrans("01AEF", "GHJKM"))


def _incident(report: Report, wards: dict[str, AdminUnit]) -> Incident:
    """The row of a report."""
    return Incident(
        uid=report.uid,
        admin_unit=wards.get(report.unit),
        is_demo=True,
        category_id=report.category,
        title=report.title,
        description=report.description,
        address=report.address,
        status=report.status,
        severity=report.severity,
        reported_at=report.reported_at,
        due_at=report.due_at,
        resolved_at=report.resolved_at,
        accuracy_m=report.accuracy_m,
        is_public=report.is_public,
        moderation="approved" if report.is_public else "pending" if report.status == "new" else "refused",
        tracking_code=_code(report.uid),
        geom=Point(*report.lonlat, srid=4326),
    )
