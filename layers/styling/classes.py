"""A style part as classes of features that are drawn alike at one zoom: what engines without expressions can draw.

MapLibre says "the colour is this for that value". SLD, legends and Mapnik's rules want "features with these values are
drawn so": every combination of the values that a part tells apart is tried, and combinations drawn alike become one class.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.styling.expressions import NotHeld, evaluate, fields, is_operator, values

# More combinations are no map that a person could read.
_LIMIT = 5_000
Part = Mapping[str, Any]
# What is read as a text with placeholders and not as a value a class.
TEXT = "text-field"


class _Other:
    """A value that no expression names."""

    def __repr__(self) -> str:
        return "…"


OTHER = _Other()
Combination = tuple[Any, ...]


@dataclass(frozen=True)
class Condition:
    """`field` is one of `values`, or (`negated`) none of them, a missing value included."""

    field: str
    values: tuple[Any, ...]
    negated: bool = False


@dataclass(frozen=True)
class Class:
    """Features for which all of one of `alternatives` holds (an empty one always does), and how they are drawn."""

    alternatives: tuple[tuple[Condition, ...], ...]
    paint: Mapping[str, Any]
    layout: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        """A property of paint or layout."""
        return self.paint.get(name, self.layout.get(name, default))


def classes(part: Part, zoom: float) -> list[Class]:
    """The classes of a MapLibre layer at a zoom, in the order of its values.

    What an expression of an unknown kind says is left at the engine's default; a part whose filter is of an unknown kind is
    not drawn: showing too little is safer than showing what the filter would hide.
    """
    given = {name: value for name, value in {**part.get("layout", {}), **part.get("paint", {})}.items() if name != TEXT}
    wanted = part.get("filter")
    names = sorted(fields(list(given.values())) | fields(wanted))
    told_apart = {name: [*values([wanted, *given.values()], name), OTHER] for name in names}
    if math.prod(len(found) for found in told_apart.values()) > _LIMIT:
        raise NotHeld(f"{part.get('id', '')}: more than {_LIMIT} classes")
    groups: dict[tuple[Any, ...], list[Combination]] = {}
    for combination in itertools.product(*told_apart.values()):
        properties = dict(zip(names, combination, strict=True))
        if _holds(wanted, properties, zoom):
            drawn = tuple(value if _is_list(name, value) else _value(value, properties, zoom) for name, value in given.items())
            groups.setdefault(tuple(map(_hashable, drawn)), []).append(combination)
    return [_class(part, given, found, combinations, told_apart) for found, combinations in groups.items()]


def _class(
    part: Part, given: Mapping[str, Any], found: tuple[Any, ...], combinations: list[Combination], told_apart: Mapping[str, list[Any]]
) -> Class:
    drawn = {name: _plain(value) for name, value in zip(given, found, strict=True) if value is not None}
    paint = {name: drawn[name] for name in part.get("paint", {}) if name in drawn}
    layout = {name: drawn[name] for name in part.get("layout", {}) if name in drawn}
    alternatives = tuple(_alternatives(list(told_apart), combinations, told_apart))
    return Class(alternatives, paint, {**layout, **({TEXT: part["layout"][TEXT]} if TEXT in part.get("layout", {}) else {})})


def _alternatives(
    names: Sequence[str], combinations: Sequence[Combination], told_apart: Mapping[str, list[Any]]
) -> Iterator[tuple[Condition, ...]]:
    """Conditions that together hold for exactly these combinations: one field after the other, equal remainders joined."""
    if not names:
        yield ()
        return
    remainders: dict[Any, set[Combination]] = {}
    for first, *rest in combinations:
        remainders.setdefault(first, set()).add(tuple(rest))
    joined: dict[frozenset[Combination], list[Any]] = {}
    for value, rest_of in remainders.items():
        joined.setdefault(frozenset(rest_of), []).append(value)
    for remainder, found in joined.items():
        condition = _condition(names[0], found, told_apart[names[0]])
        for others in _alternatives(names[1:], sorted(remainder, key=repr), told_apart):
            yield (*condition, *others)


def _condition(name: str, found: Sequence[Any], known: Sequence[Any]) -> tuple[Condition, ...]:
    if len(found) == len(known):
        return ()
    if OTHER in found:
        return (Condition(name, tuple(value for value in known if value not in found), negated=True),)
    return (Condition(name, tuple(found)),)


def _holds(wanted: Any, properties: Mapping[str, Any], zoom: float) -> bool:
    if wanted is None:
        return True
    try:
        return evaluate(wanted, properties, zoom) is True
    except NotHeld:
        return False


def _is_list(name: str, value: Any) -> bool:
    """Names of fonts stand in a plain list, which is no expression though it begins with a text."""
    return name == "text-font" and isinstance(value, list | tuple) and not is_operator(value[0])


def _value(expression: Any, properties: Mapping[str, Any], zoom: float) -> Any:
    try:
        return evaluate(expression, properties, zoom)
    except NotHeld:
        return None


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
