"""From the tree of an expression to terms: only names of the layer's published fields, only known operators, only fitting types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, cast

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.attributes import Attribute, attributes
from layers.filters import literals, times
from layers.filters.reading import FIELD, Node
from layers.filters.shapes import Reference, is_shape, shape_of
from layers.filters.terms import Among, Compare, Comparison, Constant, Fold, Like, Missing, Not, Ref, Spatial, Term, junction
from layers.layer import FeatureLayer

_TURNED: Mapping[str, Comparison] = MappingProxyType({"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="})
# CQL2 name: function of PostGIS, and that of the same relation with its arguments exchanged.
_SPATIAL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "s_intersects": ("ST_Intersects", "ST_Intersects"),
        "s_equals": ("ST_Equals", "ST_Equals"),
        "s_disjoint": ("ST_Intersects", "ST_Intersects"),
        "s_touches": ("ST_Touches", "ST_Touches"),
        "s_within": ("ST_Within", "ST_Contains"),
        "s_contains": ("ST_Contains", "ST_Within"),
        "s_overlaps": ("ST_Overlaps", "ST_Overlaps"),
        "s_crosses": ("ST_Crosses", "ST_Crosses"),
    }
)
_FOLDS = ("casei", "accenti")


@dataclass(frozen=True)
class Grammar:
    """The expressions that a layer understands; coordinates are in `reference`."""

    layer: FeatureLayer
    reference: Reference = field(default_factory=Reference)

    def term(self, node: Node) -> Term:
        """The term of a condition. Raises BadParameter that names what is unknown or does not fit."""
        if isinstance(node, Mapping) and "property" in node:
            return self._flag(node)
        if not isinstance(node, Mapping) or "op" not in node:
            raise _bad(_("filter: a condition is expected; write for instance status = 'new'."))
        op, args = str(node["op"]), list(node.get("args", ()))
        if op in times.FUNCTIONS:
            return times.temporal(op, _exactly(2, op, args), self._attribute)
        if op in _SPATIAL:
            return self._spatial(op, *_exactly(2, op, args))
        rule = self._rules.get(op)
        if rule is None:
            raise self._unknown(op)
        return rule(op, args)

    @property
    def _rules(self) -> dict[str, Callable[[str, list[Node]], Term]]:
        return {
            **dict.fromkeys(("and", "or"), self._joined),
            "not": lambda op, args: Not(self.term(*_exactly(1, op, args))),
            **dict.fromkeys(_TURNED, self._compared),
            "between": self._between,
            "in": self._among,
            "like": self._like,
            "isNull": self._missing,
        }

    def _unknown(self, op: str) -> BadParameter:
        accepted = ", ".join((*self._rules, *_FOLDS, *sorted(_SPATIAL), *sorted(times.FUNCTIONS)))
        return _bad(_("filter: “%(op)s” cannot stand here; accepted are: %(accepted)s.") % {"op": op[:60], "accepted": accepted})

    def _joined(self, op: str, args: list[Node]) -> Term:
        if not args:
            raise _arguments(op)
        return junction("and" if op == "and" else "or", [self.term(part) for part in args])

    def _flag(self, node: Node) -> Term:
        """A truth value standing alone."""
        attribute = self._attribute(node)
        if attribute.kind != "boolean":
            raise _bad(_("filter: %(field)s alone is no condition: it is not true or false.") % {"field": attribute.name})
        return Compare("=", Ref(attribute.name, attribute.lookup), Constant(value=True))

    def _compared(self, op: str, args: list[Node]) -> Term:
        left, right = _exactly(2, op, args)
        comparison = cast(Comparison, op)
        if not _names(left) and (_names(right) or not _is_call(left)):
            left, right, comparison = right, left, _TURNED[op]
        ref, attribute = self._ref(left)
        if not _names(right):
            if isinstance(day := self._day(right, attribute), date):
                return times.day_of(comparison, attribute, day)
            return Compare(comparison, ref, self._constant(right, attribute))
        other, found = self._ref(right)
        if found.kind != attribute.kind:
            sentence = _("filter: %(left)s and %(right)s cannot be compared: they are of different types.")
            raise _bad(sentence % {"left": attribute.name, "right": found.name})
        return Compare(comparison, ref, other)

    def _day(self, node: Node, attribute: Attribute) -> date | None:
        """The day that an instant is compared with, None for every other comparison."""
        if attribute.kind != "date-time" or not isinstance(node, Mapping) or "date" not in node:
            return None
        found = literals.constant(node, attribute)
        return found.date() if isinstance(found, datetime) else None

    def _between(self, op: str, args: list[Node]) -> Term:
        value, low, high = _exactly(3, op, args)
        return junction("and", [self._compared(">=", [value, low]), self._compared("<=", [value, high])])

    def _among(self, op: str, args: list[Node]) -> Term:
        left, listed = _exactly(2, op, args)
        ref, attribute = self._ref(left)
        if not isinstance(listed, list) or not listed:
            raise _arguments(op)
        values = {repr(value): value for value in (self._constant(part, attribute) for part in listed)}
        return Among(ref, tuple(values[key] for key in sorted(values)))

    def _like(self, op: str, args: list[Node]) -> Term:
        left, pattern = _exactly(2, op, args)
        ref, attribute = self._ref(left)
        if attribute.kind != "string":
            raise _bad(_("filter: LIKE asks about texts, and %(field)s is none.") % {"field": attribute.name})
        constant = self._constant(pattern, attribute)
        text = str(constant.value)
        if (len(text) - len(text.rstrip("\\"))) % 2:
            raise _bad(_("filter: the pattern of LIKE ends in a backslash; write two of them."))
        return Like(ref, constant)

    def _missing(self, op: str, args: list[Node]) -> Term:
        (node,) = _exactly(1, op, args)
        if isinstance(node, Mapping) and node.get("property") == self.layer.geometry:
            return Missing(self.layer.geometry, self.layer.geometry)
        attribute = self._attribute(node)
        return Missing(attribute.lookup, attribute.name)

    def _spatial(self, op: str, left: Node, right: Node) -> Term:
        function, exchanged = _SPATIAL[op]
        if is_shape(left):
            left, right, function = right, left, exchanged
        if not isinstance(left, Mapping) or left.get("property") != self.layer.geometry or not is_shape(right):
            sentence = _("filter: %(op)s compares %(geometry)s with a geometry, for instance %(example)s.")
            example = f"{op.upper()}({self.layer.geometry}, BBOX(108.4, 15.5, 108.5, 15.6))"
            raise _bad(sentence % {"op": op.upper(), "geometry": self.layer.geometry, "example": example})
        shape = shape_of(right, self.layer, self.reference)
        if shape.is_collection and function != "ST_Intersects":
            raise _bad(_("filter: %(op)s does not take a GEOMETRYCOLLECTION; S_INTERSECTS and S_DISJOINT do.") % {"op": op.upper()})
        found = Spatial(function, shape.column, shape.ewkb)
        return Not(found) if op == "s_disjoint" else found

    def _ref(self, node: Node, folds: tuple[Fold, ...] = ()) -> tuple[Ref, Attribute]:
        """An attribute, perhaps inside of CASEI or ACCENTI."""
        if inner := _folded(node):
            ref, attribute = self._ref(inner[1])
            if attribute.kind != "string":
                raise _bad(_("filter: %(op)s takes a text, and %(field)s is none.") % {"op": inner[0].upper(), "field": attribute.name})
            return replace(ref, folds=(*ref.folds, inner[0])), attribute
        attribute = self._attribute(node)
        return Ref(attribute.name, attribute.lookup, folds), attribute

    def _constant(self, node: Node, attribute: Attribute) -> Constant:
        if inner := _folded(node):
            found = self._constant(inner[1], attribute)
            return replace(found, folds=(*found.folds, inner[0]))
        return Constant(literals.constant(node, attribute))

    def _attribute(self, node: Node) -> Attribute:
        name = node.get("property") if isinstance(node, Mapping) else None
        known = {attribute.name: attribute for attribute in attributes(self.layer) if attribute.is_filterable}
        if isinstance(name, str) and name in known:
            return known[name]
        if _is_call(node):
            raise self._unknown(str(node["op"]))
        if not isinstance(name, str):
            raise _bad(_("filter: an attribute of the layer is expected; there are: %(accepted)s.") % {"accepted": ", ".join(known)})
        sentence = _("filter: %(layer)s has no attribute “%(name)s”; there are: %(accepted)s.")
        raise _bad(sentence % {"layer": self.layer.name, "name": name[:60], "accepted": ", ".join((*known, self.layer.geometry))})


def _names(node: Node) -> bool:
    """Whether a node leads to an attribute."""
    inner = _folded(node)
    return _names(inner[1]) if inner else isinstance(node, Mapping) and "property" in node


def _is_call(node: Node) -> bool:
    return isinstance(node, Mapping) and "op" in node


def _folded(node: Node) -> tuple[Fold, Any] | None:
    if not isinstance(node, Mapping) or node.get("op") not in _FOLDS:
        return None
    (inner,) = _exactly(1, str(node["op"]), list(node.get("args", ())))
    return cast(Fold, node["op"]), inner


def _exactly(count: int, op: str, args: list[Node]) -> list[Node]:
    if len(args) != count:
        raise _arguments(op)
    return args


def _arguments(op: str) -> BadParameter:
    return _bad(_("filter: “%(op)s” has too few or too many arguments.") % {"op": op})


def _bad(sentence: str) -> BadParameter:
    return BadParameter(sentence, field=FIELD)
