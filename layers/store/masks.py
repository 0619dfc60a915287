"""Which rows a reach shows at a moment: the store's side of `Reach.condition` and `FeatureLayer.time_condition`."""

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
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
# A sight that asked so often gets a mask of all rows; so many masks of a layer are kept.
OFTEN, MOST = 32, 8


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
            when = _today()
        return _sight(layer, reach, when)

    @classmethod
    def at(cls, layer: FeatureLayer, reach: Reach, when: date | datetime) -> "Sight":
        """At a moment, of a layer with time fields."""
        assert layer.time_fields is not None
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


_sight = lru_cache(maxsize=1024)(Sight.at)


def _today() -> date:
    """As timezone.localdate(), which looks up the zone of the request several times; there is only one here."""
    return datetime.now(timezone.get_default_timezone()).date()


class Masks:
    """Masks over all rows of columns that do not change, kept for those who ask often.

    Whoever asks for few rows now and then looks at those rows alone; a mask of a million rows costs a few milliseconds and a
    byte a row.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # tiles are made in threads too
        self._asked: Counter[Sight] = Counter()
        self._kept: OrderedDict[Sight, Mask] = OrderedDict()

    @property
    def nbytes(self) -> int:
        """Memory of the masks."""
        return sum(mask.nbytes for mask in self._kept.values())

    def of(self, sight: Sight, columns: Columns, units: Units) -> Mask | None:
        """The mask of `columns` for a sight that is often asked for, else None: look at the rows."""
        with self._lock:
            kept = self._kept.get(sight)
            if kept is not None:
                self._kept.move_to_end(sight)
                return kept
            if len(self._asked) > 16 * MOST:
                self._asked.clear()
            self._asked[sight] += 1
            if self._asked[sight] < OFTEN:
                return None
            mask = sight.mask(columns, units)
            kept = self._kept[sight] = np.ones(len(columns), np.bool_) if mask is None else mask
            if len(self._kept) > MOST:
                self._asked.pop(self._kept.popitem(last=False)[0], None)
            return kept


def _number(moment: datetime | date) -> int:
    if isinstance(moment, datetime):
        passed = moment - _EPOCH
        return (passed.days * 86400 + passed.seconds) * 1_000_000 + passed.microseconds
    return (moment - _EPOCH.date()).days
