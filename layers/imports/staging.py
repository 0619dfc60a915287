"""The staging table of an import: rows as they come from the file, checked by the database before anybody sees them.

The table is temporary and its columns are known only at run time, so the ORM has no model for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.csv
import shapely
from django.db import connection

from gis_core.changes.tracking import quote
from gis_core.geometry import split_reason, written
from gis_core.geometry_repair import repair
from gis_core.importing.faults import Fault, RowFault
from gis_core.importing.messages import ColumnType
from layers.imports.database import number, rows, run
from layers.models.imported_layer import Column

TABLE = "pg_temp.import_staging"
_SQL_TYPES: dict[ColumnType, str] = {
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "bigint",
    "double": "double precision",
    "text": "text",
    "date": "date",
    "time": "time",
    "timestamp": "timestamptz",
}
# Geometry types of PostGIS by the kind that a layer shows.
FAMILIES = {
    "POINT": "point",
    "MULTIPOINT": "point",
    "LINESTRING": "line",
    "MULTILINESTRING": "line",
    "POLYGON": "polygon",
    "MULTIPOLYGON": "polygon",
}


@dataclass
class Staging:
    """The rows of one file inside the transaction of its import."""

    columns: list[Column]
    srid: int
    bad: set[int] = field(default_factory=set)

    def create(self) -> None:
        """Make the table; it is gone with the transaction."""
        definitions = "".join(f", {quote(column['name'])} {_SQL_TYPES[column['type']]}" for column in self.columns)
        run(f"DROP TABLE IF EXISTS {TABLE}")
        run(f"CREATE TEMPORARY TABLE import_staging (row bigint PRIMARY KEY, geom geometry NOT NULL{definitions}) ON COMMIT DROP")

    def copy(self, table: Any) -> None:
        """Append an Arrow batch (row, geometry, attributes in the order of the columns) by COPY."""
        # Arrow writes CSV without Python touching a value; PostgreSQL reads hexadecimal WKB.
        hexadecimal = pa.array([data.hex() for data in table.column("geometry").to_pylist()], pa.string())
        text = BytesIO()
        options = pa.csv.WriteOptions(include_header=False)
        pa.csv.write_csv(table.set_column(1, "geometry", hexadecimal), text, options)
        with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} FROM STDIN (FORMAT csv)") as copy:
            copy.write(text.getbuffer())

    def invalid(self) -> Iterator[RowFault]:
        """The rows whose shapes cross themselves, with the reason and the place."""
        sql = f"""
            SELECT row, reason(detail), ST_X(location(detail)), ST_Y(location(detail))
            FROM (SELECT row, ST_IsValidDetail(geom) AS detail FROM {TABLE} WHERE NOT ST_IsValid(geom)) checked
            ORDER BY row
        """  # noqa: S608  a constant
        for row, reason, x, y in rows(sql):
            place = {"x": "?", "y": "?"} if x is None else {"x": written(x, self.srid), "y": written(y, self.srid)}
            yield RowFault(row, Fault("invalid", {"reason": split_reason(reason)[0], **place}))

    def mend(self, numbers: Sequence[int]) -> list[int]:
        """Mend the shapes of these rows in a process of its own; returns the rows that are valid now."""
        found = rows(f"SELECT row, ST_AsBinary(geom) FROM {TABLE} WHERE row = ANY(%s) ORDER BY row", [list(numbers)])  # noqa: S608
        answers = zip(found, repair([bytes(data) for _row, data in found]), strict=True)
        mended = [(data, row) for (row, _broken), data in answers if data and shapely.is_valid(shapely.from_wkb(data))]
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {TABLE} SET geom = ST_GeomFromWKB(%s) WHERE row = %s", mended)  # noqa: S608
        return [row for _data, row in mended]

    def duplicates(self, key: Column) -> Iterator[RowFault]:
        """Rows whose key is empty or stands in an earlier row."""
        name = quote(key["name"])
        sql = f"""
            SELECT row, {name}::text, first FROM (
                SELECT row, {name}, min(row) OVER (PARTITION BY {name}) AS first FROM {TABLE}
            ) numbered WHERE row > first OR {name} IS NULL ORDER BY row
        """  # noqa: S608  quoted
        for row, value, first in rows(sql):
            if value is None:
                yield RowFault(row, Fault("no-key", {"field": key["alias"]}))
            else:
                yield RowFault(row, Fault("duplicate", {"field": key["alias"], "value": value[:80], "other": first}))

    def stored_already(self, key: Column, table: str) -> Iterator[RowFault]:
        """Rows whose key is in the table to which they shall be appended."""
        name = quote(key["name"])
        sql = f"SELECT row, {name}::text FROM {TABLE} s WHERE {name} IN (SELECT {name} FROM {quote(table)}) ORDER BY row"  # noqa: S608
        for row, value in rows(sql):
            yield RowFault(row, Fault("duplicate-stored", {"field": key["alias"], "value": value[:80]}))

    def kinds(self) -> dict[str, int]:
        """How many rows of each geometry type of PostGIS, for instance {"POLYGON": 7053}."""
        return dict(rows(f"SELECT GeometryType(geom), count(*) FROM {TABLE} GROUP BY 1 ORDER BY 1"))  # noqa: S608

    def rows_of(self, kinds: Sequence[str]) -> list[tuple[int, str]]:
        """Numbers and geometry types of the rows of these types."""
        sql = f"SELECT row, GeometryType(geom) FROM {TABLE} WHERE GeometryType(geom) = ANY(%s) ORDER BY row"  # noqa: S608
        return [(row, kind) for row, kind in rows(sql, [list(kinds)])]

    def remove(self, numbers: Sequence[int]) -> None:
        """Take rows out."""
        if numbers:
            run(f"DELETE FROM {TABLE} WHERE row = ANY(%s)", [list(numbers)])  # noqa: S608

    def drop_empty_columns(self) -> list[str]:
        """Take out the columns without any value (KML and GPX have dozens); returns their original names."""
        if not self.columns:
            return []
        counts = ", ".join(f"count({quote(column['name'])})" for column in self.columns)
        (found,) = rows(f"SELECT {counts} FROM {TABLE}")  # noqa: S608
        empty = [column for column, count in zip(self.columns, found, strict=True) if not count]
        self.columns = [column for column in self.columns if column not in empty]
        return [column["alias"] for column in empty]

    def count(self) -> int:
        """The rows that are left."""
        return number(f"SELECT count(*) FROM {TABLE}")  # noqa: S608
