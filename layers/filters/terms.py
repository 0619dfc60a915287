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


Operand = Ref | Constant


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

    left: Ref
    values: tuple[Constant, ...]


@dataclass(frozen=True)
class Like:
    """A text that follows a pattern: % stands for any text, _ for one character, a backslash takes that meaning away."""

    left: Ref
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
class Not:
    """The opposite."""

    part: "Term"


@dataclass(frozen=True)
class Junction:
    """All of its parts, or any of them."""

    kind: Connective
    parts: tuple["Term", ...]


Term = Always | Compare | Among | Like | Missing | Spatial | Not | Junction


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
        sides: tuple[object, ...] = (part.left,) if isinstance(part, Among | Like) else ()
        if isinstance(part, Compare):
            sides = (part.left, part.right)
        found.update(side.name for side in sides if isinstance(side, Ref))
    return frozenset(found)
