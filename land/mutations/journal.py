"""Writing rights, certificates and restrictions so that it can be undone: each row's former values are kept with the change."""

from datetime import date
from typing import Any

from django.db import models

from land.models import Certificate, Restriction, Right

Paper = Right | Certificate | Restriction
_TABLES: dict[str, "models.Manager[Any]"] = {"right": Right.objects, "certificate": Certificate.objects, "restriction": Restriction.objects}


class Journal:
    """The papers that one change touches. `entries` goes into `ParcelChange.papers`; it holds keys, dates and states, no names."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.entries: list[dict[str, Any]] = []

    def add(self, row: Paper) -> None:
        """Write a new row."""
        row.save(force_insert=True)
        self.entries.append({"table": row._meta.model_name, "pk": row.pk})

    def alter(self, row: Paper, **values: Any) -> None:
        """Change fields of a row."""
        columns = [_column(row, name).attname for name in values]
        was = {column: _plain(getattr(row, column)) for column in columns}
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=columns)
        self.entries.append({"table": row._meta.model_name, "pk": row.pk, "was": was})

    def end(self, row: Right | Restriction) -> None:
        """Let a right or restriction end with this change."""
        self.alter(row, valid_to=max(self.on, row.valid_from))

    def take_back(self, entries: list[dict[str, Any]]) -> None:
        """Undo another change's entries, the last first. What it made ends; nothing is deleted."""
        for entry in reversed(entries):
            row = _TABLES[entry["table"]].get(pk=entry["pk"])
            if "was" in entry:
                self.alter(row, **{name: _column(row, name).to_python(value) for name, value in entry["was"].items()})
            elif isinstance(row, Certificate):
                self.alter(row, status=Certificate.Status.REVOKED)
            else:
                self.alter(row, valid_to=row.valid_from)


def _column(row: Paper, name: str) -> "models.Field[Any, Any]":
    column = row._meta.get_field(name)
    assert isinstance(column, models.Field)
    return column


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
