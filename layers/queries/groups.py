"""Groups of an aggregate: by administrative unit, cell, time or attribute, each with its count and value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models import GeometryField
from django.db.models import Avg, Count, Expression, F, FloatField, Func, Max, Min, QuerySet, Sum, Value
from django.db.models.functions import Trunc
from django.utils.translation import gettext as _

from gis_core import crs
from gis_core.errors import BadParameter
from gis_core.models import AdminUnit
from layers.attributes import Attribute
from layers.layer import FeatureLayer
from layers.queries.cells import Shape, cells_of, outline
from layers.queries.zone import PLANE

MEASURES: Mapping[str, Any] = {"count": None, "sum": Sum, "mean": Avg, "min": Min, "max": Max}
TIMES = ("day", "week", "month", "year")
MAX_GROUPS = 10_000


@dataclass(frozen=True)
class Group:
    """A group: its key in the data, words for people, how many rows, the value (None: no row has one), a GeoJSON geometry."""

    key: Any
    label: str
    count: int
    value: float | int | None
    geometry: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Measured:
    """What is computed of each group: a measure, and the attribute that it is computed of (count needs none)."""

    measure: str
    attribute: Attribute | None = None

    def annotations(self) -> dict[str, Any]:
        """For `values(...).annotate()`."""
        if self.attribute is None:
            return {"_n": Count("pk")}
        return {"_n": Count("pk"), "_value": MEASURES[self.measure](F(self.attribute.lookup))}


def by_expression(rows: QuerySet[Any], key: Expression | F, measured: Measured, words: Mapping[Any, str] | None = None) -> list[Group]:
    """Groups of equal keys, in the order of the keys, those without one last. Raises BadParameter when there are too many."""
    found = rows.order_by().annotate(_key=key).values("_key").annotate(**measured.annotations()).order_by(F("_key").asc(nulls_last=True))
    groups = [Group(row["_key"], _words(row["_key"], words), row["_n"], row.get("_value", row["_n"])) for row in found[: MAX_GROUPS + 1]]
    return bounded(groups)


def by_time(rows: QuerySet[Any], layer: FeatureLayer, kind: str, measured: Measured) -> list[Group]:
    """Groups by the beginning of each row's day, week, month or year, in Vietnamese time."""
    if layer.time_fields is None:
        raise BadParameter(_("This layer has no times; by= accepts its fields, unit, grid and hexagon."), field="by")
    return by_expression(rows, Trunc(layer.time_fields[0], kind), measured)


def by_unit(rows: QuerySet[Any], level: str, measured: Measured) -> list[Group]:
    """Groups by the unit of a level above each row's own unit: a province is the sum of its communes, exactly."""
    if measured.measure == "mean":
        sums = by_unit(rows, level, Measured("sum", measured.attribute))
        assert measured.attribute is not None
        filled = rows.filter(**{f"{measured.attribute.lookup}__isnull": False})
        sizes = {_identity(group): group.count for group in by_unit(filled, level, Measured("count"))}
        return [replace(group, value=_ratio(group.value, sizes.get(_identity(group)))) for group in sums]
    units = _Units.read()
    merged: dict[int | None, list[Group]] = {}
    for group in by_expression(rows, F("admin_unit_id"), measured):
        merged.setdefault(units.above(group.key, level), []).append(group)
    return [units.group(pk, groups, measured) for pk, groups in sorted(merged.items(), key=lambda item: units.order(item[0]))]


@dataclass(frozen=True)
class _Units:
    """All administrative units: id -> (id of the unit above, level, code, name, first day)."""

    rows: Mapping[int, tuple[int | None, str, str, str, Any]]

    @classmethod
    def read(cls) -> "_Units":
        names = ("pk", "parent_id", "level", "code", "name", "valid_from")
        return cls({pk: rest for pk, *rest in AdminUnit.objects.values_list(*names)})

    def above(self, pk: int | None, level: str) -> int | None:
        """The unit of `level` that `pk` lies in, `pk` itself where it has that level; None where there is none."""
        while pk is not None and self.rows[pk][1] != level:
            pk = self.rows[pk][0]
        return pk

    def order(self, pk: int | None) -> tuple[bool, str, str]:
        return (True, "", "") if pk is None else (False, self.rows[pk][2], str(self.rows[pk][4]))

    def group(self, pk: int | None, groups: list[Group], measured: Measured) -> Group:
        values = [group.value for group in groups if group.value is not None]
        together = {"min": min, "max": max}.get(measured.measure, sum)
        value = together(values) if values else None
        if pk is None:
            return Group(None, _("without a unit at this level"), sum(group.count for group in groups), value)
        _parent, _level, code, name, since = self.rows[pk]
        # Codes are reused: a code means this unit from this day on.
        key = {"id": pk, "code": code, "valid_from": str(since)}
        return Group(key, name, sum(group.count for group in groups), value)


def _ratio(amount: float | None, size: int | None) -> float | None:
    return amount / size if amount is not None and size else None


def _identity(group: Group) -> int | None:
    return None if group.key is None else int(group.key["id"])


def by_cell(rows: QuerySet[Any], layer: FeatureLayer, shape: Shape, size: float, measured: Measured) -> list[Group]:
    """Groups by square or hexagon of the VN-2000 plane; a feature counts where its middle lies, once."""
    middle: Any = Func(F(layer.geometry), function="ST_Centroid", output_field=GeometryField(srid=layer.srid))
    if layer.srid != PLANE:
        middle = Func(middle, Value(PLANE), function="ST_Transform", output_field=GeometryField(srid=PLANE))
    places = [Func(middle, function=axis, output_field=FloatField()) for axis in ("ST_X", "ST_Y")]
    value = F(measured.attribute.lookup) if measured.attribute else Value(1.0, output_field=FloatField())
    found = rows.filter(**{f"{layer.geometry}__isnull": False}).order_by().values_list(*places, value)
    table = np.array([(x, y, np.nan if v is None else float(v)) for x, y, v in found.iterator(chunk_size=20_000)], float).reshape(-1, 3)
    if not len(table):
        return []
    cells, where = np.unique(cells_of(shape, table[:, 0], table[:, 1], size), axis=0, return_inverse=True)
    if len(cells) > MAX_GROUPS:
        _too_many()
    values = _values(measured.measure, where.ravel(), table[:, 2], len(cells))
    counts = np.bincount(where.ravel(), minlength=len(cells))
    return [
        Group(f"{column}/{row}", f"{column}/{row}", int(count), None if np.isnan(v) else float(v), _cell(shape, column, row, size))
        for (column, row), count, v in zip(cells.tolist(), counts, values, strict=True)
    ]


def _values(measure: str, where: Any, values: Any, size: int) -> Any:
    given = ~np.isnan(values)
    number = np.bincount(where[given], minlength=size)
    if measure in ("min", "max"):
        into = np.full(size, np.nan)
        (np.fmin if measure == "min" else np.fmax).at(into, where, values)
        return into
    total = np.bincount(where[given], weights=values[given], minlength=size)
    if measure == "mean":
        with np.errstate(invalid="ignore"):
            return total / number
    return np.where(number > 0, total, np.nan)


def _cell(shape: Shape, column: int, row: int, size: float) -> Mapping[str, Any]:
    ring = outline(shape, column, row, size)
    east, north = crs.transformer(PLANE, crs.WGS84).transform(ring[:, 0], ring[:, 1])
    return dict(shapely.geometry.mapping(shapely.Polygon(np.round(np.column_stack([east, north]), 8))))


def bounded(groups: list[Group]) -> list[Group]:
    """Raises BadParameter when there are more groups than an answer holds."""
    if len(groups) > MAX_GROUPS:
        _too_many()
    return groups


def _too_many() -> None:
    sentence = _("There are more than %(limit)d groups: take larger cells, another field, or a filter.")
    raise BadParameter(sentence % {"limit": MAX_GROUPS}, field="by")


def _words(key: Any, words: Mapping[Any, str] | None) -> str:
    if key is None:
        return _("without a value")
    return (words or {}).get(key) or str(key)


def total(groups: Iterable[Group]) -> int:
    """The number of rows in all groups."""
    return sum(group.count for group in groups)
