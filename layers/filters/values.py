"""Expressions that have a value: attributes, literals, arithmetic, functions. Each knows its type before it becomes SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.attributes import Attribute, Kind, attributes
from layers.filters import literals, times
from layers.filters.functions import ARITHMETIC, FUNCTIONS, LOCAL, SETS, SPATIAL, Argument
from layers.filters.reading import FIELD, Node
from layers.filters.shapes import Reference, is_shape, shape_of
from layers.filters.terms import Calc, Constant, Fold, Items, Operand, Outline, Place, Ref
from layers.layer import FeatureLayer

FOLDS = ("casei", "accenti")
_LOGIC = ("and", "or", "not", "=", "<>", "<", ">", "<=", ">=", "between", "in", "like", "isNull")
_TAKEN: Mapping[Argument, tuple[Kind, ...]] = {"string": ("string",), "number": ("number", "integer"), "time": ("date", "date-time")}


@dataclass(frozen=True)
class Typed:
    """An expression with its type; `name` is what sentences call it. `column` is the attribute's own, where it is one."""

    operand: Operand
    kind: Kind
    name: str
    column: "models.Field[Any, Any] | None" = None
    attribute: Attribute | None = None

    def fits(self, other: "Typed") -> bool:
        """Whether both can be compared."""
        return _family(self.kind) == _family(other.kind)


@dataclass(frozen=True)
class Values:
    """The expressions that a layer understands; coordinates are in `reference`."""

    layer: FeatureLayer
    reference: Reference = field(default_factory=Reference)

    def typed(self, node: Node) -> Typed:
        """The expression of a node, whatever stands beside it. Raises BadParameter."""
        if is_literal(node):
            return _free(node)
        if inner := folded(node):
            return self._folded(*inner)
        if isinstance(node, Mapping) and "property" in node:
            attribute = self.attribute(node)
            return Typed(Ref(attribute.name, attribute.lookup), attribute.kind, attribute.name, attribute.column, attribute)
        if not is_call(node):
            raise bad(_("filter: an attribute of the layer is expected; there are: %(accepted)s.") % {"accepted": ", ".join(self.known)})
        return self._called(str(node["op"]), list(node.get("args", ())))

    def beside(self, node: Node, partner: Typed) -> Operand:
        """An expression that is held against `partner`: literals take its type. Raises BadParameter."""
        if is_literal(node):
            return literal(node, partner)
        found = self.typed(node)
        if not found.fits(partner):
            sentence = _("filter: %(left)s and %(right)s cannot be compared: they are of different types.")
            raise bad(sentence % {"left": partner.name, "right": found.name})
        return found.operand

    @property
    def known(self) -> dict[str, Attribute]:
        """The attributes by name."""
        return {attribute.name: attribute for attribute in attributes(self.layer) if attribute.is_queryable}

    def attribute(self, node: Node) -> Attribute:
        """The attribute that a node names. Raises BadParameter with those that there are."""
        name = node.get("property") if isinstance(node, Mapping) else None
        known = self.known
        if isinstance(name, str) and name in known:
            return known[name]
        if is_call(node):
            raise unknown(str(node["op"]))
        if not isinstance(name, str):
            raise bad(_("filter: an attribute of the layer is expected; there are: %(accepted)s.") % {"accepted": ", ".join(known)})
        sentence = _("filter: %(layer)s has no attribute “%(name)s”; there are: %(accepted)s.")
        raise bad(sentence % {"layer": self.layer.name, "name": name[:60], "accepted": ", ".join((*known, self.layer.geometry))})

    def is_geometry(self, node: Node) -> bool:
        """Whether a node names the layer's geometry."""
        return isinstance(node, Mapping) and node.get("property") == self.layer.geometry

    def _folded(self, fold: Fold, node: Node) -> Typed:
        found = self.typed(node)
        if found.kind != "string" or not isinstance(found.operand, Ref | Calc | Constant):
            raise bad(_("filter: %(op)s takes a text, and %(field)s is none.") % {"op": fold.upper(), "field": found.name})
        return replace(found, operand=replace(found.operand, folds=(*found.operand.folds, fold)), attribute=None)

    def _called(self, op: str, args: list[Node]) -> Typed:
        if op in ARITHMETIC:
            left, right = (self._argument(op, "number", node) for node in exactly(2, op, args))
            return Typed(Calc(op, (left, right)), "number", op)
        function = FUNCTIONS.get(op)
        if function is None:
            raise unknown(op)
        exactly(len(function.takes), op, args)
        taken = tuple(self._argument(op, kind, node) for kind, node in zip(function.takes, args, strict=True))
        return Typed(Calc(op, taken), function.gives, f"{op}()")

    def _argument(self, op: str, wanted: Argument, node: Node) -> Operand:
        plane = int(settings.CADASTRAL_SRID)
        if wanted == "shape" and is_shape(node):
            return Outline(shape_of(node, self.layer, self.reference, own=True).ewkb, plane)
        if wanted == "geometry" and self.is_geometry(node):
            return Place(self.layer.geometry, plane)
        if wanted in _TAKEN and not self.is_geometry(node):
            found = self.typed(node)
            if found.kind == "date-time" and wanted == "time":
                return Calc(LOCAL, (found.operand,))
            if found.kind in _TAKEN[wanted]:
                return found.operand
        kinds = {
            "string": _("a text"),
            "number": _("a number"),
            "time": _("a date or an instant"),
            "geometry": self.layer.geometry,
            "shape": _("a geometry, for instance %(example)s") % {"example": "POINT(108.47 15.57)"},
        }
        raise bad(_("filter: an argument of “%(op)s” must be %(kind)s.") % {"op": op, "kind": kinds[wanted]})


def literal(node: Node, partner: Typed) -> Operand:
    """A literal of the type of the expression that it stands beside. Raises BadParameter."""
    if inner := folded(node):
        found = literal(inner[1], partner)
        if partner.kind != "string" or not isinstance(found, Constant):
            raise bad(_("filter: %(op)s takes a text, and %(field)s is none.") % {"op": inner[0].upper(), "field": partner.name})
        return replace(found, folds=(*found.folds, inner[0]))
    if partner.kind == "array":
        return items(node)
    return Constant(literals.constant(node, partner))


def items(node: Node) -> Items:
    """A list of literals of one kind. Raises BadParameter."""
    values = [_item(value) for value in node] if isinstance(node, list) else [None]
    known = tuple(value for value in values if value is not None)
    if len(known) == len(values):
        return Items(known)
    raise bad(_("filter: a list holds texts, numbers or truth values; write for instance ('a', 'b')."))


def _item(value: Any) -> str | float | None:
    if isinstance(value, str):
        return literals.text(value)
    return value if isinstance(value, int | float) and abs(value) < 1e300 else None


def is_literal(node: Node) -> bool:
    """Whether a node is a value by itself."""
    if inner := folded(node):
        return is_literal(inner[1])
    return not isinstance(node, Mapping) or "date" in node or "timestamp" in node


def folded(node: Node) -> tuple[Fold, Any] | None:
    """The inside of CASEI or ACCENTI."""
    if not isinstance(node, Mapping) or node.get("op") not in FOLDS:
        return None
    (inner,) = exactly(1, str(node["op"]), list(node.get("args", ())))
    return cast(Fold, node["op"]), inner


def is_call(node: Node) -> bool:
    """Whether a node is an operator or a function with its arguments."""
    return isinstance(node, Mapping) and "op" in node


def exactly(count: int, op: str, args: list[Node]) -> list[Node]:
    """The arguments, so many. Raises BadParameter."""
    if len(args) != count:
        raise arguments(op)
    return args


def arguments(op: str) -> BadParameter:
    """The wrong number of arguments."""
    return bad(_("filter: “%(op)s” has too few or too many arguments.") % {"op": op[:60]})


def unknown(op: str) -> BadParameter:
    """An operator or function that does not exist, or not here."""
    accepted = ", ".join((*_LOGIC, *SPATIAL, *sorted(times.FUNCTIONS), *SETS, *ARITHMETIC, *FOLDS, *FUNCTIONS))
    return bad(_("filter: “%(op)s” cannot stand here; accepted are: %(accepted)s.") % {"op": op[:60], "accepted": accepted})


def bad(sentence: str) -> BadParameter:
    """A fault in the filter."""
    return BadParameter(sentence, field=FIELD)


def _free(node: Node) -> Typed:
    """A literal that nothing beside it gives a type."""
    if inner := folded(node):
        partner = _free(inner[1])
    elif isinstance(node, list):
        return Typed(items(node), "array", "()")
    else:
        partner = Typed(Constant(value=True), _kind_of(node), literals.shown(node))
    return replace(partner, operand=literal(node, partner))


def _kind_of(node: Node) -> Kind:
    if isinstance(node, Mapping):
        return "date" if "date" in node else "date-time"
    if isinstance(node, bool):
        return "boolean"
    return "string" if isinstance(node, str) else "number"


def _family(kind: Kind) -> Kind:
    return "number" if kind == "integer" else kind
