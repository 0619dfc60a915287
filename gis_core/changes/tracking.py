"""Putting a table under the change log, as a migration operation and as plain SQL for tables made at run time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import ClassVar

from django.db import migrations

_TEMPLATE = Template(Path(__file__).with_name("track_table.sql").read_text(encoding="utf-8"))
# One call for the box (always a polygon, also of a point), from what the geometry keeps of it: up to a metre larger here.
_BOX = "CASE WHEN NOT ST_IsEmpty({a}.{g}) THEN ST_Expand({a}.{g}, 0) END"
# Boxes that meet are one; a feature that jumped writes both places, so that nothing between them counts as touched.
_BOXES = (
    "unnest(CASE WHEN o.{g} IS NOT DISTINCT FROM n.{g} THEN ARRAY[{new}]"
    " WHEN (o.{g} && n.{g}) IS NOT FALSE THEN ARRAY[ST_Expand(ST_Collect(o.{g}, n.{g}), 0)]"
    " ELSE ARRAY[{old}, {new}] END)"
)


@dataclass(frozen=True)
class Tracked:
    """The columns of a table that the log needs: primary key, 3857 geometry, administrative unit, published flag."""

    table: str
    pk: str = "id"
    geometry: str | None = "geom_3857"
    unit: str | None = "admin_unit_id"
    public: str | None = None

    def sql(self) -> str:
        """The trigger function and its four triggers; running it again replaces them."""
        unit, public = self.unit, self.public
        names: dict[str, str] = {
            "function": quote(f"change_log_of_{self.table}"),
            "table": quote(self.table),
            "literal": "'" + self.table.replace("'", "''") + "'",
            "marker": "'," + self.table.replace("'", "''") + ",'",
            "pk": quote(self.pk),
            "units_new": self._units("n"),
            "units_old": self._units("o"),
            "units_both": f"array_remove(ARRAY[o.{quote(unit)}, n.{quote(unit)}], NULL)" if unit else "NULL::bigint[]",
            "public_new": f"n.{quote(public)}" if public else "false",
            "public_old": f"o.{quote(public)}" if public else "false",
            "public_both": f"(coalesce(o.{quote(public)}, false) OR coalesce(n.{quote(public)}, false))" if public else "false",
            "box_new": self._box("n"),
            "box_old": self._box("o"),
            "boxes_both": self._boxes(),
        }
        return _TEMPLATE.substitute(names)

    def _units(self, alias: str) -> str:
        return f"array_remove(ARRAY[{alias}.{quote(self.unit)}], NULL)" if self.unit else "NULL::bigint[]"

    def _box(self, alias: str) -> str:
        if self.geometry is None:
            return "NULL::geometry"
        return _BOX.format(a=alias, g=quote(self.geometry))

    def _boxes(self) -> str:
        if self.geometry is None:
            return "NULL::geometry"
        return _BOXES.format(g=quote(self.geometry), old=self._box("o"), new=self._box("n"))


class TrackChanges(migrations.RunSQL):
    """Migration operation: write every change of a table to the change log."""

    reduces_to_sql: ClassVar[bool] = True

    def __init__(self, table: str, **columns: str | None) -> None:
        self.tracked = Tracked(table, **columns)  # type: ignore[arg-type]
        self.columns = columns
        super().__init__(self.tracked.sql(), f"DROP FUNCTION {quote(f'change_log_of_{table}')}() CASCADE")

    def deconstruct(self) -> tuple[str, Sequence[object], dict[str, object]]:
        """As written in the migration file."""
        return self.__class__.__name__, [self.tracked.table], dict(self.columns)

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Track changes of {self.tracked.table}"


def quote(name: str | None) -> str:
    """An identifier, quoted."""
    return '"' + (name or "").replace('"', '""') + '"'
