"""The one place where features of plain layers are written by people: locked, checked, logged, announced."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

import orjson
from django.contrib.gis.geos import GEOSGeometry, Point
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access import Reach, scope_of
from gis_core.changes.position import position
from gis_core.errors import NotFound
from gis_core.models import AdminUnit, User
from gis_core.serving.statement import Given, Statement
from layers.attributes import attributes, json_default
from layers.editing.contract import EditRefused, Receipt, StaleFeature, Violation
from layers.layer import FeatureLayer
from layers.models.feature_edit import FeatureEdit

Action = FeatureEdit.Action
State = dict[str, Any]
# From the values that a client sent and those that the row has to the values to write; raises EditRefused.
Accept = Callable[[Mapping[str, object], Mapping[str, object]], Mapping[str, object]]


class RowWrites:
    """Writes to a layer's rows in a person's name. The row's unit is the one that its geometry lies in today."""

    def __init__(self, layer: FeatureLayer, user: User, note: str) -> None:
        self.layer, self.user, self.note = layer, user, note[:200]
        self.reach = layer.reach(scope_of(user), "change")

    def create(self, values: Mapping[str, object], geometry: GEOSGeometry) -> Receipt:
        """A new row."""
        row = self.layer.model()
        self._fill(row, values, geometry)
        with transaction.atomic():
            return self._saved(row, Action.CREATE, None)

    def update(self, pk: int, version: str | None, values: Mapping[str, object], geometry: GEOSGeometry | None, accept: Accept) -> Receipt:
        """New values of a row: those that `accept` lets through."""
        with transaction.atomic():
            row = self._locked(pk, version)
            before = self._state(pk)[0]
            self._fill(row, accept(values, before), geometry)
            return self._saved(row, Action.UPDATE, before)

    def delete(self, pk: int, version: str | None) -> Receipt:
        """The row goes; the log keeps what it was."""
        with transaction.atomic():
            row = self._locked(pk, version)
            before = self._state(pk)[0]
            try:
                row.delete()
            except models.ProtectedError:
                raise EditRefused([Violation("in-use", _("Other records refer to this feature, so it cannot be deleted."))]) from None
            self._log(pk, Action.DELETE, before, None)
            return Receipt(pk, seq=position())

    def row(self, pk: int) -> Any:
        """A row that the person may change. Raises NotFound."""
        row = self.layer.rows(self.reach).filter(pk=pk).first()
        if row is None:
            raise NotFound(_("There is no such feature, or it is not open to you."))
        return row

    def _locked(self, pk: int, version: str | None) -> Any:
        row = self.layer.rows(self.reach).select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None:
            raise NotFound(_("There is no such feature, or it is not open to you."))
        if version is not None and version != version_of(row):
            sentence = _("The feature was changed since you read it. Compare both states, then write again.")
            raise StaleFeature(sentence, members={"version": version_of(row), "now": self._state(pk)[0]})
        return row

    def _fill(self, row: Any, values: Mapping[str, object], geometry: GEOSGeometry | None) -> None:
        for name, value in values.items():
            setattr(row, name, self._stored(name, value))
        if geometry is not None:
            setattr(row, self.layer.geometry, geometry)
            row.admin_unit = self._unit(geometry)

    def _stored(self, name: str, value: object) -> object:
        """Texts that may be empty are stored empty, never as null."""
        column = self.layer.model._meta.get_field(name)
        empty_text = value is None and not getattr(column, "null", True) and getattr(column, "blank", False)
        return "" if empty_text and isinstance(column, models.CharField | models.TextField) else value

    def _unit(self, geometry: GEOSGeometry) -> AdminUnit:
        """The unit under the geometry, in which the person must have the right. Raises EditRefused."""
        # A road's middle vertex, a place's own position: on the geometry for every kind, unlike a centroid.
        spot = geometry.point_on_surface
        place = cast(Point, spot.transform(4326, clone=True))
        unit = AdminUnit.objects.at_point(place.x, place.y, on=timezone.localdate())
        at = (spot.x, spot.y)
        if unit is None:
            raise EditRefused([Violation("outside", _("The place lies in no administrative unit that is known here."), place=at)])
        if not self.reach.everything and unit.pk not in self.reach.units:
            sentence = _("The place lies in %(unit)s, where your account may not change this layer.") % {"unit": unit.name}
            raise EditRefused([Violation("outside-your-units", sentence, place=at)])
        return unit

    def _saved(self, row: Any, action: FeatureEdit.Action, before: State | None) -> Receipt:
        own = {attribute.name for attribute in attributes(self.layer) if not attribute.part}
        try:
            row.full_clean(exclude=[column.name for column in row._meta.concrete_fields if column.name not in own])
        except ValidationError as error:
            raise EditRefused(
                [Violation("bad-value", f"{name}: {text}", name) for name, texts in error.message_dict.items() for text in texts]
            ) from None
        row.save()
        after, written = self._state(row.pk)
        self._log(row.pk, action, before, after)
        return Receipt(row.pk, version=_version(written), seq=position())

    def _state(self, pk: int) -> tuple[State, datetime]:
        """What the row says as it stands in the database, and when it was last written."""
        (found,) = _states(self.layer).run(pk=pk)
        *values, written, shape = found
        names = (one.name for one in attributes(self.layer))
        return {**dict(zip(names, values, strict=True)), "wkt": shape.wkt if shape else None}, written

    def _log(self, pk: int, action: FeatureEdit.Action, before: State | None, after: State | None) -> None:
        # Times and decimals as every service writes them: a column of JSON has no form for them.
        told = [orjson.loads(orjson.dumps(values, default=json_default)) for values in (before, after)]
        changes = {"action": action, "note": self.note, "before": told[0], "after": told[1]}
        FeatureEdit.objects.create(user=self.user, layer=self.layer.name, feature=pk, **changes)


@lru_cache(maxsize=256)
def _states(layer: FeatureLayer) -> Statement:
    """A row's published values, its last write and its shape, by `pk`: each write asks twice."""
    model: Any = layer.model
    rows = model.objects.within(Reach(everything=True)).filter(pk=Given("pk", model._meta.pk))
    return Statement.of(rows.values_list(*(one.lookup for one in attributes(layer)), "updated_at", layer.geometry))


def version_of(row: Any) -> str:
    """A row's version: the instant of its last write, in microseconds."""
    return _version(row.updated_at)


def _version(written: datetime) -> str:
    return f"{int(written.timestamp() * 1_000_000)}"
