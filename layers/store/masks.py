"""Which rows a reach shows at a moment: the store's side of `Reach.condition` and `FeatureLayer.time_condition`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils import timezone

from gis_core.access import Reach
from layers.layer import FeatureLayer, When, fit_moment
from layers.store.columns import Columns
from layers.store.ragged import Rows
from layers.store.times import bounded
from layers.store.values import Units

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sight:
    """A reach and a moment, ready to be held against columns. `latest` and `earliest` are in the units of the time columns."""

    reach: Reach
    latest: int | None = None
    earliest: int | None = None

    @classmethod
    def of(cls, layer: FeatureLayer, reach: Reach, when: When) -> "Sight":
        """What `layer.rows(reach, when)` would show."""
        if layer.time_fields is None:
            return cls(reach)
        if when is None:
            if not layer.shows_present:
                return cls(reach)
            when = timezone.localdate()
        begins, ends = layer.time_fields
        columns: list[Any] = [layer.model._meta.get_field(name or begins) for name in (begins, ends)]
        return cls(reach, _number(fit_moment(when, columns[0], latest=True)), _number(fit_moment(when, columns[1])))

    def mask(self, columns: Columns, units: Units, rows: Rows | None = None) -> Mask | None:
        """Which of `rows` (of all rows) are in sight; None: every one."""
        masks = [mask for mask in (self._reached(columns, units, rows), *self._timely(columns, rows)) if mask is not None]
        if not masks:
            return None
        together: Mask = np.logical_and.reduce(masks)
        return together

    def _reached(self, columns: Columns, units: Units, rows: Rows | None) -> Mask | None:
        if self.reach.everything:
            return None
        if columns.units is None:
            return None if self.reach else np.zeros(len(columns) if rows is None else len(rows), np.bool_)
        codes = columns.units if rows is None else columns.units[rows]
        inside: Mask = units.reached(self.reach.units)[codes]
        if self.reach.public and columns.public is not None:
            inside |= columns.public if rows is None else columns.public[rows]
        return inside

    def _timely(self, columns: Columns, rows: Rows | None) -> list[Mask]:
        if self.latest is None or self.earliest is None or columns.begins is None:
            return []
        begins = columns.begins if rows is None else columns.begins[rows]
        begun = begins <= bounded(self.latest, begins)
        if columns.ends is None:
            return [begun, begins >= bounded(self.earliest, begins)]
        ends = columns.ends if rows is None else columns.ends[rows]
        return [begun, ends > bounded(self.earliest, ends)]


def _number(moment: datetime | date) -> int:
    if isinstance(moment, datetime):
        passed = moment - _EPOCH
        return (passed.days * 86400 + passed.seconds) * 1_000_000 + passed.microseconds
    return (moment - _EPOCH.date()).days
