"""The order of a list (`sortby`), and places in it that stay where they are when rows come and go.

A place is the values of the sort keys of a row with its own key. What has no value comes after everything that has one, as in
PostgreSQL, so that the way back is the way forth turned round.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.attributes import Attribute, attributes
from layers.layer import FeatureLayer
from layers.parameters import Parameters

Side = Literal["gt", "lt"]
MAX_KEYS = 4
# Longer texts would make places longer than addresses may be.
_LONGEST = 255
_FIELD = "sortby"


@dataclass(frozen=True)
class SortKey:
    """One attribute, and its direction."""

    attribute: Attribute
    descending: bool = False


@dataclass(frozen=True)
class Place:
    """A row's place: the values of the sort keys, and its own key."""

    values: tuple[object, ...]
    key: object


@dataclass(frozen=True)
class Order:
    """The order of rows: by sort keys, at last by the rows' own key, which makes it total."""

    keys: tuple[SortKey, ...] = ()

    @property
    def lookups(self) -> list[str]:
        """What to read of a row to tell its place."""
        return [key.attribute.lookup for key in self.keys]

    def expressions(self, side: Side) -> list[str | OrderBy]:
        """For `order_by`: forth, or back."""
        back = side == "lt"
        parts = [OrderBy(F(key.attribute.lookup), descending=key.descending != back) for key in self.keys]
        return [*parts, "-pk" if back else "pk"]

    def beyond(self, place: Place, side: Side) -> Q:
        """Rows after a place (`gt`), or before it (`lt`)."""
        condition, equal = Q(), Q()
        for key, value in zip(self.keys, place.values, strict=True):
            further = _further(key.attribute.lookup, value, downwards=key.descending != (side == "lt"))
            if further is not None:
                condition |= equal & further
            equal &= Q(**{f"{key.attribute.lookup}__isnull": True}) if value is None else Q(**{key.attribute.lookup: value})
        return condition | (equal & Q(**{f"pk__{side}": place.key}))

    def written(self, key: object, values: Sequence[object]) -> str:
        """A place as text."""
        if not self.keys:
            return str(key)
        return base64.urlsafe_b64encode(orjson.dumps([str(key), *values], default=str)).decode().rstrip("=")

    def read(self, text: str, to_key: Any) -> Place:
        """The place that a text means. Raises ValueError or ValidationError for what none of ours is."""
        if not self.keys:
            return Place((), to_key(text))
        try:
            values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (binascii.Error, orjson.JSONDecodeError) as error:
            raise ValueError(text) from error
        if not isinstance(values, list) or len(values) != len(self.keys) + 1 or not isinstance(values[0], str):
            raise ValueError(text)
        found = (_value(key.attribute, value) for key, value in zip(self.keys, values[1:], strict=True))
        return Place(tuple(found), to_key(values[0]))


def _further(lookup: str, value: object, *, downwards: bool) -> Q | None:
    """Rows whose value comes later; None where nothing can."""
    if value is None:
        return Q(**{f"{lookup}__isnull": False}) if downwards else None
    if downwards:
        return Q(**{f"{lookup}__lt": value})
    return Q(**{f"{lookup}__gt": value}) | Q(**{f"{lookup}__isnull": True})


def _value(attribute: Attribute, value: Any) -> object:
    if value is None or (isinstance(value, bool) and attribute.kind == "boolean"):
        return value
    if isinstance(value, bool | list | dict):
        raise ValueError(value)
    found: object = attribute.column.to_python(value)
    if isinstance(found, int) and not -(2**63) <= found < 2**63:
        raise ValueError(value)
    if isinstance(found, str) and "\x00" in found:
        raise ValidationError("NUL")
    return found


def sortable(layer: FeatureLayer) -> dict[str, Attribute]:
    """The attributes by which features can be sorted."""
    return {attribute.name: attribute for attribute in attributes(layer) if attribute.is_filterable and _is_short(attribute)}


def _is_short(attribute: Attribute) -> bool:
    if attribute.kind != "string" or attribute.choices:
        return True
    return not isinstance(attribute.column, models.TextField) and (attribute.column.max_length or 0) <= _LONGEST


def read_order(parameters: Parameters, layer: FeatureLayer) -> Order:
    """The order that `sortby=name,-area_m2` names. Raises BadParameter."""
    names = parameters.names(_FIELD)
    if names is None:
        return Order()
    known = sortable(layer)
    keys = []
    for text in names:
        # In a query string "+" is a blank, which `names` has stripped.
        name = text.lstrip("+-")
        if name not in known or len(text) - len(name) > 1:
            sentence = _("sortby knows no “%(name)s”; accepted are, with - before them for descending: %(accepted)s.")
            raise BadParameter(sentence % {"name": text[:60], "accepted": ", ".join(known)}, field=_FIELD)
        keys.append(SortKey(known[name], text.startswith("-")))
    if not 0 < len(keys) <= MAX_KEYS or len({key.attribute.name for key in keys}) < len(keys):
        sentence = _("sortby takes 1 to %(limit)d different names, separated by commas.")
        raise BadParameter(sentence % {"limit": MAX_KEYS}, field=_FIELD)
    return Order(tuple(keys))
