"""Mails about incidents: plain text, no title and no place of a report in the subject, a way out in each."""

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from incidents.models import Incident, Instruction, Notice, Reporter
from incidents.notify import alerts
from incidents.notify.payload import absolute, tracking_url
from incidents.notify.signing import confirm_token, leave_token


@dataclass(frozen=True)
class Letter:
    """Whom to write and what."""

    address: str
    subject: str
    lines: tuple[str, ...]
    leave: str = ""


def message(notice: Notice) -> EmailMessage | None:
    """The mail of a notice; None where nobody is there (any more) to read it. One notice, one Message-ID."""
    with override(settings.LANGUAGE_CODE):
        letter = _WRITERS[notice.channel](notice)
    if letter is None or not letter.address:
        return None
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    headers = {"Message-ID": f"<{notice.uid}@{host}>", "Auto-Submitted": "auto-generated"}
    if letter.leave:
        headers |= {"List-Unsubscribe": f"<{letter.leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return EmailMessage(letter.subject, "\n\n".join(letter.lines) + "\n", None, [letter.address], headers=headers)


def _to_follower(notice: Notice) -> Letter | None:
    follow = notice.follow
    if follow is None or follow.confirmed_at is None or not _incident(notice).is_public:
        return None
    leave = absolute(reverse("incidents:leave", args=[leave_token(follow.uid)]))
    lines = (*_news(notice), tracking_url(_incident(notice)), _("To hear no more of it: %(link)s") % {"link": leave})
    return Letter(follow.email, _subject(_incident(notice)), lines, leave)


def _to_reporter(notice: Notice) -> Letter | None:
    reporter = Reporter.objects.filter(incident=notice.incident_id).first()
    if reporter is None:
        return None
    own = tracking_url(_incident(notice), f"?key={_incident(notice).uid}")
    ask = _("Your own page, where you can answer or say that the work is not done (do not pass the link on): %(link)s") % {"link": own}
    return Letter(reporter.email, _subject(_incident(notice)), (*_news(notice), ask))


def _to_unit(notice: Notice) -> Letter | None:
    unit, incident = notice.unit, _incident(notice)
    if unit is None or not unit.is_active:
        return None
    lines = [_("An incident is yours to handle: %(title)s") % {"title": incident.title}, incident.address]
    if notice.step and notice.step.note:
        lines.append(notice.step.note)
    if incident.due_at:
        lines.append(_("Due: %(due)s") % {"due": f"{incident.due_at.astimezone():%H:%M %d/%m/%Y}"})
    lines.append(absolute(reverse("incidents:board")) + f"#incident={incident.tracking_code}")
    return Letter(unit.email, _("To handle: incident %(code)s") % {"code": incident.tracking_code}, tuple(filter(None, lines)))


def _instructed(notice: Notice) -> Letter | None:
    unit, given = notice.unit, notice.instruction
    if unit is None or given is None or not unit.is_active or given.state == Instruction.State.WITHDRAWN:
        return None
    lines = [given.title, given.text]
    if given.due_at:
        lines.append(_("Due: %(due)s") % {"due": f"{given.due_at.astimezone():%H:%M %d/%m/%Y}"})
    lines.append(absolute(reverse("incidents:board")) + f"#instruction={given.uid}")
    return Letter(unit.email, _("An instruction for your unit"), tuple(filter(None, lines)))


def _to_confirm(notice: Notice) -> Letter | None:
    follow = notice.follow
    if follow is None or follow.confirmed_at is not None:
        return None
    link = absolute(reverse("incidents:confirm_follow", args=[confirm_token(follow.uid)]))
    lines = (
        _("Somebody asked that news of incident %(code)s be sent to this address.") % {"code": _incident(notice).tracking_code},
        _("If it was you, confirm it here within seven days: %(link)s") % {"link": link},
        _("If not, do nothing: no further mail will come."),
    )
    return Letter(follow.email, _("Confirm: follow incident %(code)s") % {"code": _incident(notice).tracking_code}, lines)


def _of_alert(notice: Notice) -> Letter | None:
    found = alerts.letter(notice)
    if found is None:
        return None
    address, subject, lines = found
    return Letter(address, subject, (*lines, absolute(reverse("wall"))))


def _incident(notice: Notice) -> Incident:
    assert notice.incident is not None
    return notice.incident


def _subject(incident: Incident) -> str:
    return _("News of incident %(code)s") % {"code": incident.tracking_code}


def _news(notice: Notice) -> tuple[str, ...]:
    step = notice.step
    status = step.get_after_display() if step else _incident(notice).get_status_display()
    lines = (_("Incident %(code)s is now: %(status)s") % {"code": _incident(notice).tracking_code, "status": status},)
    return (*lines, step.public_note) if step and step.public_note and step.is_moderated else lines


_WRITERS = {
    Notice.Channel.FOLLOWER.value: _to_follower,
    Notice.Channel.REPORTER.value: _to_reporter,
    Notice.Channel.UNIT.value: _to_unit,
    Notice.Channel.INSTRUCTED.value: _instructed,
    Notice.Channel.CONFIRM.value: _to_confirm,
    Notice.Channel.ALERT.value: _of_alert,
}
