"""A filter, understood: names and types are checked, and nothing in it is text of the caller's that a program would run.

Terms are values: equal terms select equal rows, and `repr` of a term is its normal form. Truth has three values as in SQL:
a comparison with an absent value is neither true nor false, and what is not true is not selected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

Scalar = str | int | float | bool | Decimal | UUID | date | datetime
Comparison = Literal["=", "<>", "<", "<=", ">", ">="]
Fold = Literal["casei", "accenti"]
Connective = Literal["and", "or"]


@dataclass(frozen=True)
class Ref:
    """A published attribute: its name, and the ORM path that yields it. `folds` are applied from left to right."""

    name: str
    lookup: str
    folds: tuple[Fold, ...] = ()


@dataclass(frozen=True)
class Constant:
    """A value of the type of the attribute beside it."""

    value: Scalar
    folds: tuple[Fold, ...] = ()


@dataclass(frozen=True)
class Calc:
    """A value computed from others: `function` is a key of `functions.FUNCTIONS` or of `functions.ARITHMETIC`."""

    function: str
    args: tuple["Operand", ...]
    folds: tuple[Fold, ...] = ()


@dataclass(frozen=True)
class Place:
    """The layer's geometry; `plane` is the SRID in whose metres it is measured."""

    column: str
    plane: int


@dataclass(frozen=True)
class Outline:
    """A shape of the caller's as hexadecimal EWKB, measured on `plane` too."""

    ewkb: str
    plane: int


@dataclass(frozen=True)
class Items:
    """A list of literals."""

    values: tuple[str | float, ...]


Operand = Ref | Constant | Calc | Place | Outline | Items


@dataclass(frozen=True)
class Always:
    """True (or false) of every row."""

    truth: bool


@dataclass(frozen=True)
class Compare:
    """Two values of one type."""

    op: Comparison
    left: Operand
    right: Operand


@dataclass(frozen=True)
class Among:
    """A value that is one of several."""

    left: Operand
    values: tuple[Operand, ...]


@dataclass(frozen=True)
class Like:
    """A text that follows a pattern: % stands for any text, _ for one character, a backslash takes that meaning away."""

    left: Operand
    pattern: Constant


@dataclass(frozen=True)
class Missing:
    """An attribute (or the geometry) without value."""

    lookup: str
    name: str


@dataclass(frozen=True)
class Spatial:
    """The relation of a geometry column to a shape: a function of PostGIS, and the shape as hexadecimal EWKB in the column's CRS."""

    function: str
    column: str
    shape: str


@dataclass(frozen=True)
class Absent:
    """An expression without value."""

    operand: Operand


@dataclass(frozen=True)
class Related:
    """The relation of the geometry to itself, which only rows without geometry are not in."""

    function: str
    column: str


@dataclass(frozen=True)
class Sets:
    """Two lists held against each other as sets: an operator of `functions.SETS`."""

    op: str
    left: Operand
    right: Operand


@dataclass(frozen=True)
class Near:
    """Within a distance of a shape (hexadecimal EWKB): metres on the ellipsoid, or on the plane where the column counts in metres."""

    column: str
    srid: int
    shape: str
    metres: float


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: "Term"


@dataclass(frozen=True)
class Junction:
    """All of its parts, or any of them."""

    kind: Connective
    parts: tuple["Term", ...]


Term = Always | Compare | Among | Like | Missing | Absent | Spatial | Near | Related | Sets | Not | Junction


def junction(kind: Connective, parts: Iterator["Term"] | list["Term"]) -> Term:
    """Parts in normal form: flat, without doubles, in one order, because neither order nor repetition means anything."""
    flat: dict[str, Term] = {}
    for part in parts:
        for inner in part.parts if isinstance(part, Junction) and part.kind == kind else (part,):
            flat[repr(inner)] = inner
    ordered = tuple(flat[key] for key in sorted(flat))
    return ordered[0] if len(ordered) == 1 else Junction(kind, ordered)


def walk(term: Term) -> Iterator[Term]:
    """The term and every term inside."""
    yield term
    if isinstance(term, Not):
        yield from walk(term.part)
    elif isinstance(term, Junction):
        for part in term.parts:
            yield from walk(part)


def names(term: Term) -> frozenset[str]:
    """The attributes that the term asks about."""
    found: set[str] = set()
    for part in walk(term):
        if isinstance(part, Missing):
            found.add(part.name)
        for operand in _operands(part):
            found.update(_named(operand))
    return frozenset(found)


def _operands(term: Term) -> tuple[Operand, ...]:
    if isinstance(term, Compare | Sets):
        return term.left, term.right
    if isinstance(term, Among):
        return term.left, *term.values
    if isinstance(term, Like):
        return term.left, term.pattern
    return (term.operand,) if isinstance(term, Absent) else ()


def _named(operand: Operand) -> Iterator[str]:
    if isinstance(operand, Ref):
        yield operand.name
    elif isinstance(operand, Calc):
        for inner in operand.args:
            yield from _named(inner)
