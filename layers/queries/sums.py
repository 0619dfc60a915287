"""The sums behind metrics: of all rows that are asked for, and by unit, hour or attribute."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db.models import F, QuerySet
from django.db.models.functions import Trunc

from gis_core import crs
from gis_core.changes.clock import Box
from layers.attributes import attributes
from layers.layer import Interval, fit_moment
from layers.metric import Combine, Metric
from layers.parameters import Moment
from layers.queries.asking import Asked
from layers.queries.groups import MAX_GROUPS, bounded
from layers.queries.homes import Homes

HOURS = ("hour", "day", "month", "year")
Parts = dict[str, Any]
Found = list[tuple[Any, str, Parts]]


@dataclass(frozen=True)
class Asking:
    """By what, and of which rows. `box` in EPSG:3857; `unit` is a unit of the day `as_of` (with everything below it)."""

    by: str
    level: str
    unit: int | None
    box: Box | None
    as_of: date
    when: Moment | Interval | None


@dataclass(frozen=True)
class Sums:
    """Amount, base and plan of the whole and of each group (key, words, parts)."""

    whole: Parts
    groups: Found | None


def sums(asked: Asked, metrics: Sequence[Metric], asking: Asking) -> dict[str, Sums]:
    """Each metric's sums, in as few statements as may be."""
    homes = Homes.on(asking.as_of) if asking.by == "unit" or asking.unit is not None else None
    dated = asking.by in HOURS or asking.when is not None
    past = [metric for metric in metrics if dated and metric.history is not None]
    present = [metric for metric in metrics if not dated or metric.history is None]
    found: dict[str, Sums] = {}
    if present:
        found |= _of(asked, present, asking, homes, _narrowed(asked.rows(), asked, asking, homes), _time_of(asked))
    for metric in past:
        assert metric.history is not None
        now = Asked(asked.layer, asked.reach, None, asked.filter)
        rows = _narrowed(now.rows(), asked, asking, homes)
        rows = _within(rows, metric.history.time, asking.when)
        then = Metric(metric.name, metric.title, metric.history.amount, metric.kind)
        found |= _of(asked, [then], asking, homes, rows, metric.history.time)
    return found


def _time_of(asked: Asked) -> str:
    return asked.layer.time_fields[0] if asked.layer.time_fields else ""


def _narrowed(rows: QuerySet[Any], asked: Asked, asking: Asking, homes: Homes | None) -> QuerySet[Any]:
    layer = asked.layer
    rows = rows.order_by()
    if asking.box is not None:
        square = Polygon.from_bbox(asking.box)
        square.srid = crs.WEB_MERCATOR
        rows = rows.filter(**{f"{layer.tile_geometry}__intersects": square})
    if homes is None:
        return rows
    rows = homes.located(layer, rows)
    return rows if asking.unit is None else rows.filter(_home__in=homes.below(asking.unit))


def _within(rows: QuerySet[Any], time: str, when: Moment | Interval | None) -> QuerySet[Any]:
    if when is None:
        return rows
    start, end = when if isinstance(when, tuple) else (when, when)
    model: Any = rows.model
    path = time.split("__")
    for name in path[:-1]:
        model = model._meta.get_field(name).related_model
    column = model._meta.get_field(path[-1])
    limits: dict[str, date | datetime] = {}
    if start is not None:
        limits[f"{time}__gte"] = fit_moment(start, column)
    if end is not None:
        limits[f"{time}__lte"] = fit_moment(end, column, latest=True)
    return rows.filter(**limits)


def _of(asked: Asked, metrics: Sequence[Metric], asking: Asking, homes: Homes | None, rows: QuerySet[Any], time: str) -> dict[str, Sums]:
    aggregates = {f"_{number}_{role}": part for number, metric in enumerate(metrics) for role, part in metric.parts().items()}
    if not asking.by:
        row = rows.aggregate(**aggregates)
        return {metric.name: Sums(_parts(row, number, metric), None) for number, metric in enumerate(metrics)}
    if asking.by == "unit":
        keyed = list(rows.values("_home").annotate(**aggregates))
        return {m.name: _summed(m, _by_unit(m, n, keyed, asking.level, homes)) for n, m in enumerate(metrics)}
    key: Any = F(_attribute(asked, asking.by)) if asking.by not in HOURS else Trunc(time, asking.by)
    found = list(rows.annotate(_key=key).values("_key").annotate(**aggregates).order_by(F("_key").asc(nulls_last=True))[: MAX_GROUPS + 1])
    bounded(found)
    words = _words(asked, asking.by)
    return {m.name: _summed(m, [(row["_key"], words(row["_key"]), _parts(row, n, m)) for row in found]) for n, m in enumerate(metrics)}


def _parts(row: dict[str, Any], number: int, metric: Metric) -> Parts:
    return {role: row[f"_{number}_{role}"] for role in metric.parts()}


def _by_unit(metric: Metric, number: int, keyed: Iterable[dict[str, Any]], level: str, homes: Homes | None) -> Found:
    assert homes is not None
    merged: dict[int | None, list[Parts]] = {}
    for row in keyed:
        merged.setdefault(homes.above(row["_home"], level), []).append(_parts(row, number, metric))
    order = {pk: place for place, pk in enumerate(homes.units)}
    keys = sorted(merged, key=lambda pk: len(order) if pk is None else order[pk])
    return [(*homes.named(pk), together(metric.combine, merged[pk])) for pk in keys]


def _summed(metric: Metric, groups: Found) -> Sums:
    return Sums(together(metric.combine, [parts for _key, _words, parts in groups]), groups)


def together(combine: Combine, several: Sequence[Parts]) -> Parts:
    """The parts of a whole: None where no part has a value."""
    roles = dict.fromkeys(role for parts in several for role in parts)
    join: Callable[[list[Any]], Any] = max if combine == "max" else sum
    whole: Parts = {}
    for role in roles:
        values = [parts[role] for parts in several if parts.get(role) is not None]
        whole[role] = join(values) if values else None
    return whole


def _attribute(asked: Asked, name: str) -> str:
    return next(attribute.lookup for attribute in attributes(asked.layer) if attribute.name == name)


def _words(asked: Asked, by: str) -> Callable[[Any], str]:
    choices = next((attribute.choices for attribute in attributes(asked.layer) if attribute.name == by), {})
    return lambda key: "–" if key is None else str(choices.get(key, key))
