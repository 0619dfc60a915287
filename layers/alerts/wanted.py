"""A rule with what it names: the layer, the column or the metric, the filter. Refuses what has no meaning."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.errors import BadParameter
from layers.attributes import Attribute, attributes
from layers.catalogue import catalogue
from layers.filters.selecting import Filter, read_filter
from layers.layer import FeatureLayer
from layers.metric import Metric, metrics_of
from layers.models.alert import AlertRule

K, S = AlertRule.Kind, AlertRule.Subject
# Rules are the service's own eyes: they look at all rows. Who hears of what they find is another matter (reading.py).
EVERYTHING = Reach(everything=True)
_SUBJECTS = {
    K.THRESHOLD: (S.FEATURE, S.UNIT, S.WHOLE),
    K.RATE: (S.FEATURE, S.UNIT, S.WHOLE),
    K.GEOFENCE: (S.FEATURE,),
    K.ABSENCE: (S.FEATURE, S.WHOLE),
    K.OVERDUE: (S.FEATURE,),
}
_TIMES = ("date", "date-time")
T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """What a rule looks at."""

    rule: AlertRule
    layer: FeatureLayer
    attribute: Attribute | None
    metric: Metric | None
    filter: Filter | None

    def rows(self) -> QuerySet[Any]:
        """The rows that the rule is about, inside its unit and area."""
        rows = self.layer.rows(EVERYTHING).order_by()
        if self.filter is not None:
            rows = self.filter.of(rows)
        for area in (self.rule.unit.geom if self.rule.unit else None, self.rule.fence):
            if area is not None:
                square = area.transform(3857, clone=True)
                rows = rows.filter(**{f"{self.layer.tile_geometry}__intersects": square})
        return rows


def wanted(rule: AlertRule) -> Wanted:
    """Raises BadParameter, whose `field` is the rule's, with what is accepted."""
    layer = _layer(rule.layer)
    if rule.subject not in _SUBJECTS[K(rule.kind)]:
        accepted = ", ".join(str(S(one).label) for one in _SUBJECTS[K(rule.kind)])
        raise BadParameter(_("A rule of this kind makes one alert for: %(accepted)s.") % {"accepted": accepted}, field="subject")
    found = read_filter({"filter": rule.filter.strip() or None}, layer)
    return Wanted(rule, layer, _attribute(rule, layer), _metric(rule, layer), found)


def _layer(name: str) -> FeatureLayer:
    found = next((layer for layer in catalogue.feature_layers() if layer.name == name), None)
    if found is None:
        raise BadParameter(_("There is no layer “%(name)s”.") % {"name": name[:80]}, field="layer")
    return found


def _attribute(rule: AlertRule, layer: FeatureLayer) -> Attribute | None:
    kind = K(rule.kind)
    if kind == K.GEOFENCE:
        if rule.unit_id is None and rule.fence is None:
            raise BadParameter(_("A rule about an area needs a unit or an area."), field="unit")
        return None
    if kind == K.ABSENCE:
        _need(rule, "minutes")
    elif kind != K.OVERDUE:
        _need(rule, "limit")
    if kind == K.RATE:
        _need(rule, "minutes")
    if kind == K.RATE or rule.subject == S.UNIT or (rule.subject == S.WHOLE and kind == K.THRESHOLD):
        return None
    kinds = _TIMES if kind in (K.ABSENCE, K.OVERDUE) else ("integer", "number")
    named = {attribute.name: attribute for attribute in attributes(layer) if attribute.kind in kinds}
    return _one_of(rule.measure, named)


def _metric(rule: AlertRule, layer: FeatureLayer) -> Metric | None:
    if rule.kind == K.RATE and rule.subject == S.FEATURE:
        return _one_of(rule.measure, {m.name: m for m in layer.metrics if m.history is not None})
    if rule.subject == S.FEATURE or rule.kind == K.ABSENCE:
        return None
    named = metrics_of(layer.metrics)
    if rule.kind == K.RATE and not _has_moments(layer):
        named = {name: metric for name, metric in named.items() if metric.history is not None}
    return _one_of(rule.measure, named)


def _has_moments(layer: FeatureLayer) -> bool:
    return bool(layer.time_fields) and isinstance(layer.model._meta.get_field(layer.time_fields[0]), models.DateTimeField)  # type: ignore[index]


def _need(rule: AlertRule, field: str) -> None:
    if getattr(rule, field) is None:
        raise BadParameter(_("A rule of this kind needs a number here."), field=field)


def _one_of(name: str, named: dict[str, T]) -> T:
    if name not in named:
        accepted = ", ".join(named) or "–"
        raise BadParameter(
            _("“%(name)s” will not do for this rule; accepted are: %(accepted)s.") % {"name": name[:63], "accepted": accepted},
            field="measure",
        )
    return named[name]
