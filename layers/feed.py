"""How rows of a layer's table arrive: declared beside its fields, the same by API, table, map file and command."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib.gis.geos import GEOSGeometry

if TYPE_CHECKING:
    from gis_core.access import Reach
    from gis_core.models import AdminUnit

# The unit in which a row counts (None: outside of all) and where it is drawn, in the layer's storage CRS.
Where = tuple["AdminUnit | None", GEOSGeometry]


@dataclass(frozen=True)
class Sent:
    """A row as it arrived: texts or JSON's values by column, and the geometry (GeoJSON) where its format has one."""

    values: Mapping[str, object]
    geometry: Mapping[str, object] | None = None


# Says where a row stands, from what was sent and its values already read. Raises RowFault (layers/ingestion/batch.py).
Locate = Callable[[Sent, Mapping[str, Any]], Where]


class Place(Protocol):
    """A way to say where rows stand (layers/ingestion/places.py)."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that have to be sent for it."""

    def prepare(self, rows: Sequence[Sent], reach: "Reach") -> Locate:
        """Look up, once for the batch, what `rows` name."""


def _nothing(_row: Any) -> None:
    return None


@dataclass(frozen=True)
class Feed:
    """`key` names the columns of a unique constraint (`admin_unit` where the unit is part of it): the same key is the same row.

    `values` are the other columns that may be sent. A column that is not sent keeps what is stored; one that is sent empty is
    emptied. Where `period_from` is in the key, rows carry `period` (2026, 2026-Q3, 2026-10) instead of two days. `complete`
    works out columns that follow from others, before a row is written. `digests` is a pair: the sender's own key of a row, and the
    column of the key that holds a digest of it instead of it.
    """

    key: tuple[str, ...]
    values: tuple[str, ...]
    place: Place
    complete: Callable[[Any], None] = field(default=_nothing)
    digests: tuple[str, str] | None = None

    @property
    def sent(self) -> tuple[str, ...]:
        """The columns of a row as it is sent, without its geometry in map files."""
        given, kept = self.digests or ("", "")
        own = (name for name in (*self.key, *self.values) if name not in ("admin_unit", "period_from", "period_to", kept))
        period = ("period",) if "period_from" in self.key else ()
        return tuple(dict.fromkeys((*((given,) if given else ()), *self.place.columns, *own, *period)))
