"""Which features a query selects, and the page of them that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Expression, F, OrderBy, QuerySet
from django.utils import timezone

from gis_core.access import Reach, Scope
from gis_core.changes.clock import clock
from layers.attributes import Attribute, attributes
from layers.filters.selecting import Filter
from layers.filters.selecting import read_filter as read_cql
from layers.filters.terms import Term
from layers.freshness import digest
from layers.layer import FeatureLayer, Interval
from layers.ogc.area import Area, area_of
from layers.ogc.exports.reading import composed
from layers.ogc.skipping import key_at
from layers.parameters import Moment, parse_bbox
from layers.summary import summary
from layers.wfs.dialect import Dialect
from layers.wfs.fes import ids_term, property_name, read_filter
from layers.wfs.places import places
from layers.wfs.requests import QueryAsked, Sorting
from layers.wfs.srs import Srs, parse_srs
from layers.wfs.types import chosen_properties, find_type, unknown_property

EVERY_TIME = (None, None)
# Up to here all matching features are counted although nobody asked: an index scan of some milliseconds.
CHEAP_COUNT = 20_000


@dataclass(frozen=True)
class Query:
    """A query, understood. `srs` is the answer's; `named_srs` says whether the request named it."""

    layer: FeatureLayer
    reach: Reach
    terms: Sequence[Term] = ()
    area: Area | None = None
    when: Moment | Interval | None = None
    sort: Sequence[Sorting] = ()
    attributes: Sequence[Attribute] = ()
    with_geometry: bool = True
    srs: Srs = field(default_factory=lambda: Srs(4326, "EPSG:4326"))
    named_srs: bool = False
    # The size of a whole layer, known from memory before the rows' state was fixed.
    total: int | None = None

    def rows(self) -> QuerySet[Any]:
        """All selected rows inside the reach, in no order."""
        rows = self.layer.rows(self.reach, self.when)
        if self.area is not None:
            rows = rows.filter(self.area.condition(self.layer))
        for term in self.terms:
            rows = Filter(self.layer, term).of(rows)
        return rows

    @property
    def is_whole(self) -> bool:
        """Whether everything of the layer's present is selected."""
        return self.area is None and not self.terms and self.when is None

    def count(self) -> int:
        """How many there are."""
        return self.rows().count() if self.total is None else self.total

    def sized(self) -> "Query":
        """The same with its total, where the whole layer is asked for: from memory, so outside of any transaction."""
        return replace(self, total=summary(self.layer, self.reach).count) if self.is_whole else self

    def placed(self, start: int) -> None:
        """Have the place of row number `start` known, where memory can tell it; outside of any transaction, as `sized`."""
        if self.is_whole and not self.sort and self._after(None, start) is None:
            first = key_at(self.layer, self.reach, start)
            if first is not None:
                places.remember(self.key, start, first - 1)

    def counted_up_to(self, limit: int) -> int:
        """How many there are, but never more than `limit`."""
        return self.rows().order_by().values("pk")[:limit].count()

    @cached_property
    def order(self) -> list[str | OrderBy]:
        """By what is asked, then by key: without the key pages would overlap while people edit."""
        lookups = {attribute.name: attribute.lookup for attribute in attributes(self.layer)}
        asked = [OrderBy(F(lookups[one.name]), descending=one.descending) for one in self.sort]
        return [*asked, "pk"]

    def page(self, start: int, count: int, columns: Sequence[str | Expression], cursor: str | None = None) -> list[tuple[Any, ...]]:
        """Rows `start` to `start + count` as (key, columns …).

        Keys first: behind an offset the database would otherwise write the geometry of every row that it skips. Where the
        page before was read a moment ago, its last key is known and nothing is skipped at all.
        """
        rows, skipped = self.rows(), start
        after = self._after(cursor, start)
        if after is not None:
            rows, skipped = rows.filter(pk__gt=after), 0
        keys = rows.order_by(*self.order).values("pk")[skipped : skipped + count]
        chosen = self.layer.rows(self.reach, EVERY_TIME).filter(pk__in=keys).order_by(*self.order)
        found = list(chosen.values_list("pk", *columns))
        if found and not self.sort:
            places.remember(self.key, start + len(found), found[-1][0])
            if skipped and isinstance(found[0][0], int):
                places.remember(self.key, start, found[0][0] - 1)
        return found

    def whole_statement(self, start: int, count: int, columns: Sequence[str | Expression]) -> str:
        """SQL of the same rows as `page`, for a cursor that reads many of them."""
        wanted = self.rows().order_by(*self.order).values_list("pk", *columns)[start : start + count]
        return composed(*wanted.query.sql_with_params())

    def counting_statement(self) -> str:
        """SQL of the number of all selected rows."""
        statement, parameters = self.rows().order_by().values("pk").query.sql_with_params()
        return composed(f"SELECT count(*) FROM ({statement}) selected", parameters)  # noqa: S608  Django's own text

    def _after(self, cursor: str | None, start: int) -> object | None:
        if self.sort:
            return None
        if cursor is not None and cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
            return int(cursor)
        return places.find(self.key, start) if start else None

    @cached_property
    def key(self) -> str:
        """Of the whole list at this state of the data; a page's place holds for it alone."""
        area = [bytes(shape.ewkb).hex() for shape in self.area.shapes] if self.area is not None else []
        stamp = clock.stamp(self.layer.table, None, self.reach)
        what = (self.layer.name, self.reach.key, repr(self.terms), *area, str(self.when))
        return digest((*what, str(stamp), str(timezone.localdate())))


def understand(asked: QueryAsked, scope: Scope, dialect: Dialect, when: Moment | Interval | None) -> Query:
    """The query that a request means. Raises WfsError, BadParameter."""
    locator = "typeNames" if asked.ids is None else "resourceId"
    layer = find_type(asked.type_name, scope, locator)
    srs = parse_srs(asked.srs_name, layer)
    terms, area = _selected(asked, layer, dialect)
    names, with_geometry = chosen_properties(layer, asked.properties)
    if asked.ids is not None and when is None:
        when = EVERY_TIME
    return Query(
        layer,
        layer.reach(scope),
        terms,
        area,
        when,
        [_sorting(one, layer) for one in asked.sort],
        names,
        with_geometry,
        srs,
        named_srs=asked.srs_name is not None,
    )


def _selected(asked: QueryAsked, layer: FeatureLayer, dialect: Dialect) -> tuple[list[Term], Area | None]:
    """What narrows the rows; several ways at once all hold."""
    terms: list[Term] = []
    if asked.ids is not None:
        terms.append(ids_term(layer, list(asked.ids)))
    if asked.filter is not None:
        terms.append(read_filter(asked.filter, layer, dialect))
    if asked.cql is not None:
        found = read_cql({"filter": asked.cql}, layer)
        terms += [found.term] if found else []
    area = None
    if asked.bbox is not None:
        numbers, name = _split(asked.bbox)
        named = parse_srs(name, layer, locator="bbox")
        area = area_of(parse_bbox(numbers, "bbox"), named.ogc, layer)
    return terms, area


def _split(bbox: str) -> tuple[str, str | None]:
    """The numbers of a BBOX, and the CRS behind them."""
    parts = bbox.split(",")
    if len(parts) in (5, 7):
        return ",".join(parts[:-1]), parts[-1].strip()
    return bbox, None


def _sorting(asked: Sorting, layer: FeatureLayer) -> Sorting:
    name = property_name(asked.name)
    if not any(attribute.name == name and attribute.is_filterable for attribute in attributes(layer)):
        raise unknown_property(layer, name, "sortBy")
    return Sorting(name, asked.descending)
