"""What a rule finds now: one finding for each feature, unit or whole of which it is true."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.db.models.functions import PointOnSurface
from django.contrib.gis.geos import Point
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _

from gis_core import crs
from layers.alerts.wanted import EVERYTHING, K, S, Wanted
from layers.layer import fit_moment
from layers.metric import Metric
from layers.models.alert import AlertRule
from layers.queries.asking import Asked
from layers.queries.sums import Asking, Parts, sums

# Beyond this a rule does not tell of each thing: one alert says how many there are.
MOST = 200
COMMUNE = "commune"
Bounds = tuple[datetime, datetime]


@dataclass(frozen=True)
class Finding:
    """`subject` names what it is of: the same thing has the same subject at each evaluation."""

    subject: str
    title: str
    detail: str = ""
    value: float | None = None
    feature: int | None = None
    unit: int | None = None
    is_public: bool = False
    at: Point | None = None


def findings(wanted: Wanted) -> list[Finding]:
    """Of one rule. Where there are more than `MOST` things, one finding that counts them."""
    if wanted.rule.subject == S.FEATURE:
        return _of_features(wanted)
    if wanted.rule.kind == K.ABSENCE:
        return list(_silent(wanted))
    return list(_of_numbers(wanted))


def _of_features(wanted: Wanted) -> list[Finding]:
    rows, values = _KINDS[K(wanted.rule.kind)](wanted)
    found = list(_described(wanted, rows)[: MOST + 1])
    if len(found) > MOST:
        count = rows.count()
        return [Finding("many", _("%(layer)s: %(count)d at once") % {"layer": wanted.layer.title, "count": count}, str(wanted.rule), count)]
    return [_feature(wanted, row, values(row)) for row in found]


Values = Callable[[dict[str, Any]], tuple[float | None, str]]


def _threshold(wanted: Wanted) -> tuple[QuerySet[Any], Values]:
    attribute, rule = wanted.attribute, wanted.rule
    assert attribute is not None
    rows = wanted.rows().filter(**{f"{attribute.lookup}__{_side(rule)}": rule.limit}).annotate(_value=F(attribute.lookup))
    return rows, lambda row: (float(row["_value"]), _beyond(wanted, float(row["_value"])))


def _rate(wanted: Wanted) -> tuple[QuerySet[Any], Values]:
    """By each feature's own past: the last period against the one before."""
    metric = wanted.metric
    assert metric is not None and metric.history is not None
    now, before = (_by_feature(wanted, metric, bounds) for bounds in _periods(wanted.rule))
    changes = {pk: change for pk, value in now.items() if (change := _change(wanted.rule, value, before.get(pk))) is not None}
    rows = wanted.rows().filter(pk__in=[pk for pk, change in changes.items() if _is_beyond(wanted.rule, change)])
    return rows, lambda row: (changes[row["pk"]], _changed(wanted, changes[row["pk"]]))


def _fenced(wanted: Wanted) -> tuple[QuerySet[Any], Values]:
    area = wanted.rule.unit.name if wanted.rule.unit else _("the area of the rule")
    rows = wanted.rows()
    if wanted.rule.minutes is not None and wanted.layer.time_fields:
        rows = rows.filter(**{f"{wanted.layer.time_fields[0]}__gte": timezone.now() - timedelta(minutes=wanted.rule.minutes)})
    return rows, lambda _row: (None, _("inside %(area)s") % {"area": area})


def _absent(wanted: Wanted) -> tuple[QuerySet[Any], Values]:
    attribute = wanted.attribute
    assert attribute is not None and wanted.rule.minutes is not None
    before = fit_moment(timezone.now() - timedelta(minutes=wanted.rule.minutes), attribute.column)
    late = Q(**{f"{attribute.lookup}__lt": before}) | Q(**{f"{attribute.lookup}__isnull": True})
    rows = wanted.rows().filter(late).annotate(_value=F(attribute.lookup))
    return rows, lambda row: (None, _silence(row["_value"]))


def _overdue(wanted: Wanted) -> tuple[QuerySet[Any], Values]:
    attribute = wanted.attribute
    assert attribute is not None
    before = fit_moment(timezone.now() - timedelta(minutes=wanted.rule.minutes or 0), attribute.column)
    rows = wanted.rows().filter(**{f"{attribute.lookup}__lt": before}).annotate(_value=F(attribute.lookup))
    return rows, lambda row: (None, _("due %(moment)s") % {"moment": _written(row["_value"])})


_KINDS = {K.THRESHOLD: _threshold, K.RATE: _rate, K.GEOFENCE: _fenced, K.ABSENCE: _absent, K.OVERDUE: _overdue}


def _silent(wanted: Wanted) -> Iterator[Finding]:
    """Of a layer as a whole: the newest of all its rows."""
    attribute, minutes = wanted.attribute, wanted.rule.minutes
    assert attribute is not None and minutes is not None
    newest = wanted.rows().aggregate(newest=Max(attribute.lookup))["newest"]
    if newest is None or newest < fit_moment(timezone.now() - timedelta(minutes=minutes), attribute.column):
        yield Finding("whole", f"{wanted.layer.title}: {wanted.rule}", _silence(newest))


def _of_numbers(wanted: Wanted) -> Iterator[Finding]:
    """Of units, or of everything: a metric, or its change from the period before."""
    rule = wanted.rule
    if rule.kind == K.RATE:
        now, before = (_numbers(wanted, bounds) for bounds in _periods(rule))
        told: Callable[[Wanted, float], str] = _changed
        values = {key: (name, _change(rule, value, before.get(key, ("", None))[1])) for key, (name, value) in now.items()}
    else:
        bounds = (timezone.now() - timedelta(minutes=rule.minutes), timezone.now()) if rule.minutes is not None else None
        values, told = _numbers(wanted, bounds), _beyond
    for key, (name, value) in values.items():
        if value is not None and _is_beyond(rule, value):
            subject = "whole" if key is None else f"unit:{key}"
            yield Finding(subject, f"{name or wanted.layer.title}: {rule}", told(wanted, value), value, unit=key)


def _numbers(wanted: Wanted, bounds: Bounds | None) -> dict[int | None, tuple[str, float | None]]:
    """The metric by unit (id → name, value), or under None that of the whole."""
    metric = wanted.metric
    assert metric is not None
    by = "unit" if wanted.rule.subject == S.UNIT else ""
    asked = Asked(wanted.layer, EVERYTHING, bounds, wanted.filter)
    unit = wanted.rule.unit_id
    asking = Asking(by, COMMUNE, unit, None, timezone.localdate(), bounds)
    found = sums(asked, [metric], asking)[metric.name]
    if found.groups is None:
        return {None: ("", _value(metric, found.whole))}
    return {key["id"]: (name, _value(metric, parts)) for key, name, parts in found.groups if key is not None}


def _value(metric: Metric, parts: Parts) -> float | None:
    amount, base = parts.get("amount"), parts.get("base")
    if metric.base is not None:
        return metric.scale * amount / base if amount is not None and base else None
    return None if amount is None else float(amount)


def _by_feature(wanted: Wanted, metric: Metric, bounds: Bounds) -> dict[int, float]:
    history = metric.history
    assert history is not None
    past = {f"{history.time}__gt": bounds[0], f"{history.time}__lte": bounds[1]}
    rows = wanted.rows().filter(**past).values("pk").annotate(_past=history.amount).order_by()
    return {row["pk"]: float(row["_past"]) for row in rows if row["_past"] is not None}


def _periods(rule: AlertRule) -> tuple[Bounds, Bounds]:
    """The last period and the one before."""
    now, length = timezone.now(), timedelta(minutes=rule.minutes or 0)
    return (now - length, now), (now - 2 * length, now - length)


def _change(rule: AlertRule, now: float | None, before: float | None) -> float | None:
    if now is None or before is None or (rule.in_percent and not before):
        return None
    return 100 * (now - before) / abs(before) if rule.in_percent else now - before


def _side(rule: AlertRule) -> str:
    return "gte" if rule.direction == rule.Direction.ABOVE else "lte"


def _is_beyond(rule: AlertRule, value: float) -> bool:
    assert rule.limit is not None
    # A fall is a change below zero: "at or below 5" of a change means that it fell by 5 or more.
    if rule.direction == rule.Direction.ABOVE:
        return value >= rule.limit
    return value <= (-rule.limit if rule.kind == K.RATE else rule.limit)


def _described(wanted: Wanted, rows: QuerySet[Any]) -> "QuerySet[Any, dict[str, Any]]":
    """What is told of each row: its name, unit, whether it is published, its place."""
    model = wanted.layer.model
    columns = {field.name for field in model._meta.concrete_fields}
    label = wanted.layer.label_field
    kept = {"_name": F(label)} if label in columns else {}
    names = [name for name in ("admin_unit_id", "is_public") if name.removesuffix("_id") in columns]
    annotated = rows.annotate(**kept, _at=PointOnSurface(wanted.layer.tile_geometry))
    value = ["_value"] if "_value" in annotated.query.annotations else []
    described: QuerySet[Any, dict[str, Any]] = annotated.values("pk", *kept, "_at", *names, *value).order_by("pk")
    return described


def _feature(wanted: Wanted, row: dict[str, Any], told: tuple[float | None, str]) -> Finding:
    value, detail = told
    place = row["_at"]
    at = Point(*crs.transform(crs.WEB_MERCATOR, crs.WGS84, place.x, place.y), srid=4326) if place else None
    name = str(row.get("_name") or f"{wanted.layer.title} {row['pk']}")
    return Finding(f"feature:{row['pk']}", name, detail, value, row["pk"], row.get("admin_unit_id"), bool(row.get("is_public")), at)


def _beyond(wanted: Wanted, value: float) -> str:
    sides = {"above": _("%(value)s, at or above %(limit)s"), "below": _("%(value)s, at or below %(limit)s")}
    return sides[wanted.rule.direction] % {"value": _number(value), "limit": _number(wanted.rule.limit or 0)}


def _changed(wanted: Wanted, change: float) -> str:
    unit = " %" if wanted.rule.in_percent else ""
    sign = "+" if change > 0 else ""
    return _("%(change)s in %(minutes)d minutes") % {"change": f"{sign}{_number(change)}{unit}", "minutes": wanted.rule.minutes or 0}


def _silence(moment: Any) -> str:
    return _("nothing so far") if moment is None else _("the last of %(moment)s") % {"moment": _written(moment)}


def _written(moment: Any) -> str:
    return f"{timezone.localtime(moment):%H:%M %d/%m/%Y}" if isinstance(moment, datetime) else f"{moment:%d/%m/%Y}"


def _number(value: float) -> str:
    rounded = round(value, 2)
    return str(localize(int(rounded) if rounded == int(rounded) else rounded))
