"""Rows that stand at the unit which a text speaks of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.models import AdminUnit, AdminUnitSuccession
from layers.feed import Locate, Sent, Where
from layers.ingestion.batch import RowFault
from layers.ingestion.gazetteer import Gazetteer, Name
from layers.ingestion.places import may_write

MAX_TEXT = 4_000


@dataclass(frozen=True)
class AtNamedUnit:
    """The unit of today that the text in `column` speaks of, else the sender's widest one. The text itself is not kept.

    Rows are placed at units, never nearer: a text's place is no person's address.
    """

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See Place."""
        return (self.column,)

    def prepare(self, rows: Sequence[Sent], reach: Reach) -> Locate:
        """See Place."""
        today = timezone.localdate()
        units = {unit.pk: unit for unit in AdminUnit.objects.as_of(today).order_by("path")}
        mine = {pk: unit for pk, unit in units.items() if may_write(reach, unit)}
        names = Gazetteer([*(Name(unit.name, pk) for pk, unit in mine.items()), *_former(mine)])
        widest = [unit for unit in mine.values() if unit.parent_id not in mine]

        @cache
        def inside(pk: int) -> GEOSGeometry:
            return mine[pk].geom.point_on_surface

        def locate(sent: Sent, _values: Mapping[str, Any]) -> Where:
            text = str(sent.values.get(self.column) or "")[:MAX_TEXT]
            pk = names.find(text)
            if pk is None and len(widest) != 1:
                raise RowFault(self.column, _("the text names no unit of yours, and you work in several"))
            unit = mine[pk] if pk is not None else widest[0]
            return unit, inside(unit.pk)

        return locate


def _former(units: Mapping[int, AdminUnit]) -> list[Name]:
    """Names of abolished units that became part of exactly one unit of today."""
    became: dict[int, set[int]] = {}
    for old, new in AdminUnitSuccession.objects.values_list("old_id", "new_id"):
        became.setdefault(old, set()).add(new)
    last = {old: _ends(old, became) for old in became}
    single = {old: ends.pop() for old, ends in last.items() if len(ends) == 1}
    found = AdminUnit.objects.filter(pk__in=single, valid_to__isnull=False).values_list("pk", "name")
    return [Name(name, single[pk]) for pk, name in found if single[pk] in units]


def _ends(unit: int, became: Mapping[int, set[int]]) -> set[int]:
    """What is left of a unit after all reforms. Successions follow the calendar, so they end."""
    return {end for new in became[unit] for end in (_ends(new, became) if new in became else {new})}
