"""`/query/metrics`: the numbers that layers declare, for a person × unit × viewport × period × day."""

import csv
import io
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any

from django.db import connection, models
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.changes.clock import Box, clock
from gis_core.errors import BadParameter
from gis_core.models import AdminUnit
from layers.attributes import attributes
from layers.catalogue import catalogue
from layers.filters.selecting import PARAMETERS as FILTER_PARAMETERS
from layers.layer import FeatureLayer
from layers.metric import Metric, metrics_of
from layers.ogc.exports.text import BOM, cell
from layers.ogc.media import CSV, JSON
from layers.ogc.resource import Call, Content, Document, resource
from layers.parameters import AS_OF, Parameters
from layers.queries.asking import Asked, of_layer
from layers.queries.sums import HOURS, Asking, Sums, sums

NAMES = ("metrics", "by", "level", "unit", "bbox", "datetime", "as_of", AS_OF, *FILTER_PARAMETERS)
MAX_METRICS = 24
LEVELS = tuple(AdminUnit.Level.values)
_KEPT = 1024
_cache: OrderedDict[str, Content] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Wanted:
    """The metrics of one layer."""

    asked: Asked
    metrics: tuple[Metric, ...]


@resource(JSON, CSV)
def metrics(call: Call) -> Document:
    """{as_of, by, metrics: [{name, title, kind, unit, value, amount, base, plan, groups}]}.

    `amount`, `base` and `plan` of groups add up to those of the whole, at every level and on every day; `value` is worked out
    from them. Answers are kept until the change log names a change of these rows in this viewport.
    """
    parameters = call.parameters(*NAMES)
    wanted = _wanted(call, parameters)
    asking = _asking(parameters, wanted)
    states = [one.asked.state([asking.box]) for one in wanted]
    states.append(f"{asking.as_of}|{clock.stamp(AdminUnit._meta.db_table)}")
    committed = not connection.in_atomic_block  # whoever is writing wants to see what is not committed yet
    key = "\x1f".join((call.request.GET.urlencode(), get_language() or "", *states))

    def build() -> Content:
        if committed and (kept := _recall(key)) is not None:
            return kept
        content = {"as_of": asking.as_of, "by": asking.by, "metrics": [entry for one in wanted for entry in _entries(one, asking)]}
        if committed:
            _keep(key, content)
        return content

    if call.media is CSV:
        return Document(dict, "", states, raw=lambda: _table(build()))
    return Document(build, "", states)


def _table(content: Content) -> HttpResponse:
    """A row a group, or a row a metric: for spreadsheets."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    numbers = ("value", "amount", "base", "plan")
    writer.writerow(["metric", "key", "label", *numbers])
    for entry in content["metrics"]:
        for group in entry.get("groups") or [{"key": None, "label": entry["title"], **entry}]:
            key = group["key"]["code"] if isinstance(group["key"], dict) else group["key"]
            writer.writerow([cell(value) for value in (entry["name"], key, str(group["label"]), *(group[name] for name in numbers))])
    headers = {"Content-Disposition": 'attachment; filename="metrics.csv"'}
    return HttpResponse(BOM + out.getvalue().encode(), content_type="text/csv; charset=utf-8", headers=headers)


def _recall(key: str) -> Content | None:
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
        return _cache.get(key)


def _keep(key: str, content: Content) -> None:
    with _lock:
        _cache[key] = content
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)


def _entries(one: Wanted, asking: Asking) -> list[Content]:
    found = sums(one.asked, one.metrics, asking)
    return [_entry(one.asked.layer, metric, found[metric.name]) for metric in one.metrics]


def _entry(layer: FeatureLayer, metric: Metric, found: Sums) -> Content:
    entry: Content = {
        "name": f"{layer.name}.{metric.name}",
        "layer": layer.name,
        "title": str(metric.title),
        "kind": metric.kind,
        "unit": str(metric.unit),
        "rises": metric.rises,
        **_numbers(metric, found.whole),
    }
    if found.groups is not None:
        entry["groups"] = [{"key": key, "label": label, **_numbers(metric, parts)} for key, label, parts in found.groups]
    return entry


def _numbers(metric: Metric, parts: dict[str, Any]) -> Content:
    amount, base = parts.get("amount"), parts.get("base")
    value = amount
    if metric.base is not None:
        value = round(metric.scale * amount / base, 4) if amount is not None and base else None
    return {"value": value, "amount": amount, "base": base, "plan": parts.get("plan")}


def _wanted(call: Call, parameters: Parameters) -> list[Wanted]:
    names = parameters.names("metrics")
    if not names:
        sentence = _("metrics is missing: names like facilities.count separated by commas, or a layer's name for all of its metrics.")
        raise BadParameter(sentence, field="metrics")
    chosen: dict[str, list[str]] = {}
    for name in names:
        layer, _dot, metric = name.partition(".")
        chosen.setdefault(layer, []).append(metric)
    if len(chosen) > 1 and any(name in parameters for name in FILTER_PARAMETERS):
        raise BadParameter(_("filter needs the metrics of one layer: its fields are the layer's."), field="filter")
    found = []
    for name, wanted in chosen.items():
        features = catalogue.features(name, call.scope, "query")
        found.append(Wanted(of_layer(call, parameters, features), _metrics(features, wanted)))
    if sum(len(one.metrics) for one in found) > MAX_METRICS:
        raise BadParameter(_("metrics names more than %(limit)d.") % {"limit": MAX_METRICS}, field="metrics")
    return found


def _metrics(layer: FeatureLayer, names: list[str]) -> tuple[Metric, ...]:
    known = metrics_of(layer.metrics)
    if "" in names:
        return tuple(known.values())
    for name in names:
        _one_of("metrics", name, tuple(known))
    return tuple(known[name] for name in names)


def _asking(parameters: Parameters, wanted: list[Wanted]) -> Asking:
    by = parameters.text("by") or ""
    if by and by not in ("unit", *HOURS):
        _check_attribute(by, wanted)
    if by in HOURS:
        for one in wanted:
            _check_time(by, one)
    level = _one_of("level", parameters.text("level") or AdminUnit.Level.COMMUNE.value, LEVELS)
    return Asking(by, level, parameters.integer("unit", low=1, high=10**15), _box(parameters), _day(parameters), parameters.when())


def _check_attribute(by: str, wanted: list[Wanted]) -> None:
    named = [a.name for a in attributes(wanted[0].asked.layer) if a.kind in ("string", "boolean")] if len(wanted) == 1 else []
    _one_of("by", by, ("unit", *HOURS, *named))


def _check_time(by: str, one: Wanted) -> None:
    layer = one.asked.layer
    column = layer.model._meta.get_field(layer.time_fields[0]) if layer.time_fields else None
    timed = isinstance(column, models.DateTimeField) or (isinstance(column, models.DateField) and by != "hour")
    for metric in one.metrics:
        if metric.history is None and not timed:
            sentence = _("%(name)s has no course in time by “%(by)s”.")
            raise BadParameter(sentence % {"name": f"{layer.name}.{metric.name}", "by": by}, field="by")


def _box(parameters: Parameters) -> Box | None:
    box = parameters.bbox()
    if box is None:
        return None
    if not (-180 <= box.west <= box.east <= 180 and -85 <= box.south <= box.north <= 85):
        raise BadParameter(_("bbox must be west,south,east,north in degrees, in this order and within ±180, ±85."), field="bbox")
    low = crs.transform(crs.WGS84, crs.WEB_MERCATOR, box.west, box.south)
    high = crs.transform(crs.WGS84, crs.WEB_MERCATOR, box.east, box.north)
    return (low[0], low[1], high[0], high[1])


def _day(parameters: Parameters) -> date:
    moment = parameters.instant("as_of") or parameters.as_of()
    if moment is None:
        return timezone.localdate()
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def _one_of(field: str, value: str, accepted: tuple[str, ...]) -> str:
    if value not in accepted:
        sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"field": field, "value": value[:40], "accepted": ", ".join(accepted) or "–"}, field=field)
    return value
