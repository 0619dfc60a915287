"""The rows of a file, read in batches through a server-side cursor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any, cast

import psycopg
from django.contrib.gis.db.models import GeometryField
from django.db import connection
from django.db.models import BinaryField, Expression, F, Func, QuerySet
from django.utils.translation import gettext as _

from gis_core.access import Reach
from gis_core.db import conninfo
from gis_core.errors import Unavailable
from gis_core.serving import replica
from layers.attributes import Attribute
from layers.layer import FeatureLayer
from layers.ogc.crs import Crs
from layers.ogc.selection import Selection

BATCH = 2_000
# A statement of a file may take longer than a page's: it reads everything.
TIMEOUT_MS = 120_000
# Files being made at once, by process: each holds a connection.
_slots = BoundedSemaphore(4)

Row = Sequence[Any]


@dataclass
class Reading:
    """The rows of one file: (key, geometry, attributes…), the geometry as WKB, or as GeoJSON text; or what `statement` says.

    `counting` is a statement whose only value is a number that belongs to the same state of the data.
    """

    layer: FeatureLayer
    crs: Crs
    shown: Sequence[Attribute]
    statement: str
    counting: str = ""
    _connection: "psycopg.Connection[Any] | None" = field(default=None, repr=False)
    _holds_slot: bool = False

    @classmethod
    def of(cls, selection: Selection, reach: Reach, *, as_geojson: bool) -> "Reading":
        """What a request for items selects, as one statement."""
        page = selection.page
        rows = selection.rows(reach)
        if page.place is not None:
            rows = rows.filter(page.order.beyond(page.place, page.side))
        rows = rows.order_by(*page.order.expressions(page.side))
        part = slice(page.offset, page.offset + page.limit)
        return cls.of_rows(selection.layer, selection.crs, selection.shown, rows, part, as_geojson=as_geojson)

    @classmethod
    def of_rows(
        cls, layer: FeatureLayer, named: Crs, shown: Sequence[Attribute], rows: QuerySet[Any], part: slice, *, as_geojson: bool
    ) -> "Reading":
        """A part of some rows in their order, as one statement."""
        geometry = named.geometry(layer) if as_geojson else _wkb(layer, named)
        wanted = rows.values_list("pk", geometry, *(attribute.lookup for attribute in shown))
        statement, parameters = wanted[part].query.sql_with_params()
        return cls(layer, named, shown, composed(statement, parameters))

    def open(self) -> None:
        """Take a place and a connection. Raises Unavailable."""
        if not _slots.acquire(blocking=False):
            raise Unavailable(_("Too many files are being made at the moment. Try again in a few seconds."), headers={"Retry-After": "5"})
        self._holds_slot = True
        try:
            self._connection = psycopg.connect(conninfo("export", statement_timeout_ms=TIMEOUT_MS, alias=replica.alias()))
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        except psycopg.OperationalError:
            self.close()
            raise

    def count(self) -> int:
        """What `counting` says."""
        assert self._connection is not None
        found = self._connection.execute(cast("Any", self.counting)).fetchone()
        return int(found[0]) if found else 0

    def batches(self) -> Iterator[list[Row]]:
        """The rows. The cursor lives in one transaction, which ends with `close`."""
        assert self._connection is not None
        with self._connection.cursor(name="export", binary=True) as cursor:
            cursor.execute(cast("Any", self.statement))
            while rows := cursor.fetchmany(BATCH):
                yield rows

    def cancel(self) -> None:
        """End a statement that another thread waits for."""
        if self._connection is not None and not self._connection.closed:
            self._connection.cancel_safe(timeout=5)

    def close(self) -> None:
        """Give everything back; may be called twice."""
        opened, self._connection = self._connection, None
        if opened is not None:
            opened.close()
        if self._holds_slot:
            self._holds_slot = False
            _slots.release()


def composed(statement: str, parameters: Sequence[Any]) -> str:
    """One text: Django's adapters for geometries and lists are those of its own connection."""
    operations: Any = connection.ops
    return str(operations.compose_sql(statement, parameters))


def _wkb(layer: FeatureLayer, named: Crs) -> Expression:
    """East, north throughout: the formats of files say so themselves."""
    shape: F | Func = F(layer.geometry)
    if named.srid != layer.srid:
        shape = Func(shape, template=f"ST_Transform(%(expressions)s, {named.srid})", output_field=GeometryField(srid=named.srid))
    return Func(shape, function="ST_AsBinary", output_field=BinaryField())
