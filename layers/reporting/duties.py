"""What is due on a day: reports that are asked for, and the state of everything with a day by which it is owed."""

from datetime import date, timedelta

from django.db.models import Case, CharField, F, Q, Value, When
from django.utils import timezone

from gis_core.access import Reach
from gis_core.models import AdminUnit
from layers.ingestion.inside import rows_inside
from layers.models import FocalContact, Milestone, ReportDuty, ReportTemplate
from layers.themes.due import DueRow

_EVERYTHING = Reach(everything=True)
_MONTHS = {ReportTemplate.Period.MONTH: 1, ReportTemplate.Period.QUARTER: 3, ReportTemplate.Period.YEAR: 12}
OWED: tuple[type[DueRow], ...] = (ReportDuty, FocalContact, Milestone)


def last_period(kind: str, day: date) -> tuple[date, date]:
    """The period that ended last before `day` or with the day before it: its first day and the first day after it."""
    months = _MONTHS[ReportTemplate.Period(kind)]
    ends = date(day.year, (day.month - 1) // months * months + 1, 1)
    before = ends.year * 12 + ends.month - 1 - months
    return date(before // 12, before % 12 + 1, 1), ends


def ask(day: date, *, is_demo: bool = False) -> int:
    """Ask every unit for the reports of the periods that ended last; returns how many were not asked for before.

    The units are those in force on the period's last day: an abolished unit owes its last report, its successor the next.
    """
    made = 0
    for template in ReportTemplate.objects.filter(active=True, is_demo=True) if is_demo else ReportTemplate.objects.filter(active=True):
        begins, ends = last_period(template.period, day)
        rows = rows_inside(ReportDuty, _EVERYTHING).filter(template=template, period_from=begins)
        known = set(rows.values_list("admin_unit_id", flat=True))
        units = AdminUnit.objects.as_of(ends - timedelta(days=1)).filter(level=template.level).exclude(pk__in=known)
        new = [_duty(template, unit, begins, ends, day) for unit in units.order_by("pk")]
        ReportDuty.objects.bulk_create(new, ignore_conflicts=True)
        made += len(new)
    return made


def _duty(template: ReportTemplate, unit: AdminUnit, begins: date, ends: date, day: date) -> ReportDuty:
    duty = ReportDuty(
        template=template, admin_unit=unit, period_from=begins, period_to=ends, due_on=ends + timedelta(days=template.due_days - 1),
        geom=unit.geom.point_on_surface, is_demo=template.is_demo, updated_at=timezone.now(),
    )  # fmt: skip
    duty.state = duty.state_on(day)
    return duty


def settle(day: date) -> int:
    """Bring the states of everything that is owed to what they are on `day`; returns how many changed."""
    came, late = Q(done_on__isnull=False), Q(done_on__gt=F("due_on"))
    state = Case(
        When(came & late, then=Value("late")),
        When(came, then=Value("done")),
        When(due_on__lt=day, then=Value("overdue")),
        default=Value("waiting"),
        output_field=CharField(),
    )
    changed = 0
    for model in OWED:
        rows = rows_inside(model, _EVERYTHING).annotate(_now=state).exclude(state=F("_now"))
        changed += rows.update(state=state)
    return changed
