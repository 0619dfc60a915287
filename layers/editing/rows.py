"""The editor of plain layers: points, lines and surfaces whose rows need no verb of their own."""

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from layers.attributes import attributes
from layers.editing.contract import Editor, EditRefused, FeatureIn, Receipt, Violation
from layers.editing.values import fitted, parsed
from layers.editing.verb import RowWrites, version_of


class RowEditor(Editor):
    """Writes the published attributes of rows, except those that follow from elsewhere (unit, demo mark, references to units).

    A layer that wants fewer says so: `class KindOnly(RowEditor): writable = ("kind",)`.
    """

    writable: ClassVar[tuple[str, ...]] = ()
    derived: ClassVar[frozenset[str]] = frozenset({"is_demo", "updated_at"})

    def version(self, pk: int) -> str:
        """See Editor."""
        return version_of(self._writes.row(pk))

    def create(self, feature: FeatureIn) -> Receipt:
        """See Editor. What is left out takes the column's default."""
        if feature.geometry is None:
            raise EditRefused([Violation("no-geometry", _("A new feature needs a geometry."))])
        values = {name: value for name, value in self._accepted(parsed(self.layer, feature.values), {}).items() if value is not None}
        return self._writes.create(values, fitted(self.layer, feature.geometry))

    def update(self, pk: int, feature: FeatureIn, version: str | None = None) -> Receipt:
        """See Editor."""
        values = parsed(self.layer, feature.values)
        shape = fitted(self.layer, feature.geometry) if feature.geometry is not None else None
        return self._writes.update(pk, version, values, shape, self._accepted)

    def replace(self, pk: int, feature: FeatureIn, version: str | None = None) -> Receipt:
        """See Editor. Attributes that are left out go back to their defaults; the geometry must be there."""
        if feature.geometry is None:
            raise EditRefused([Violation("no-geometry", _("A feature that replaces another needs a geometry."))])
        columns = {name: self.layer.model._meta.get_field(name) for name in self._names}
        blank = {name: column.get_default() for name, column in columns.items() if isinstance(column, models.Field)}
        return self.update(pk, FeatureIn(blank | dict(feature.values), feature.geometry), version)

    def delete(self, pk: int, version: str | None = None) -> Receipt:
        """See Editor."""
        return self._writes.delete(pk, version)

    @cached_property
    def _writes(self) -> RowWrites:
        return RowWrites(self.layer, self.user, self.note)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        own = (one.name for one in attributes(self.layer) if not one.part and one.name not in self.derived)
        return self.writable or tuple(own)

    def _accepted(self, values: Mapping[str, object], stored: Mapping[str, object]) -> dict[str, object]:
        """The values to write. Others may come along as they are stored (QGIS sends whole rows). Raises EditRefused."""
        fixed = {name: value for name, value in values.items() if name not in self._names}
        faults = [
            Violation("read-only", _("The attribute “%(name)s” cannot be written here.") % {"name": name}, name)
            for name, value in fixed.items()
            if value not in (None, "", stored.get(name))
        ]
        if faults:
            raise EditRefused(faults)
        return {name: value for name, value in values.items() if name in self._names}


class CodedEditor(RowEditor):
    """Of rows with a code by which other systems name them: it is given by their owner, not on the map; a drawn copy has none."""

    derived: ClassVar[frozenset[str]] = RowEditor.derived | {"code"}

    def create(self, feature: FeatureIn) -> Receipt:
        """See Editor."""
        return super().create(FeatureIn({name: value for name, value in feature.values.items() if name != "code"}, feature.geometry))
