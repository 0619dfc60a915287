"""Evaluating rules: what is new is raised, what is over is cleared, and what is the same stays one alert."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from gis_core.errors import ServiceError
from layers.alerts.findings import Finding, findings
from layers.alerts.signals import alerts_told
from layers.alerts.wanted import wanted
from layers.catalogue import catalogue
from layers.models.alert import Alert, AlertRule

log = logging.getLogger(__name__)
_FOLLOWED = ("title", "detail", "value", "admin_unit_id", "is_public", "geom", "severity")


def evaluate_tables(tables: Iterable[str]) -> int:
    """The active rules over layers of `tables`; all of them where the rules themselves changed. Returns how many."""
    changed = set(tables)
    rules = AlertRule.objects.filter(is_active=True).select_related("unit")
    if AlertRule._meta.db_table not in changed:
        layers = {name for table in changed for name in catalogue.names_of_table(table)}
        rules = rules.filter(layer__in=layers)
    return sum(evaluate(rule) for rule in rules)


def evaluate_all() -> int:
    """Every active rule: for what time brings about, and for changes of a time when nobody listened."""
    return sum(evaluate(rule) for rule in AlertRule.objects.filter(is_active=True).select_related("unit"))


def evaluate(rule: AlertRule) -> bool:
    """One rule. False where another process is at it: that one has heard of the same change, or is about to."""
    try:
        with override(settings.LANGUAGE_CODE), transaction.atomic():
            if not _mine(rule):
                return False
            _settle(rule, findings(wanted(rule)))
    except (ServiceError, Error) as error:
        log.warning("The alert rule %s cannot be evaluated: %s", rule.pk, type(error).__name__)
        _note_fault(rule, error.detail if isinstance(error, ServiceError) else type(error).__name__)
        return True
    _note_fault(rule, "")
    return True


def clear_orphans() -> int:
    """Alerts of rules that were switched off are over."""
    return Alert.objects.filter(cleared_at__isnull=True, rule__is_active=False).update(cleared_at=timezone.now())


def escalate() -> int:
    """Alerts that nobody acknowledged in time: told once more, to those above. Returns how many."""
    now = timezone.now()
    with transaction.atomic():
        waiting = (
            Alert.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("rule")
            .filter(cleared_at__isnull=True, acknowledged_at__isnull=True, escalated_at__isnull=True, rule__escalate_minutes__isnull=False)
        )
        late = [alert for alert in waiting if alert.raised_at + timedelta(minutes=alert.rule.escalate_minutes or 0) <= now]
        for alert in late:
            alert.escalated_at = now
        Alert.objects.bulk_update(late, ["escalated_at"])
        _tell(late, "escalated")
    return len(late)


def _mine(rule: AlertRule) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"alert rule {rule.pk}"])
        return bool(cursor.fetchone()[0])


def _settle(rule: AlertRule, found: list[Finding]) -> None:
    """The open alerts become those of `found`, with as few writes as that takes."""
    now = timezone.now()
    there = {alert.subject: alert for alert in Alert.objects.filter(rule=rule, cleared_at__isnull=True)}
    _update([alert for finding in found if (alert := there.get(finding.subject)) and _follow(alert, rule, finding)])
    new = [finding for finding in found if finding.subject not in there]
    _raise(rule, new)
    kept = {finding.subject for finding in found}
    over = [alert for subject, alert in there.items() if subject not in kept]
    for alert in over:
        alert.cleared_at = now
    Alert.objects.bulk_update(over, ["cleared_at"])
    _tell(over, "cleared")


def _raise(rule: AlertRule, new: list[Finding]) -> None:
    """What comes back within the quiet minutes is the same alert as before, and is told to nobody again."""
    since = timezone.now() - timedelta(minutes=rule.quiet_minutes)
    before = Alert.objects.filter(rule=rule, subject__in=[finding.subject for finding in new], cleared_at__gte=since)
    again = {alert.subject: alert for alert in before.order_by("cleared_at")}
    for finding in new:
        if alert := again.get(finding.subject):
            _follow(alert, rule, finding)
            alert.cleared_at = None
    Alert.objects.bulk_update(again.values(), [*(name.removesuffix("_id") for name in _FOLLOWED), "cleared_at"])
    alerts = [_alert(rule, finding) for finding in new if finding.subject not in again]
    Alert.objects.bulk_create(alerts)
    _tell(alerts, "raised")


def _alert(rule: AlertRule, finding: Finding) -> Alert:
    alert = Alert(rule=rule, layer=rule.layer, subject=finding.subject, feature=finding.feature)
    _follow(alert, rule, finding)
    return alert


def _follow(alert: Alert, rule: AlertRule, finding: Finding) -> bool:
    """Bring an alert up to date; whether anything of it is different now."""
    values = {
        "title": finding.title[:200],
        "detail": finding.detail[:300],
        "value": finding.value,
        "admin_unit_id": finding.unit,
        "is_public": finding.is_public,
        "geom": finding.at,
        "severity": rule.severity,
    }
    different = {name: value for name, value in values.items() if getattr(alert, name) != value}
    for name, value in different.items():
        setattr(alert, name, value)
    return bool(different)


def _update(alerts: list[Alert]) -> None:
    Alert.objects.bulk_update(alerts, [name.removesuffix("_id") for name in _FOLLOWED])


def _tell(alerts: list[Alert], event: str) -> None:
    if alerts:
        alerts_told.send(sender=Alert, alerts=alerts, event=event)


def _note_fault(rule: AlertRule, fault: str) -> None:
    """Administrators see why a rule is silent. Written when it differs: each writing is a change that is evaluated again."""
    if rule.fault != fault[:300]:
        rule.fault = fault[:300]
        AlertRule.objects.filter(pk=rule.pk).update(fault=rule.fault)
