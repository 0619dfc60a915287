"""Which columns the store keeps of a layer, and the SQL that reads them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models

from gis_core.access import Reach
from gis_core.changes.tracking import quote
from gis_core.models import SpatialRow
from layers.layer import FeatureLayer

_KINDS = (
    ("smallint", "integer"),
    ("integer", "integer"),
    ("bigint", "integer"),
    ("double", "double"),
    ("real", "float"),
    ("boolean", "boolean"),
)
# Dates as days and moments as microseconds of Unix time: whole numbers, exact.
_TIME = {"date": "({0} - DATE '1970-01-01')::bigint", "timestamp with time zone": "(extract(epoch FROM {0}) * 1000000)::bigint"}


@dataclass(frozen=True)
class Schema:
    """What the store keeps of one layer."""

    layer: FeatureLayer

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The MVT type of each tile field."""
        return tuple(_kind(self._field(name)) for name in self.layer.tile_fields)

    @cached_property
    def places(self) -> dict[str, str]:
        """Geometry field by the name of its MVT layer: the features themselves, then the points of their labels."""
        layer = self.layer
        own = {layer.name: layer.tile_geometry}
        return {**own, layer.label_layer: layer.label_geometry} if layer.label_geometry else own

    @property
    def has_units(self) -> bool:
        """Whether rows belong to administrative units, which decide who reaches them."""
        return issubclass(self.layer.model, SpatialRow)

    @property
    def has_flag(self) -> bool:
        """Whether rows are published one by one."""
        return self.has_units and self.layer.access.public == "flagged"

    @property
    def times(self) -> tuple[str | None, str | None]:
        """The fields of validity (or of the one moment, twice none)."""
        return self.layer.time_fields or (None, None)

    @property
    def measures(self) -> tuple[str, ...]:
        """The numbers that are added up when features are shown together."""
        general = self.layer.generalisation
        return (general.measure,) if general else ()

    @cached_property
    def identity(self) -> str:
        """Changes when another release (or import) declares the layer differently: what was loaded then is of no use."""
        return self.sql

    @cached_property
    def sql(self) -> str:
        """A query of all rows: id, tile fields, unit, published, from, to, measures, one WKB a geometry. It takes no parameters.

        Rows come through the layer's own door with everything reached and no moment asked.
        """
        model = self.layer.model
        pk = model._meta.pk
        assert pk is not None
        named = [name for name in (*self.layer.tile_fields, *self._extra(), *self.measures, *self.places.values()) if name]
        names = [self._field(name).attname for name in named]  # a foreign key under the name of its column
        rows = self.layer.rows(Reach(everything=True), (None, None)).order_by()
        query = rows.values(pk.name, *dict.fromkeys(names)).query.clone()
        query.subquery = True  # else GeoDjango casts the geometry to bytea
        inner, parameters = query.get_compiler(connection=connection).as_sql()
        if parameters:
            raise ValueError(f"The rows of {self.layer.name} depend on parameters; the store cannot keep them.")
        selected = [f"r.{quote(pk.column)}::bigint", *map(self._value, self.layer.tile_fields), *self._special()]
        selected += [self._counted(name) for name in self.measures]
        selected += [f"ST_AsBinary(r.{quote(self._field(name).column)}, 'NDR')" for name in self.places.values()]
        return f"SELECT {', '.join(selected)} FROM ({inner}) r"  # noqa: S608  names are the class's, quoted

    def by_ids(self) -> str:
        """The same for the ids in the parameter."""
        pk = self.layer.model._meta.pk
        assert pk is not None
        return f"{self.sql} WHERE r.{quote(pk.column)} = ANY(%s)"

    def _field(self, name: str) -> "models.Field[Any, Any]":
        return self.layer.model._meta.get_field(name)  # type: ignore[return-value]

    def _extra(self) -> list[str | None]:
        unit = "admin_unit" if self.has_units else None
        return [unit, "is_public" if self.has_flag else None, *self.times]

    def _value(self, name: str) -> str:
        field = self._field(name)
        column = f"r.{quote(field.column)}"
        cast = {"integer": "::bigint", "string": "::text"}.get(_kind(field), "")
        return column + cast

    def _special(self) -> list[str]:
        unit = f"r.{quote(self._field('admin_unit').column)}::bigint" if self.has_units else "NULL::bigint"
        flag = f"r.{quote(self._field('is_public').column)}" if self.has_flag else "NULL::boolean"
        return [unit, flag, *(self._time(name) for name in self.times)]

    def _counted(self, name: str) -> str:
        assert self.layer.generalisation is not None
        return counted(f"r.{quote(self._field(name).column)}", self.layer.generalisation.parts)

    def _time(self, name: str | None) -> str:
        if name is None:
            return "NULL::bigint"
        field = self._field(name)
        return _TIME[str(field.db_type(connection))].format(f"r.{quote(field.column)}")


def counted(column: str, parts: int) -> str:
    """SQL: a number in whole parts of its unit (none as 0), so that sums of it are exact in every order."""
    return f"coalesce(round(({column} * {parts})::double precision), 0)::bigint"


def _kind(field: "models.Field[Any, Any]") -> str:
    kind = field.db_type(connection) or "text"
    return next((ours for theirs, ours in _KINDS if kind.startswith(theirs)), "string")
