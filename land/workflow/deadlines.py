"""By when a change is to be decided."""

from datetime import date, timedelta

from land.models import DeadlineRule, ParcelChange

WORKING_DAYS = 10
"""For kinds without a rule of their own."""
_OPEN = (ParcelChange.State.SUBMITTED, ParcelChange.State.CHECKED, ParcelChange.State.APPROVED)


def due_on(kind: str, submitted: date) -> date:
    """The last day for a change submitted on a day, Saturdays and Sundays not counted (public holidays are not known here)."""
    rule = DeadlineRule.objects.filter(kind=kind).first()
    left, day = rule.working_days if rule else WORKING_DAYS, submitted
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def is_overdue(change: ParcelChange, today: date) -> bool:
    """Whether its day is past and it still waits for the office (a returned one waits for its author)."""
    return change.due_on is not None and change.due_on < today and change.state in _OPEN
