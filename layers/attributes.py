"""How a layer's published fields become values: one meaning for GeoJSON, filters, schemas and pages.

- A field is published under its own name with its stored value: codes of choices stay codes (their words are in the
  queryables and on the pages), dates and times are ISO 8601, times carry their offset.
- A reference to an administrative unit is published as two texts: `admin_unit`, the unit's name, and `admin_unit_code`, its
  official code. The code is for joining statistics of the same day; codes are reused by reforms, so it is no key.
- Any other reference is published as the key of the row it points to, which is a code (`category`: "pothole").
- Geometry is not an attribute. A field that `Layer.fields` does not name does not exist here, so nothing can reach it.

This is the only place that writes a lookup through a relation, and it writes one only for administrative units.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from gis_core.models import AdminUnit
from layers.layer import FeatureLayer
from layers.parameters import parse_instant, parse_number

Kind = Literal["string", "integer", "number", "boolean", "date", "date-time", "uuid", "array", "other"]
Column = "models.Field[Any, Any]"

_KINDS: tuple[tuple[type, Kind], ...] = (
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
    (models.FloatField, "number"),
    (models.DecimalField, "number"),
    (models.DateTimeField, "date-time"),
    (models.DateField, "date"),
    (models.UUIDField, "uuid"),
    (ArrayField, "array"),
    (models.CharField, "string"),
    (models.TextField, "string"),
)
_INTEGER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Attribute:
    """A published value: its name, the ORM path that yields it, the column that defines its type and words."""

    name: str
    lookup: str
    column: "models.Field[Any, Any]"
    source: "models.Field[Any, Any]"
    part: Literal["", "name", "code"] = ""

    @property
    def kind(self) -> Kind:
        """The type of the value."""
        return next((kind for classes, kind in _KINDS if isinstance(self.column, classes)), "other")

    @property
    def label(self) -> str:
        """For people, in the current language."""
        words = capfirst(str(self.source.verbose_name))
        return _("%(label)s (code)") % {"label": words} if self.part == "code" else words

    @property
    def choices(self) -> Mapping[Any, str]:
        """Code → words; empty for a field without choices."""
        return {code: str(words) for code, words in getattr(self.column, "flatchoices", ()) if code is not None}

    @property
    def nullable(self) -> bool:
        """Whether the value may be missing."""
        return bool(self.source.null)

    @property
    def is_filterable(self) -> bool:
        """Whether `name=value` selects features; lists and JSON documents have no one text."""
        return self.kind not in ("array", "other")

    @property
    def is_queryable(self) -> bool:
        """Whether a filter can ask about it: lists too, by the functions of sets."""
        return self.kind != "other"

    @property
    def related(self) -> type[models.Model] | None:
        """The code table behind the value, where there is one."""
        model = self.source.related_model
        return model if isinstance(model, type) and not self.part else None

    def parse(self, text: str) -> object:
        """The value that `text` names. Raises BadParameter with what is accepted."""
        try:
            value = _PARSERS[self.kind](text, self.name)
        except ValueError:
            sentence = _("%(field)s: “%(value)s” is no %(kind)s.")
            raise BadParameter(sentence % {"field": self.name, "value": text[:60], "kind": _words(self.kind)}, field=self.name) from None
        if self.choices and value not in self.choices:
            sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
            accepted = ", ".join(str(code) for code in self.choices)
            raise BadParameter(sentence % {"field": self.name, "value": text[:60], "accepted": accepted}, field=self.name)
        return value


@lru_cache(maxsize=256)
def attributes(layer: FeatureLayer) -> tuple[Attribute, ...]:
    """The published attributes in the order of `Layer.fields`."""
    return tuple(attribute for name in layer.fields for attribute in _published(layer, name))


def attribute_names(layer: FeatureLayer) -> tuple[str, ...]:
    """The names under which values are published."""
    return tuple(attribute.name for attribute in attributes(layer))


def joined_tables(layer: FeatureLayer) -> frozenset[str]:
    """Tables other than the layer's own on which published values depend: part of every ETag."""
    return frozenset(AdminUnit._meta.db_table for attribute in attributes(layer) if attribute.part)


def as_properties(layer: FeatureLayer) -> Callable[[Iterable[object]], dict[str, object]]:
    """A function from a row's values, in the order of `attributes`, to GeoJSON properties."""
    names = attribute_names(layer)
    return lambda values: dict(zip(names, values, strict=True))


def json_default(value: object) -> object:
    """For orjson: what a column may hold and JSON has no form for (decimals as numbers, the rest as text)."""
    return float(value) if isinstance(value, Decimal) else str(value)


def _published(layer: FeatureLayer, name: str) -> Iterable[Attribute]:
    field: models.Field[Any, Any] = layer.model._meta.get_field(name)  # type: ignore[assignment]
    if isinstance(field, GeometryField):
        return
    if not isinstance(field, models.ForeignKey):
        yield Attribute(name, name, field, field)
    elif field.related_model is AdminUnit:
        yield Attribute(name, f"{name}__name", _column(AdminUnit, "name"), field, "name")
        yield Attribute(f"{name}_code", f"{name}__code", _column(AdminUnit, "code"), field, "code")
    else:
        yield Attribute(name, field.attname, field.target_field, field)


def _column(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    return model._meta.get_field(name)  # type: ignore[return-value]


def _boolean(text: str, _field: str) -> bool:
    return {"true": True, "false": False}[text] if text in ("true", "false") else _fail()


def _integer(text: str, _field: str) -> int:
    return int(text) if _INTEGER.fullmatch(text) else _fail()


def _date(text: str, field: str) -> date:
    moment = parse_instant(text, field)
    return _fail() if isinstance(moment, datetime) else moment


def _date_time(text: str, field: str) -> datetime:
    moment = parse_instant(text, field)
    return moment if isinstance(moment, datetime) else _fail()


def _fail() -> Any:
    raise ValueError


_PARSERS: dict[Kind, Callable[[str, str], object]] = {
    "string": lambda text, _field: text,
    "integer": _integer,
    "number": parse_number,
    "boolean": _boolean,
    "date": _date,
    "date-time": _date_time,
    "uuid": lambda text, _field: uuid.UUID(text),
    "array": lambda _text, _field: _fail(),
    "other": lambda _text, _field: _fail(),
}


def _words(kind: Kind) -> str:
    return {
        "integer": _("whole number"),
        "boolean": _("true or false"),
        "date": _("date such as 2025-07-01"),
        "date-time": _("date and time such as 2025-07-01T08:00:00+07:00"),
        "uuid": _("UUID"),
    }.get(kind, _("value of this field"))
