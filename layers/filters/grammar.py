"""From the tree of an expression to terms: only names of the layer's published fields, only known operators, only fitting types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import cast

import shapely
from django.utils.translation import gettext as _

from layers.attributes import Attribute
from layers.filters import literals, times
from layers.filters.functions import SETS, SPATIAL
from layers.filters.reading import Node
from layers.filters.shapes import Reference, is_shape, shape_of
from layers.filters.terms import (
    Absent,
    Always,
    Among,
    Compare,
    Comparison,
    Constant,
    Like,
    Missing,
    Not,
    Ref,
    Related,
    Sets,
    Spatial,
    Term,
    junction,
)
from layers.filters.values import Values, arguments, bad, exactly, is_call, is_literal, literal, unknown
from layers.layer import FeatureLayer

_TURNED: Mapping[str, Comparison] = MappingProxyType({"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="})


@dataclass(frozen=True)
class Grammar:
    """The conditions that a layer understands; coordinates are in `reference`."""

    layer: FeatureLayer
    reference: Reference = field(default_factory=Reference)

    def term(self, node: Node) -> Term:
        """The term of a condition. Raises BadParameter that names what is unknown or does not fit."""
        if isinstance(node, bool):
            return Always(node)
        if isinstance(node, Mapping) and "property" in node:
            return self._flag(node)
        if not is_call(node):
            raise bad(_("filter: a condition is expected; write for instance status = 'new'."))
        op, args = str(node["op"]), list(node.get("args", ()))
        if op in times.FUNCTIONS:
            return times.temporal(op, exactly(2, op, args), self._values.attribute)
        if op in SPATIAL:
            return self._spatial(op, *exactly(2, op, args))
        rule = self._rules.get(op)
        if rule is None:
            raise unknown(op)
        return rule(op, args)

    @cached_property
    def _values(self) -> Values:
        return Values(self.layer, self.reference)

    @property
    def _rules(self) -> dict[str, Callable[[str, list[Node]], Term]]:
        return {
            **dict.fromkeys(("and", "or"), self._joined),
            "not": lambda op, args: Not(self.term(*exactly(1, op, args))),
            **dict.fromkeys(_TURNED, self._compared),
            "between": self._between,
            "in": self._among,
            "like": self._like,
            "isNull": self._missing,
            **dict.fromkeys(SETS, self._sets),
        }

    def _joined(self, op: str, args: list[Node]) -> Term:
        if not args:
            raise arguments(op)
        return junction("and" if op == "and" else "or", [self.term(part) for part in args])

    def _flag(self, node: Node) -> Term:
        """A truth value standing alone."""
        attribute = self._values.attribute(node)
        if attribute.kind != "boolean":
            raise bad(_("filter: %(field)s alone is no condition: it is not true or false.") % {"field": attribute.name})
        return Compare("=", Ref(attribute.name, attribute.lookup), Constant(value=True))

    def _compared(self, op: str, args: list[Node]) -> Term:
        left, right = exactly(2, op, args)
        comparison = cast(Comparison, op)
        if is_literal(left) and not is_literal(right):
            left, right, comparison = right, left, _TURNED[op]
        found = self._values.typed(left)
        if found.kind == "array":
            return self._equal_lists(op, left, right)
        if found.attribute and isinstance(day := _day(right, found.attribute), date):
            return times.day_of(comparison, found.attribute, day)
        return Compare(comparison, found.operand, self._values.beside(right, found))

    def _equal_lists(self, op: str, left: Node, right: Node) -> Term:
        if op not in ("=", "<>"):
            raise bad(_("filter: lists are equal or not; none is less than another."))
        equal = self._sets("a_equals", [left, right])
        return equal if op == "=" else Not(equal)

    def _between(self, op: str, args: list[Node]) -> Term:
        value, low, high = exactly(3, op, args)
        return junction("and", [self._compared(">=", [value, low]), self._compared("<=", [value, high])])

    def _among(self, op: str, args: list[Node]) -> Term:
        left, listed = exactly(2, op, args)
        if not isinstance(listed, list) or not listed:
            raise arguments(op)
        found = self._values.typed(left)
        values = {repr(value): value for value in (self._values.beside(part, found) for part in listed)}
        return Among(found.operand, tuple(values[key] for key in sorted(values)))

    def _like(self, op: str, args: list[Node]) -> Term:
        left, pattern = exactly(2, op, args)
        found = self._values.typed(left)
        if found.kind != "string":
            raise bad(_("filter: LIKE asks about texts, and %(field)s is none.") % {"field": found.name})
        constant = literal(pattern, found) if is_literal(pattern) else None
        if not isinstance(constant, Constant):
            raise bad(_("filter: the pattern of LIKE is a text in single quotes."))
        text = str(constant.value)
        if (len(text) - len(text.rstrip("\\"))) % 2:
            raise bad(_("filter: the pattern of LIKE ends in a backslash; write two of them."))
        return Like(found.operand, constant)

    def _missing(self, op: str, args: list[Node]) -> Term:
        (node,) = exactly(1, op, args)
        if self._values.is_geometry(node):
            return Missing(self.layer.geometry, self.layer.geometry)
        if is_call(node):
            return Absent(self._values.typed(node).operand)
        attribute = self._values.attribute(node)
        return Missing(attribute.lookup, attribute.name)

    def _sets(self, op: str, args: list[Node]) -> Term:
        left, right = (self._values.typed(node) for node in exactly(2, op, args))
        for side in (left, right):
            if side.kind != "array":
                raise bad(_("filter: “%(op)s” compares lists, and %(field)s is none.") % {"op": op, "field": side.name})
        return Sets(op, left.operand, right.operand)

    def _spatial(self, op: str, left: Node, right: Node) -> Term:
        function, exchanged = SPATIAL[op]
        if is_shape(left) and not is_shape(right):
            left, right, function = right, left, exchanged
        found = self._relation(op, function, left, right)
        return Not(found) if op == "s_disjoint" else found

    def _relation(self, op: str, function: str, left: Node, right: Node) -> Term:
        if self._values.is_geometry(left) and self._values.is_geometry(right):
            return Related(function, self.layer.geometry)
        if is_shape(left) and is_shape(right):
            return self._known_relation(op, function, left, right)
        if not self._values.is_geometry(left) or not is_shape(right):
            sentence = _("filter: %(op)s compares %(geometry)s with a geometry, for instance %(example)s.")
            example = f"{op.upper()}({self.layer.geometry}, BBOX(108.4, 15.5, 108.5, 15.6))"
            raise bad(sentence % {"op": op.upper(), "geometry": self.layer.geometry, "example": example})
        shape = shape_of(right, self.layer, self.reference)
        if shape.is_collection and function != "ST_Intersects":
            raise _no_collection(op)
        return Spatial(function, shape.column, shape.ewkb)

    def _known_relation(self, op: str, function: str, left: Node, right: Node) -> Term:
        """Two shapes of the caller's: true of every row or of none."""
        shapes = [shape_of(node, self.layer, self.reference, own=True) for node in (left, right)]
        if any(shape.is_collection for shape in shapes) and function != "ST_Intersects":
            raise _no_collection(op)
        one, other = (shapely.from_wkb(shape.ewkb) for shape in shapes)
        return Always(bool(getattr(shapely, function.removeprefix("ST_").lower())(one, other)))


def _day(node: Node, attribute: Attribute) -> date | None:
    """The day that an instant is compared with, None for every other comparison."""
    if attribute.kind != "date-time" or not isinstance(node, Mapping) or "date" not in node:
        return None
    found = literals.constant(node, attribute)
    return found.date() if isinstance(found, datetime) else None


def _no_collection(op: str) -> Exception:
    return bad(_("filter: %(op)s does not take a GEOMETRYCOLLECTION; S_INTERSECTS and S_DISJOINT do.") % {"op": op.upper()})
