"""Pages by key: the place in a list is a row's key, not a count, so rows that come or go elsewhere shift nothing.

Clients follow `next` and `prev`; the cursor in them is opaque to clients. `offset` is there for clients that count.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Expression, Func, IntegerField, QuerySet, Subquery
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from gis_core.serving.statement import Statement
from layers.layer import FeatureLayer
from layers.ogc.ordering import Order, Place, Side, read_order
from layers.parameters import Parameters

DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET = 100, 10_000, 10_000_000
# numberMatched is told without being asked for up to here: one index scan of about a millisecond.
CHEAP_COUNT = 1_000
NAMES = ("limit", "offset", "cursor", "count", "sortby")
_CURSOR = re.compile(r"(gt|lt)\.(.{1,4000})")
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for: after (`gt`) or before (`lt`) a place, or from a count on."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    side: Side = "gt"
    place: Place | None = None
    count: bool = False
    order: Order = field(default_factory=Order)
    # The key of row number `offset`, where it is known: nothing needs to be skipped then.
    begins: object | None = None

    @property
    def skips(self) -> bool:
        """Whether rows have to be counted before the page begins."""
        return self.offset > 0 and self.begins is None

    @property
    def is_first(self) -> bool:
        """Whether the page starts where the list does."""
        return self.place is None and not self.offset

    def within(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The page's rows in their order; one more than asked for tells whether the list goes on."""
        if self.begins is not None:
            return rows.filter(pk__gte=self.begins).order_by("pk")[: self.limit + 1]
        beyond = rows if self.place is None else rows.filter(self.order.beyond(self.place, self.side))
        return beyond.order_by(*self.order.expressions(self.side))[self.offset : self.offset + self.limit + 1]


@dataclass(frozen=True)
class Slice:
    """The rows of a page (key first, what was asked for from `first` on), the cursors of its neighbours, the list's size where known."""

    rows: Sequence[Row]
    first: int
    previous: str | None
    following: str | None
    matched: int | None


@dataclass(frozen=True)
class Limits:
    """How many features a page of a format has: unless told, and at most."""

    default: int = DEFAULT_LIMIT
    highest: int = MAX_LIMIT


def read_page(parameters: Parameters, layer: FeatureLayer, to_key: Callable[[str], object], limits: Limits) -> Page:
    """The page that the query names. Raises BadParameter."""
    limit = parameters.integer("limit", low=1, high=limits.highest, clamp=True)
    offset = parameters.integer("offset", low=0, high=MAX_OFFSET)
    cursor = parameters.text("cursor")
    if cursor is not None and offset is not None:
        raise BadParameter(_("Give either cursor or offset, not both."), field="offset")
    order = read_order(parameters, layer)
    side: Side = "gt"
    place: Place | None = None
    if cursor is not None:
        side, place = _place(cursor, order, to_key)
    return Page(limits.default if limit is None else limit, offset or 0, side, place, parameters.flag("count"), order)


def _place(cursor: str, order: Order, to_key: Callable[[str], object]) -> tuple[Side, Place]:
    found = _CURSOR.fullmatch(cursor)
    try:
        if found:
            return ("gt" if found[1] == "gt" else "lt"), order.read(found[2], to_key)
    except (ValueError, ValidationError):
        pass
    raise BadParameter(_("cursor is not one that this service gave out; follow the links next and prev."), field="cursor")


class Size(Func):
    """How many rows a queryset has, as part of another statement."""

    template = "(SELECT count(*) FROM %(expressions)s counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(Subquery(rows))

    def get_db_converters(self, _connection: object) -> list[Any]:
        """None: it stands in each row, and Django would make a number of the number ten thousand times."""
        return []


def read_slice(reachable: QuerySet[Any], rows: QuerySet[Any], page: Page, columns: Iterable[str | Expression]) -> Slice:
    """One statement, hence one state of the data. `rows` are those selected among all that are `reachable`.

    Behind an offset the keys are chosen first: PostgreSQL would otherwise make the geometry of every skipped row.
    """
    chosen = page.within(rows)
    if page.skips:
        chosen = reachable.filter(pk__in=chosen.values("pk")).order_by(*page.order.expressions(page.side))
    counted = Size(rows.order_by().values("pk")[: None if page.count else CHEAP_COUNT + 1])
    found = Statement.of(chosen.values_list("pk", counted, *page.order.lookups, *columns)).run()
    total = found[0][1] if found and (page.count or found[0][1] <= CHEAP_COUNT) else None
    return _cut(found, page, total)


def _cut(found: list[Row], page: Page, total: int | None) -> Slice:
    """Take off the row that only tells whether the list goes on, and name the neighbours."""
    more = len(found) > page.limit
    found = found[: page.limit]
    if page.side == "lt":
        found.reverse()
    elif total is None and page.is_first and not more:
        total = len(found)
    first, last = (_cursor("lt", page, found[0]), _cursor("gt", page, found[-1])) if found else (None, None)
    begin = 2 + len(page.order.keys)
    if page.side == "lt":
        return Slice(found, begin, first if more else None, last, total)
    return Slice(found, begin, None if page.is_first else first, last if more else None, total)


def _cursor(side: Side, page: Page, row: Row) -> str:
    return f"{side}.{page.order.written(row[0], row[2 : 2 + len(page.order.keys)])}"
