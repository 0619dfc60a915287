"""In which unit a row counts on a day: its own where that unit is in force, else the one over its place.

Every row has one home or none, so the numbers of communes, districts and provinces of any day add up to the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.contrib.gis.db.models import GeometryField
from django.db.models import BigIntegerField, BooleanField, Case, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.models import AdminUnit, AdminUnitPart
from layers.layer import FeatureLayer

LONLAT = 4326


class Unit(NamedTuple):
    """A unit as sums need it."""

    parent: int | None
    level: str
    code: str
    name: str
    valid_from: date
    path: str


@dataclass(frozen=True)
class Homes:
    """The units in force on a day, by id."""

    day: date
    units: Mapping[int, Unit]

    @classmethod
    def on(cls, day: date) -> "Homes":
        """Read them."""
        names = ("pk", "parent_id", "level", "code", "name", "valid_from", "path")
        return cls(day, {pk: Unit(*rest) for pk, *rest in AdminUnit.objects.as_of(day).order_by("path").values_list(*names)})

    def located(self, layer: FeatureLayer, rows: QuerySet[Any]) -> QuerySet[Any]:
        """`rows` with `_home`: the id of the unit in which each counts, None outside all units of the day."""
        located: QuerySet[Any] = rows.annotate(_home=self._home(layer))
        return located

    def _home(self, layer: FeatureLayer) -> Any:
        if layer.model is AdminUnit:
            return F("pk")
        # Of a surface or line the middle decides: a feature on a border must not count twice.
        place: Any = Func(OuterRef(layer.geometry), function="ST_PointOnSurface", output_field=GeometryField(srid=layer.srid))
        if layer.srid != LONLAT:
            place = Func(place, Value(LONLAT), function="ST_Transform", output_field=GeometryField(srid=LONLAT))
        in_force = Q(unit__valid_to__isnull=True) | Q(unit__valid_to__gt=self.day)
        over = AdminUnitPart.objects.filter(
            in_force, Func(F("geom"), place, function="ST_Intersects", output_field=BooleanField()), unit__valid_from__lte=self.day
        )
        found = Subquery(over.order_by("-unit__path").values("unit_id")[:1])
        if not hasattr(layer.model, "admin_unit"):
            return found
        own = When(admin_unit_id__in=list(self.units), then=F("admin_unit_id"))
        return Case(own, default=found, output_field=BigIntegerField())

    def above(self, pk: int | None, level: str) -> int | None:
        """The unit of `level` over `pk`, or `pk` itself; None where there is none on this day."""
        while pk is not None and pk in self.units and self.units[pk].level != level:
            pk = self.units[pk].parent
        return pk if pk in self.units else None

    def below(self, pk: int) -> list[int]:
        """`pk` and all units under it. Raises NotFound for a unit that is not in force on the day."""
        if pk not in self.units:
            raise NotFound(_("There is no administrative unit %(id)s on %(day)s.") % {"id": pk, "day": self.day}, field="unit")
        path = self.units[pk].path
        return [other for other, unit in self.units.items() if unit.path.startswith(path)]

    def named(self, pk: int | None) -> tuple[dict[str, Any] | None, str]:
        """Key and words of a group. Codes are reused, so a key has the unit's first day too."""
        if pk is None:
            return None, _("without a unit at this level")
        unit = self.units[pk]
        return {"id": pk, "code": unit.code, "valid_from": str(unit.valid_from)}, unit.name
