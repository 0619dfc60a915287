"""Alerts in the outbox: mails to the addresses of the rule, webhooks that want to hear of alerts."""

import hashlib
from typing import Any

from django.utils.translation import gettext as _

from incidents.models import Notice, Webhook
from incidents.notify.outbox import put
from layers.alerts.reading import is_for_everybody
from layers.models import Alert


def tell_of_alerts(alerts: list[Alert], event: str, **_signal: object) -> None:
    """Receiver of `alerts_told`, in the transaction that wrote the alerts. That one is over is for programs alone."""
    hooks = list(Webhook.objects.filter(is_active=True, hears_alerts=True))
    notices = []
    for alert in alerts:
        name = f"alert:{alert.uid}:{event}"
        notices += [_notice(alert, name, Notice.Channel.WEBHOOK, str(hook.uid), webhook=hook) for hook in hooks]
        notices += [_notice(alert, name, Notice.Channel.ALERT, _key(address)) for address in _addresses(alert, event)]
    # What comes back after its quiet minutes may be over twice: that was told.
    known = set(Notice.objects.filter(event__in={notice.event for notice in notices}).values_list("event", "recipient"))
    put([notice for notice in notices if (notice.event, notice.recipient) not in known])


def letter(notice: Notice) -> tuple[str, str, tuple[str, ...]] | None:
    """Address, subject and lines of a mail; None when the rule does not name the address any more."""
    alert = notice.alert
    if alert is None:
        return None
    event = notice.event.rpartition(":")[2]
    address = next((one for one in _addresses(alert, event) if _key(one) == notice.recipient), "")
    escalated = event == "escalated"
    subject = _("Alert nobody has acknowledged: %(rule)s") if escalated else _("Alert: %(rule)s")
    lines = [alert.title, alert.detail, alert.admin_unit.name if alert.admin_unit else ""]
    lines.append(_("Raised: %(moment)s") % {"moment": f"{alert.raised_at.astimezone():%H:%M %d/%m/%Y}"})
    return address, subject % {"rule": alert.rule.name}, tuple(filter(None, lines))


def payload(notice: Notice) -> dict[str, Any]:
    """Type and data of a webhook's message. Of what is not open to everybody, that it is there and how bad it is."""
    alert = notice.alert
    assert alert is not None
    data: dict[str, Any] = {"id": str(alert.uid), "rule": alert.rule.name, "layer": alert.layer, "severity": alert.severity}
    if is_for_everybody(alert):
        data |= {"title": alert.title, "detail": alert.detail, "value": alert.value}
        if alert.geom:
            data |= {"lon": round(alert.geom.x, 6), "lat": round(alert.geom.y, 6)}
    return {"type": f"alert.{notice.event.rpartition(':')[2]}", "timestamp": notice.created_at, "data": data}


def _addresses(alert: Alert, event: str) -> list[str]:
    named = {"raised": alert.rule.recipients, "escalated": alert.rule.escalate_to}.get(event, "")
    return named.splitlines()


def _key(address: str) -> str:
    """The rule holds the address; the outbox tells which one of them."""
    return hashlib.sha256(address.encode()).hexdigest()[:40]


def _notice(alert: Alert, event: str, channel: str, recipient: str, **to: object) -> Notice:
    return Notice(event=event, channel=channel, recipient=recipient, alert=alert, **to)
