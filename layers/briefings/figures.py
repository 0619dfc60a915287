"""Figures that several reports need: metrics of a unit, groups of a layer's rows, the ground under a map."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely
from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

from gis_core.models import AdminUnit
from layers.analysis.work import frame_of, outline_of
from layers.attributes import Attribute, attributes
from layers.briefings.content import Drawn
from layers.briefings.contract import Desk
from layers.layer import FeatureLayer
from layers.metric import Metric
from layers.ogc.render import words_of_table
from layers.queries import plane_rows as reading
from layers.queries.asking import Asked
from layers.queries.homes import Homes
from layers.queries.sums import Asking, Sums, sums

_ROADS = {"expressway": 2.6, "national": 2.0, "provincial": 1.6, "urban": 1.2}
_MOST_STREETS = 1_500


def metric_sums(
    asked: Asked, metrics: Sequence[Metric], unit: int | None, by: str = "", level: str = "commune", when: Any = None
) -> dict[str, Sums]:
    """A layer's metrics over a unit today, perhaps by units below."""
    return sums(asked, metrics, Asking(by, level, unit, None, timezone.localdate(), when))


def value_of(metric: Metric, parts: Mapping[str, Any]) -> float | None:
    """A metric's value from its sums."""
    amount, base = parts.get("amount"), parts.get("base")
    if metric.base is None:
        return None if amount is None else float(amount)
    return float(metric.scale * amount / base) if amount is not None and base else None


def inside(asked: Asked, unit: AdminUnit | None) -> "QuerySet[Any]":
    """The rows whose home is a unit or below it."""
    if unit is None:
        return asked.rows()
    homes = Homes.on(timezone.localdate())
    return homes.located(asked.layer, asked.rows()).filter(_home__in=homes.below(unit.pk))


def grouped(asked: Asked, rows: "QuerySet[Any]", field: str, amount: str = "") -> list[tuple[str, int, float]]:
    """(words, number of rows, sum of `amount`) by the values of a published field, the most first."""
    attribute = attribute_of(asked.layer, field)
    total: dict[str, Any] = {"_sum": Sum(amount)} if amount else {}
    found = list(rows.order_by().values(_key=F(attribute.lookup)).annotate(_n=Count("pk"), **total))
    words = words_of(attribute, [row["_key"] for row in found])
    named = [
        (words.get(row["_key"], "–" if row["_key"] is None else str(row["_key"])), row["_n"], float(row.get("_sum") or 0)) for row in found
    ]
    return sorted(named, key=lambda one: (-one[2] if amount else -one[1], one[0]))


def attribute_of(layer: FeatureLayer, name: str) -> Attribute:
    """A published attribute."""
    return next(one for one in attributes(layer) if one.name == name)


def words_of(attribute: Attribute, keys: Sequence[Any]) -> Mapping[Any, str]:
    """The words behind codes."""
    if attribute.related is not None:
        return words_of_table(attribute.related, {key for key in keys if key is not None})
    return attribute.choices


def colours_of(layer: FeatureLayer, field: str) -> Mapping[str, str]:
    """The colours by which a layer's own style tells the values of a field apart."""
    for part in layer.style:
        for expression in part.get("paint", {}).values():
            if isinstance(expression, list) and expression[:2] == ["match", ["get", field]] and isinstance(expression[3], str):
                pairs = zip(expression[2:-1:2], expression[3:-1:2], strict=True)
                return {value: colour for values, colour in pairs for value in (values if isinstance(values, list) else [values])}
    return {}


def ground(desk: Desk, unit: AdminUnit | None, area: Any) -> Iterator[Drawn]:
    """Water, units and main roads under everything else."""
    window = shapely.box(*area.bounds)
    water = desk.layer("water")
    if water is not None:
        shapes = reading.read(water, (), window).shapes
        yield Drawn("water", frame_of(shapes), ["#bcd9e6"] * len(shapes), fill=0.9, width=0.6)
    outlines = [outline_of(one) for one in units_below(unit)] or [area]
    yield Drawn("units", frame_of(outlines), ["#ffffff"] * len(outlines), fill=0.06, width=1.1)
    roads = desk.layer("roads")
    if roads is not None:
        yield from _roads(roads, window)


def _roads(roads: Asked, window: Any) -> Iterator[Drawn]:
    found = reading.read(roads, [attribute_of(roads.layer, "road_class")], window)
    classes = found.values["road_class"]
    for name, width in _ROADS.items():
        chosen = [shape for shape, kind in zip(found.shapes, classes, strict=True) if kind == name][:_MOST_STREETS]
        if chosen:
            yield Drawn(f"roads_{name}", frame_of(chosen), ["#b5c2c9"] * len(chosen), width=width)


def units_below(unit: AdminUnit | None) -> list[AdminUnit]:
    """The communes of today in a unit; the commune itself where it is one."""
    communes = AdminUnit.objects.current().filter(level=AdminUnit.Level.COMMUNE)
    return list((communes.subtree(unit.path) if unit is not None else communes).order_by("path"))


def is_demo(asked: Sequence[Asked | None]) -> bool:
    """Whether any of some layers shows made-up rows."""
    return any(one is not None and one.rows().filter(is_demo=True).exists() for one in asked)
