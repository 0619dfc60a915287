"""Terms as Django expressions. Names are the layer's own, everything of the caller's is a parameter.

Expressions are written as SQL writes them, not as `Q` lookups: Django's `~Q(a=1)` selects rows without `a`, CQL2's
`NOT (a = 1)` does not (OGC 21-065r2, 6.2: three-valued logic).
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, DateField, DateTimeField, DecimalField, F, FloatField, Func, TextField, UUIDField, Value
from django.db.models.expressions import Combinable

from layers.filters.terms import Always, Among, Compare, Constant, Junction, Like, Missing, Not, Operand, Scalar, Spatial, Term

_FOLDS = {"casei": "lower", "accenti": "unaccent"}
# A Boolean is an int too, and a datetime a date: the order decides.
_FIELDS: tuple[tuple[type, Callable[[], Any] | None], ...] = (
    (bool, BooleanField),
    (int, None),  # as it is: PostgreSQL chooses the size
    (float, FloatField),
    (Decimal, DecimalField),
    (UUID, UUIDField),
    (datetime, DateTimeField),
    (date, DateField),
)


class Condition(Func):
    """Something that is true, false or unknown of a row."""

    output_field = BooleanField()

    def __init__(self, *parts: Combinable, template: str, joiner: str = ", ") -> None:
        super().__init__(*parts, template=template, arg_joiner=joiner)


def condition(term: Term) -> Condition:
    """The predicate of a term, for `filter()`."""
    return _WRITERS[type(term)](term)


def _compare(term: Compare) -> Condition:
    return Condition(_side(term.left), _side(term.right), template="(%(expressions)s)", joiner=f" {term.op} ")


def _among(term: Among) -> Condition:
    values = Func(*map(_side, term.values), template="(%(expressions)s)")
    return Condition(_side(term.left), values, template="(%(expressions)s)", joiner=" IN ")


def _like(term: Like) -> Condition:
    return Condition(_side(term.left), _side(term.pattern), template="(%(expressions)s)", joiner=" LIKE ")


def _spatial(term: Spatial) -> Condition:
    shape = Func(Value(term.shape, output_field=TextField()), template="(%(expressions)s)::geometry")
    return Condition(F(term.column), shape, template=f"{term.function}(%(expressions)s)")


def _junction(term: Junction) -> Condition:
    return Condition(*map(condition, term.parts), template="(%(expressions)s)", joiner=f" {term.kind.upper()} ")


def _side(operand: Operand) -> Combinable:
    side: Combinable = _constant(operand) if isinstance(operand, Constant) else F(operand.lookup)
    for fold in operand.folds:
        side = Func(side, function=_FOLDS[fold], output_field=TextField())
    return side


def _constant(constant: Constant) -> Combinable:
    value: Scalar = constant.value
    if isinstance(value, str):
        # The type has to be told, or lower() of a parameter would not know which function is meant.
        return Func(Value(value, output_field=TextField()), template="(%(expressions)s)::text", output_field=TextField())
    field = next(make for kind, make in _FIELDS if isinstance(value, kind))
    return Value(value, output_field=field()) if field else Value(value)


_WRITERS: dict[type, Callable[[Any], Condition]] = {
    Always: lambda term: Condition(template="TRUE" if term.truth else "FALSE"),
    Compare: _compare,
    Among: _among,
    Like: _like,
    Missing: lambda term: Condition(F(term.lookup), template="(%(expressions)s IS NULL)"),
    Spatial: _spatial,
    Junction: _junction,
    Not: lambda term: Condition(condition(term.part), template="(NOT %(expressions)s)"),
}
