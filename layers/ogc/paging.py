"""Pages by key: the place in a list is a row's key, not a count, so rows that come or go elsewhere shift nothing.

Clients follow `next` and `prev`; the cursor in them is opaque to clients. `offset` is there for clients that count.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import Expression, Func, IntegerField, QuerySet, Subquery
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.parameters import Parameters

DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET = 100, 10_000, 10_000_000
# numberMatched is told without being asked for up to here: one index scan of about a millisecond.
CHEAP_COUNT = 1_000
NAMES = ("limit", "offset", "cursor", "count")
_CURSOR = re.compile(r"(gt|lt)\.(.{1,64})")
Side = Literal["gt", "lt"]
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for: after (`gt`) or before (`lt`) a key, or from a count on."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    side: Side = "gt"
    key: object = None
    count: bool = False

    @property
    def is_first(self) -> bool:
        """Whether the page starts where the list does."""
        return self.key is None and not self.offset


@dataclass(frozen=True)
class Slice:
    """The rows of a page (key first), the cursors of its neighbours, the size of the whole list where it is known."""

    rows: Sequence[Row]
    previous: str | None
    following: str | None
    matched: int | None


def read_page(parameters: Parameters, to_key: Callable[[str], object]) -> Page:
    """The page that the query names. Raises BadParameter."""
    limit = parameters.integer("limit", low=1, high=MAX_LIMIT, clamp=True)
    offset = parameters.integer("offset", low=0, high=MAX_OFFSET)
    cursor = parameters.text("cursor")
    if cursor is not None and offset is not None:
        raise BadParameter(_("Give either cursor or offset, not both."), field="offset")
    side, key = _place(cursor, to_key) if cursor is not None else ("gt", None)
    return Page(DEFAULT_LIMIT if limit is None else limit, offset or 0, side, key, parameters.flag("count"))


def _place(cursor: str, to_key: Callable[[str], object]) -> tuple[Side, object]:
    found = _CURSOR.fullmatch(cursor)
    try:
        if found:
            return ("gt" if found[1] == "gt" else "lt"), to_key(found[2])
    except (ValueError, ValidationError):
        pass
    raise BadParameter(_("cursor is not one that this service gave out; follow the links next and prev."), field="cursor")


class Size(Func):
    """How many rows a queryset has, as part of another statement."""

    template = "(SELECT count(*) FROM %(expressions)s counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(Subquery(rows))


def read_slice(reachable: QuerySet[Any], rows: QuerySet[Any], page: Page, columns: Iterable[str | Expression]) -> Slice:
    """One statement, hence one state of the data. `rows` are those selected among all that are `reachable`.

    The keys are chosen first: behind an offset PostgreSQL would otherwise make the geometry of every skipped row.
    """
    order = "pk" if page.side == "gt" else "-pk"
    beyond = rows if page.key is None else rows.filter(**{f"pk__{page.side}": page.key})
    keys = beyond.order_by(order).values("pk")[page.offset : page.offset + page.limit + 1]
    chosen = reachable.filter(pk__in=keys).order_by(order)
    counted = Size(rows.order_by().values("pk")[: None if page.count else CHEAP_COUNT + 1])
    found = list(chosen.values_list("pk", counted, *columns))
    total = found[0][1] if found and (page.count or found[0][1] <= CHEAP_COUNT) else None
    return _cut([(row[0], *row[2:]) for row in found], page, total)


def _cut(rows: list[Row], page: Page, total: int | None) -> Slice:
    """Take off the row that only tells whether the list goes on, and name the neighbours."""
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    if page.side == "lt":
        rows.reverse()
        return Slice(rows, f"lt.{rows[0][0]}" if more else None, f"gt.{rows[-1][0]}" if rows else None, total)
    if total is None and page.is_first and not more:
        total = len(rows)
    following = f"gt.{rows[-1][0]}" if more else None
    return Slice(rows, f"lt.{rows[0][0]}" if rows and not page.is_first else None, following, total)
