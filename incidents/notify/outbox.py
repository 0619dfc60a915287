"""What is to be told, written in the transaction of what it tells: either both are there, or neither.

The job that sends it is a row of the same database and the same transaction. A notice is unique by event, channel and
recipient, so no path writes it twice.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from procrastinate.contrib.django import app

from incidents.models import Follow, Incident, IncidentStep, Instruction, Notice, Reporter, Webhook

# The job that sends (incidents/notify/tasks.py), by name: the worker imports what this module needs, not the other way.
DELIVER, QUEUE = "incidents.deliver_notice", "notices"
_UNIT_HEARS = ("assign", "transfer", "reopen")


def tell_of_openings(incidents: Iterable[Incident], **_signal: object) -> None:
    """Reports were taken in: other systems hear of them, and the units that they were routed to. Receiver of `reports_taken_in`."""
    hooks = list(Webhook.objects.filter(is_active=True, public_only=False))
    notices = []
    for incident in incidents:
        event, unit = f"opened:{incident.uid}", incident.handling_unit
        notices += [_notice(Notice.Channel.WEBHOOK, incident, event, None, str(hook.uid), webhook=hook) for hook in hooks]
        if unit is not None and unit.email:
            notices.append(_notice(Notice.Channel.UNIT, incident, event, None, str(unit.pk), unit=unit))
    put(notices)


def tell_of_step(incident: Incident, step: IncidentStep, *, told: bool) -> None:
    """A step was taken. `told` says whether people outside hear of it; other systems hear of each change of state."""
    event = f"step:{step.uid}"
    notices = _hooks(incident, event, step) if told or step.before != step.after else []
    if told:
        notices += [*_followers(incident, event, step), *_reporter(incident, event, step)]
    unit = incident.handling_unit
    if step.verb in _UNIT_HEARS and unit is not None and unit.email:
        notices.append(_notice(Notice.Channel.UNIT, incident, event, step, str(unit.pk), unit=unit))
    put(notices)


def tell_of_publication(incident: Incident, step: IncidentStep) -> None:
    """A report became public: systems that hear of public ones learn of it now."""
    put(_hooks(incident, f"public:{step.uid}", step))


def tell_of_instruction(instruction: Instruction) -> None:
    """An instruction was given: the unit that is to carry it out hears of it."""
    unit = instruction.assignee
    if unit is not None and unit.email:
        event = f"given:{instruction.uid}"
        to = {"unit": unit, "instruction": instruction}
        put([_notice(Notice.Channel.INSTRUCTED, instruction.incident, event, None, str(unit.pk), **to)])


def ask_to_confirm(follow: Follow) -> None:
    """The mail that asks whether the address wants to hear of the incident."""
    put([_notice(Notice.Channel.CONFIRM, follow.incident, f"follow:{follow.uid}", None, str(follow.uid), follow=follow)])


def _hooks(incident: Incident, event: str, step: IncidentStep | None) -> list[Notice]:
    hooks = Webhook.objects.filter(is_active=True).filter(Q(public_only=False) | Q(public_only=incident.is_public))
    return [_notice(Notice.Channel.WEBHOOK, incident, event, step, str(hook.uid), webhook=hook) for hook in hooks]


def _followers(incident: Incident, event: str, step: IncidentStep) -> Iterable[Notice]:
    """Of the incident and of what was found to be the same; one address once, and nobody of what is not public."""
    if not incident.is_public:
        return
    follows = Follow.objects.filter(Q(incident=incident) | Q(incident__duplicate_of=incident), confirmed_at__isnull=False)
    for follow in follows.exclude(email="").order_by("email", "pk").distinct("email"):
        yield _notice(Notice.Channel.FOLLOWER, incident, event, step, str(follow.uid), follow=follow)


def _reporter(incident: Incident, event: str, step: IncidentStep) -> Iterable[Notice]:
    if step.hand != "reporter" and Reporter.objects.filter(incident=incident).exclude(email="").exists():
        yield _notice(Notice.Channel.REPORTER, incident, event, step, "reporter")


def _notice(channel: str, incident: Incident | None, event: str, step: IncidentStep | None, recipient: str, **to: object) -> Notice:
    return Notice(event=event, channel=channel, recipient=recipient, incident=incident, step=step, **to)


def put(notices: list[Notice]) -> None:
    """Write notices, and the jobs that send them."""
    if notices:
        Notice.objects.bulk_create(notices)
        jobs: list[dict[str, Any]] = [{"notice": str(notice.uid)} for notice in notices]
        app.configure_task(DELIVER, queue=QUEUE).batch_defer(*jobs)
