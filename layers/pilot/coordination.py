"""Demo rows of what units owe: reports with their deadlines, focal contacts, milestones of the plan."""

from datetime import date, timedelta

from gis_core.access import Reach
from gis_core.models import AdminUnit
from gis_core.pilot import plan
from gis_core.pilot.dice import dice
from gis_core.pilot.load import clear_demo_rows
from gis_core.pilot.steps import Run, pilot_step
from layers.catalogue import catalogue
from layers.feed import Sent
from layers.ingestion.feeding import take_in
from layers.ingestion.inside import rows_inside
from layers.layer import FeatureLayer
from layers.models import FocalContact, Indicator, IndicatorValue, Milestone, ReportDuty, ReportTemplate
from layers.reporting import submit
from layers.reporting.duties import ask, settle

EVERYTHING = Reach(everything=True)
CAME, NAMED = 0.6, 0.7
"""Shares of reports that came and of contacts that were named."""


def layer_of(name: str) -> FeatureLayer:
    """A declared layer by its name."""
    return next(layer for layer in catalogue.feature_layers() if layer.name == name)


def communes(day: date) -> list[AdminUnit]:
    """The demo communes in force on a day, by code."""
    return list(AdminUnit.objects.as_of(day).filter(level=AdminUnit.Level.COMMUNE, is_demo=True).order_by("code"))


def _clear_reports() -> None:
    """Delete the demo reports, then the templates that nothing is left of."""
    clear_demo_rows(ReportDuty._meta.db_table)()
    ReportTemplate.objects.filter(is_demo=True, duties__isnull=True).delete()


@pilot_step("reports", clear=_clear_reports, after=("indicators",))
def load_reports(run: Run, _part: str) -> int:
    """What is asked for the periods that ended last; some of it came in time, some late, some not at all."""
    for row in plan.read_rows("report_templates.csv"):
        names = ("name", "period", "level", "due_days")
        template, _made = ReportTemplate.objects.get_or_create(
            code=row["code"], defaults={**{name: row[name] for name in names}, "is_demo": True}
        )
        template.indicators.set(Indicator.objects.filter(code__in=row["indicators"].split()))
    made = ask(run.day, is_demo=True)
    rng = dice(run.seed, "reports")
    rows = rows_inside(ReportDuty, EVERYTHING).filter(is_demo=True).select_related("template", "admin_unit")
    for duty in rows.order_by("template", "admin_unit__code"):
        came = rng.random()
        if came < CAME:
            late = came < 0.1 and duty.due_on < run.day - timedelta(days=3)
            on = duty.due_on + timedelta(days=2) if late else min(duty.due_on, run.day) - timedelta(days=1)
            submit.take_in(EVERYTHING, [_report(duty)], on=on, is_demo=True)
    settle(run.day)
    run.progress.advance(made)
    return made


def _report(duty: ReportDuty) -> Sent:
    assert duty.admin_unit is not None
    values = rows_inside(IndicatorValue, EVERYTHING).filter(
        admin_unit=duty.admin_unit, period_from=duty.period_from, period_to=duty.period_to, indicator__templates=duty.template_id
    )
    figures = {row.indicator_id: row.actual for row in values}
    return Sent({"template": duty.template_id, "unit": duty.admin_unit.code, "period": f"{duty.period_from:%Y-%m}", **figures})


@pilot_step("focal_contacts", clear=clear_demo_rows(FocalContact._meta.db_table), after=("admin_units",))
def load_contacts(run: Run, _part: str) -> int:
    """One contact a unit and matter; some units have named nobody yet."""
    rng, rows = dice(run.seed, "contacts"), []
    for topic in plan.read_rows("focal_topics.csv"):
        for unit in communes(run.day):
            named, due = rng.random() < NAMED, run.day + timedelta(days=int(topic["due_in_days"]))
            name = f"Đầu mối {topic['topic']} {unit.name} (minh họa)" if named else ""
            done = min(due, run.day) - timedelta(days=int(rng.integers(1, 9))) if named else ""
            row = {"topic": topic["topic"], "unit": unit.code, "due_on": due, "done_on": done, "contact_name": name}
            rows.append(Sent({**row, "position": topic["position"] if named else "", "office_phone": "0235 000 0000" if named else ""}))
    return _fed(run, "focal_contacts", rows)


@pilot_step("milestones", clear=clear_demo_rows(Milestone._meta.db_table), after=("admin_units",))
def load_milestones(run: Run, _part: str) -> int:
    """Steps of the plan: reached, overdue, to come."""
    rows = []
    for row in plan.read_rows("milestones.csv"):
        due = run.day + timedelta(days=int(row["due_in_days"]))
        done = due - timedelta(days=2) if row["progress"] == "100" else ""
        values = {name: row[name] for name in ("code", "unit", "title", "progress")}
        rows.append(Sent({**values, "due_on": due, "done_on": done}))
    return _fed(run, "milestones", rows)


def _fed(run: Run, name: str, rows: list[Sent]) -> int:
    take_in(layer_of(name), EVERYTHING, rows, is_demo=True)
    if name in ("focal_contacts", "milestones"):
        settle(run.day)
    run.progress.advance(len(rows))
    return len(rows)
