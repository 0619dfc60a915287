"""What an analysis is asked: typed parameters, which are at once its form, its API, its command line and its checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.errors import BadParameter
from gis_core.models import AdminUnit
from layers.attributes import Attribute, attributes
from layers.catalogue import catalogue
from layers.filters.selecting import Filter, read_filter
from layers.layer import FeatureLayer, GeometryKind, Title
from layers.parameters import clean_text, parse_instant, parse_number

NUMBERS = ("integer", "number")
Values = dict[str, Any]
_ALL: tuple[GeometryKind, ...] = ("point", "line", "polygon")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One question. `default` None: it may be left out when `required` is false."""

    name: str
    label: Title
    hint: Title = ""
    required: bool = True
    default: Any = None
    kind = "text"

    def read(self, value: Any, scope: Scope, read: Values) -> Any:
        """The value as the analysis uses it; `read` holds the parameters before this one. Raises BadParameter, NotFound."""
        return clean_text(str(value), self.name)

    def described(self) -> dict[str, Any]:
        """For forms."""
        named = {"name": self.name, "kind": self.kind, "label": str(self.label), "hint": str(self.hint)}
        return {**named, "required": self.required, "default": self.default}


@dataclass(frozen=True, kw_only=True)
class LayerChoice(Parameter):
    """A layer that the asker may query, of some kinds of geometry; `timed`: one whose rows have a validity."""

    geometries: Sequence[GeometryKind] = _ALL
    timed: bool = False
    kind = "layer"

    def read(self, value: Any, scope: Scope, read: Values) -> FeatureLayer:
        """See Parameter."""
        layer = catalogue.features(str(value), scope, "query")
        if not self.fits(layer):
            accepted = ", ".join(one.name for one in self.fitting(scope)) or "–"
            sentence = _("%(field)s: the layer “%(value)s” does not do for this; these do: %(accepted)s.")
            raise BadParameter(sentence % {"field": self.name, "value": layer.name, "accepted": accepted}, field=self.name)
        return layer

    def fits(self, layer: FeatureLayer) -> bool:
        """Whether a layer does for this."""
        has_validity = layer.time_fields is not None and layer.time_fields[1] is not None
        return layer.geometry_kind in self.geometries and (has_validity or not self.timed)

    def fitting(self, scope: Scope) -> list[FeatureLayer]:
        """The layers that do."""
        return [layer for layer in catalogue.visible_to(scope, "query") if isinstance(layer, FeatureLayer) and self.fits(layer)]

    def described(self) -> dict[str, Any]:
        """See Parameter."""
        return {**super().described(), "geometries": list(self.geometries), "timed": self.timed}


@dataclass(frozen=True, kw_only=True)
class FilterText(Parameter):
    """A CQL2 text over the layer that the parameter `of` names."""

    of: str = "layer"
    required: bool = False
    kind = "filter"

    def read(self, value: Any, scope: Scope, read: Values) -> Filter | None:
        """See Parameter."""
        layer = read.get(self.of)
        if not isinstance(layer, FeatureLayer):
            raise BadParameter(_("%(field)s filters %(of)s, which is missing.") % {"field": self.name, "of": self.of}, field=self.name)
        try:
            return read_filter({"filter": str(value)}, layer)
        except BadParameter as error:
            raise BadParameter(f"{self.name}: {error.detail}", field=self.name) from None

    def described(self) -> dict[str, Any]:
        """See Parameter."""
        return {**super().described(), "of": self.of}


@dataclass(frozen=True, kw_only=True)
class FieldChoice(Parameter):
    """A published attribute of the layer that `of` names; `numeric`: a number."""

    of: str = "layer"
    numeric: bool = False
    kind = "field"

    def read(self, value: Any, scope: Scope, read: Values) -> Attribute:
        """See Parameter."""
        layer = read.get(self.of)
        fitting = [one for one in attributes(layer) if self.fits(one)] if isinstance(layer, FeatureLayer) else []
        for attribute in fitting:
            if attribute.name == value:
                return attribute
        accepted = ", ".join(one.name for one in fitting) or "–"
        sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"field": self.name, "value": str(value)[:40], "accepted": accepted}, field=self.name)

    def fits(self, attribute: Attribute) -> bool:
        """Whether an attribute does for this."""
        return attribute.kind in NUMBERS if self.numeric else attribute.kind in (*NUMBERS, "string", "boolean", "date")

    def described(self) -> dict[str, Any]:
        """See Parameter."""
        return {**super().described(), "of": self.of, "numeric": self.numeric}


@dataclass(frozen=True, kw_only=True)
class Number(Parameter):
    """A number in low..high of a unit of measure."""

    low: float
    high: float
    unit: str = ""
    whole: bool = False
    kind = "number"

    def read(self, value: Any, scope: Scope, read: Values) -> float | int:
        """See Parameter."""
        number = parse_number(str(value), self.name)
        if not self.low <= number <= self.high or (self.whole and number != int(number)):
            kind = _("whole number") if self.whole else _("number")
            sentence = _("%(field)s must be a %(kind)s from %(low)g to %(high)g; it is %(value)s.")
            values = {"field": self.name, "kind": kind, "low": self.low, "high": self.high, "value": str(value)[:40]}
            raise BadParameter(sentence % values, field=self.name)
        return int(number) if self.whole else number

    def described(self) -> dict[str, Any]:
        """See Parameter."""
        return {**super().described(), "low": self.low, "high": self.high, "unit": self.unit, "whole": self.whole}


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of some words."""

    options: Mapping[str, Title]
    kind = "choice"

    def read(self, value: Any, scope: Scope, read: Values) -> str:
        """See Parameter."""
        if value not in self.options:
            sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
            values = {"field": self.name, "value": str(value)[:40], "accepted": ", ".join(self.options)}
            raise BadParameter(sentence % values, field=self.name)
        return str(value)

    def described(self) -> dict[str, Any]:
        """See Parameter."""
        return {**super().described(), "options": [[value, str(title)] for value, title in self.options.items()]}


@dataclass(frozen=True, kw_only=True)
class Day(Parameter):
    """A date."""

    kind = "date"

    def read(self, value: Any, scope: Scope, read: Values) -> date:
        """See Parameter."""
        moment = parse_instant(str(value), self.name)
        if type(moment) is not date:
            raise BadParameter(_("%(field)s must be a date such as 2025-07-01.") % {"field": self.name}, field=self.name)
        return moment


@dataclass(frozen=True, kw_only=True)
class UnitChoice(Parameter):
    """An administrative unit in force today, by its code; rows are taken from inside its outline."""

    required: bool = False
    kind = "unit"

    def read(self, value: Any, scope: Scope, read: Values) -> Any:
        """See Parameter."""
        unit = AdminUnit.objects.current().filter(code=str(value)).order_by("path").first()
        if unit is None:
            sentence = _("%(field)s: no administrative unit of today has the code %(value)s.")
            raise BadParameter(sentence % {"field": self.name, "value": str(value)[:20]}, field=self.name)
        return unit


def read_all(parameters: Sequence[Parameter], given: Mapping[str, Any], scope: Scope) -> Values:
    """Every parameter, read in order. Raises BadParameter, NotFound; nothing unknown passes."""
    names = [parameter.name for parameter in parameters]
    for name in given:
        if name not in names:
            sentence = _("The parameter “%(name)s” is not known here; accepted are: %(accepted)s.")
            raise BadParameter(sentence % {"name": str(name)[:80], "accepted": ", ".join(names)}, field=str(name)[:80])
    read: Values = {}
    for parameter in parameters:
        value = given.get(parameter.name)
        if value is None or value == "":
            value = parameter.default
        if value is not None:
            read[parameter.name] = parameter.read(value, scope, read)
        elif parameter.required:
            sentence = _("%(field)s is missing: %(label)s.")
            raise BadParameter(sentence % {"field": parameter.name, "label": parameter.label}, field=parameter.name)
        else:
            read[parameter.name] = None
    return read
