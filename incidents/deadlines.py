"""The clock of an incident's deadline. It stands still while the office waits for the reporter."""

from datetime import datetime, timedelta

from django.utils import timezone

from incidents.models import Incident


def pause(incident: Incident, at: datetime | None = None) -> None:
    """Stop the clock (nothing happens when it stands already). The caller saves `paused_at`."""
    if incident.paused_at is None:
        incident.paused_at = at or timezone.now()


def resume(incident: Incident, at: datetime | None = None) -> None:
    """Let the clock run on: the deadline moves by the time it stood. The caller saves `paused_at`, `paused_s`, `due_at`."""
    if incident.paused_at is None:
        return
    stood = max(timedelta(0), (at or timezone.now()) - incident.paused_at)
    incident.paused_s += int(stood.total_seconds())
    if incident.due_at:
        incident.due_at += stood
    incident.paused_at = None


def remaining(incident: Incident, at: datetime | None = None) -> timedelta | None:
    """Time left until the deadline (negative: overdue), None without one. While the clock stands, it stays the same."""
    if incident.due_at is None:
        return None
    return incident.due_at - (incident.paused_at or at or timezone.now())


def is_overdue(incident: Incident, at: datetime | None = None) -> bool:
    """Whether the deadline passed while the clock ran and work is still to be done."""
    left = remaining(incident, at)
    return left is not None and left < timedelta(0) and incident.resolved_at is None
