"""Who hears of which alert: whoever the layer's own rule lets see the feature that it is of."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from gis_core.access import ANONYMOUS, Scope
from gis_core.models import Role
from layers.catalogue import catalogue
from layers.models.alert import Alert

# The work of those who answer alerts.
_ANSWERING = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.LEADER, Role.ADMINISTRATOR})


def alerts_for(scope: Scope) -> QuerySet[Alert]:
    """The alerts that `scope` may know of. One that is of several people's rows is for those who see all of them."""
    condition = Q(pk__in=[])
    for layer in catalogue.visible_to(scope, "wall"):
        condition |= Q(layer=layer.name) & layer.reach(scope).condition()
    return Alert.objects.filter(condition)


def may_answer(scope: Scope) -> bool:
    """Whether these are alerts that `scope` may acknowledge."""
    return not scope.read_only and (scope.superuser or bool(scope.roles() & _ANSWERING))


def is_for_everybody(alert: Alert) -> bool:
    """Whether a visitor may know of it."""
    return alerts_for(ANONYMOUS).filter(pk=alert.pk).exists()


def told(alert: Alert) -> dict[str, Any]:
    """An alert as pages and programs get it. Needs `rule`, `admin_unit` and `acknowledged_by`."""
    by = alert.acknowledged_by
    return {
        "id": alert.uid,
        "rule": alert.rule.name,
        "kind": alert.rule.kind,
        "layer": alert.layer,
        "feature": alert.feature,
        "severity": alert.severity,
        "title": alert.title,
        "detail": alert.detail,
        "value": alert.value,
        "unit": alert.admin_unit.name if alert.admin_unit else None,
        "position": [round(alert.geom.x, 6), round(alert.geom.y, 6)] if alert.geom else None,
        "raised_at": _written(alert.raised_at),
        "cleared_at": _written(alert.cleared_at),
        "acknowledged_at": _written(alert.acknowledged_at),
        "acknowledged_by": (by.get_full_name() or by.get_username()) if by else None,
        "note": alert.note,
        "escalated_at": _written(alert.escalated_at),
        "sounds": alert.rule.sounds,
    }


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
