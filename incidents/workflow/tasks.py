"""Work of the background worker on incidents: deadlines that pass, answers that nobody contradicts."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from incidents.models import Incident
from incidents.rows import EVERYBODY, incidents
from incidents.workflow.effects import overdue_at
from incidents.workflow.steps import take_by_system

CONFIRM_AFTER = timedelta(days=7)
"""A resolved incident that its reporter did not reopen for so long is confirmed."""


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="mark_overdue", lock="mark_overdue", pass_context=False)
def mark_overdue(timestamp: int | None = None) -> int:
    """Mark what became overdue (and unmark what no longer is), so that maps show it by itself."""
    rows, late = incidents(EVERYBODY), overdue_at(timezone.now())
    now_late = rows.filter(late, is_overdue=False).update(is_overdue=True)
    no_more = rows.filter(~late, is_overdue=True).update(is_overdue=False)
    return now_late + no_more


@app.periodic(cron="37 * * * *")
@app.task(queueing_lock="confirm_resolved", lock="confirm_resolved", pass_context=False)
def confirm_resolved(timestamp: int | None = None) -> int:
    """Confirm answers that stood unquestioned."""
    old = incidents(EVERYBODY).filter(status=Incident.Status.RESOLVED, resolved_at__lt=timezone.now() - CONFIRM_AFTER)
    return sum(take_by_system(pk, "confirm") is not None for pk in old.values_list("pk", flat=True)[:1000])
