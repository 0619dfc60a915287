"""Sending what waits in the outbox: claimed before, marked after, swept when a process died between (docs/adr/0024)."""

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone

from gis_core.outbound.addresses import AddressRefused, Unreachable
from gis_core.outbound.client import post
from incidents.models import Notice
from incidents.notify.mail import message
from incidents.notify.payload import payload
from incidents.notify.signing import headers, secret_of
from layers.alerts.reading import is_for_everybody

log = logging.getLogger(__name__)
S = Notice.State
MOST_ATTEMPTS = 10
# A process that holds a notice longer than this is dead: both ways out end within seconds.
DEAD_AFTER = timedelta(minutes=5)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)


class Refused(Exception):
    """The receiver answered, and not with success."""


def deliver(uid: UUID) -> str | None:
    """Send a notice that is due; the state in which it then is, None where there was nothing to do."""
    notice = _claimed(uid)
    if notice is None:
        return None
    try:
        sent = _by_webhook(notice) if notice.channel == Notice.Channel.WEBHOOK else _by_mail(notice)
    except (Unreachable, AddressRefused, Refused, OSError) as error:
        return _settle(notice, S.FAILED if notice.attempts >= MOST_ATTEMPTS else S.WAITING, f"{type(error).__name__}: {error}")
    return _settle(notice, S.SENT if sent else S.DROPPED, "")


def due() -> list[UUID]:
    """Notices whose time has come, oldest first; what dead processes left is put back, or set aside where it may have gone out."""
    _put_back()
    return list(Notice.objects.filter(state=S.WAITING, next_at__lte=timezone.now()).order_by("next_at").values_list("uid", flat=True)[:500])


def _put_back() -> None:
    left = Notice.objects.filter(state=S.SENDING, claimed_at__lt=timezone.now() - DEAD_AFTER)
    # A receiver of webhooks drops what it knows by its id; a mailbox would show a second mail.
    left.filter(channel=Notice.Channel.WEBHOOK).update(state=S.WAITING, next_at=timezone.now())
    if count := left.exclude(channel=Notice.Channel.WEBHOOK).update(state=S.UNCERTAIN):
        log.warning("%d mails may have been sent when a process ended; they are not sent again by themselves.", count)


def _claimed(uid: UUID) -> Notice | None:
    with transaction.atomic():
        rows = Notice.objects.select_for_update(skip_locked=True, of=("self",))
        notice = rows.filter(uid=uid, state=S.WAITING, next_at__lte=timezone.now()).first()
        if notice is None:
            return None
        notice.state, notice.claimed_at = S.SENDING, timezone.now()
        notice.attempts += 1
        notice.save(update_fields=["state", "claimed_at", "attempts"])
    return Notice.objects.select_related(
        "incident", "step__unit", "follow", "unit", "webhook", "instruction", "alert__rule", "alert__admin_unit"
    ).get(pk=notice.pk)


def _settle(notice: Notice, state: str, error: str) -> str:
    now = timezone.now()
    pause = min(_FIRST_PAUSE * 2 ** min(notice.attempts - 1, 12), _LONGEST_PAUSE)
    sent_at = now if state == S.SENT else None
    mine = Notice.objects.filter(pk=notice.pk, state=S.SENDING, attempts=notice.attempts)
    mine.update(state=state, error=error[:200], next_at=now + pause, sent_at=sent_at)
    return str(state)


def _by_webhook(notice: Notice) -> bool:
    hook = notice.webhook
    if hook is None or not hook.is_active or (hook.public_only and not _is_public(notice)):
        return False
    body = payload(notice)
    signed = headers(secret_of(hook.uid, hook.generation), f"msg_{notice.uid.hex}", int(time.time()), body)
    answer = post(hook.url, body, {"Content-Type": "application/json", "User-Agent": "ioc-map", **signed})
    if not 200 <= answer.status < 300:
        raise Refused(f"the receiver answered {answer.status}")
    return True


def _is_public(notice: Notice) -> bool:
    if notice.alert is not None:
        return is_for_everybody(notice.alert)
    return notice.incident is not None and notice.incident.is_public


def _by_mail(notice: Notice) -> bool:
    mail = message(notice)
    if mail is None:
        return False
    # The connection first: a server that is away is no mail that may have gone out.
    connection = get_connection()
    connection.open()
    try:
        connection.send_messages([mail])
    finally:
        connection.close()
    return True
