"""Terms as Django expressions. Names are the layer's own, everything of the caller's is a parameter.

Expressions are written as SQL writes them, not as `Q` lookups: Django's `~Q(a=1)` selects rows without `a`, CQL2's
`NOT (a = 1)` does not (OGC 21-065r2, 6.2: three-valued logic).
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    F,
    FloatField,
    Func,
    IntegerField,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.expressions import Combinable

from gis_core.crs import WEB_MERCATOR, ZONES
from layers.filters.functions import FUNCTIONS, PATTERNS, SETS
from layers.filters.terms import (
    Absent,
    Always,
    Among,
    Calc,
    Compare,
    Constant,
    Items,
    Junction,
    Like,
    Missing,
    Near,
    Not,
    Operand,
    Outline,
    Place,
    Ref,
    Related,
    Scalar,
    Sets,
    Spatial,
    Term,
)

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


def _near(term: Near) -> Condition:
    shape = Func(Value(term.shape, output_field=TextField()), template=f"ST_Transform((%(expressions)s)::geometry, {term.srid:d})")
    metres = Value(term.metres, output_field=FloatField())
    if term.srid in ZONES:
        return Condition(F(term.column), shape, metres, template="ST_DWithin(%(expressions)s)")
    # Geography has no index here: the box around the shape, twice as wide as Mercator's scale can need, finds the candidates.
    mercator = Func(shape, template=f"ST_Transform(%(expressions)s, {WEB_MERCATOR})")
    wide = Func(mercator, Value(2 * term.metres, output_field=FloatField()), function="ST_Expand")
    box = Func(wide, template=f"ST_Transform(%(expressions)s, {term.srid:d})")
    degrees = "ST_Transform(%(expressions)s, 4326)::geography"
    sides = (Func(F(term.column), template=degrees), Func(shape, template=degrees), metres)
    candidate = Condition(F(term.column), box, template="(%(expressions)s)", joiner=" && ")
    return Condition(candidate, Condition(*sides, template="ST_DWithin(%(expressions)s)"), template="(%(expressions)s)", joiner=" AND ")


def _junction(term: Junction) -> Condition:
    return Condition(*map(condition, term.parts), template="(%(expressions)s)", joiner=f" {term.kind.upper()} ")


def _related(term: Related) -> Condition:
    return Condition(F(term.column), F(term.column), template=f"{term.function}(%(expressions)s)")


def _sets(term: Sets) -> Condition:
    return Condition(Written(SETS[term.op], _array(term.left), _array(term.right)), template="%(expressions)s")


class Written(Func):
    """An expression after a pattern of ours, in which {0}, {1} stand for its parts; a part may be used several times."""

    def __init__(self, pattern: str, *parts: Combinable, output_field: Any = None) -> None:
        super().__init__(*parts, output_field=output_field or TextField())
        self.pattern = pattern

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> Any:
        """Parts are repeated with their parameters."""
        compiled = [compiler.compile(part) for part in self.source_expressions]
        sql, parameters = "", []
        for piece in re.split(r"(\{\d\})", self.pattern):
            if piece.startswith("{"):
                part_sql, part_parameters = compiled[int(piece[1:-1])]
                sql += part_sql
                parameters += part_parameters
            else:
                sql += piece
        return sql, parameters


def _side(operand: Operand) -> Combinable:
    side = _WRITTEN[type(operand)](operand)
    for fold in getattr(operand, "folds", ()):
        side = Func(side, function=_FOLDS[fold], output_field=TextField())
    return side


def _calc(calc: Calc) -> Combinable:
    function = FUNCTIONS.get(calc.function)
    return Written(
        PATTERNS[calc.function], *(_side(part) for part in calc.args), output_field=_RESULTS.get(function.gives if function else "number")
    )


def _place(place: Place) -> Combinable:
    return Written(f"ST_Transform({{0}}, {place.plane})", F(place.column))


def _outline(outline: Outline) -> Combinable:
    shape = Value(outline.ewkb, output_field=TextField())
    return Written(f"ST_Transform({{0}}::geometry, {outline.plane})", shape)


def _array(operand: Operand) -> Combinable:
    """A list as texts: literals of several types may stand in one."""
    return Written("{0}::text[]", _side(operand))


def _items(items: Items) -> Combinable:
    return Value([_as_text(value) for value in items.values], output_field=ArrayField(TextField()))


def _as_text(value: str | float) -> str:
    """As PostgreSQL writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.15g}"


def _constant(constant: Constant) -> Combinable:
    value: Scalar = constant.value
    if isinstance(value, str):
        # The type has to be told, or lower() of a parameter would not know which function is meant.
        return Func(Value(value, output_field=TextField()), template="(%(expressions)s)::text", output_field=TextField())
    field = next(make for kind, make in _FIELDS if isinstance(value, kind))
    return Value(value, output_field=field()) if field else Value(value)


_RESULTS: dict[str, Any] = {"number": FloatField(), "integer": IntegerField(), "string": TextField(), "array": ArrayField(TextField())}
_WRITTEN: dict[type, Callable[[Any], Combinable]] = {
    Constant: _constant,
    Ref: lambda ref: F(ref.lookup),
    Calc: _calc,
    Place: _place,
    Outline: _outline,
    Items: _items,
}
_WRITERS: dict[type, Callable[[Any], Condition]] = {
    Always: lambda term: Condition(template="TRUE" if term.truth else "FALSE"),
    Compare: _compare,
    Among: _among,
    Like: _like,
    Missing: lambda term: Condition(F(term.lookup), template="(%(expressions)s IS NULL)"),
    Absent: lambda term: Condition(_side(term.operand), template="(%(expressions)s IS NULL)"),
    Spatial: _spatial,
    Related: _related,
    Sets: _sets,
    Near: _near,
    Junction: _junction,
    Not: lambda term: Condition(condition(term.part), template="(NOT %(expressions)s)"),
}
