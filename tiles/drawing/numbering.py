"""Classes of one field as numbers that the database writes: Mapnik compares texts one by one, for every feature and every rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layers.styling.classes import Class, Condition

_WORTH_IT = 3
"""Fewer classes than this are compared as they are."""


@dataclass(frozen=True)
class Numbering:
    """The number of a feature's class, as the attribute `name`: that of its value of `field`, else `other`."""

    name: str
    field: str
    numbers: Mapping[str, int]
    other: int


def numbering(name: str, found: Sequence[Class]) -> Numbering | None:
    """The numbering of classes that texts of a single field tell apart, and are worth it; None for others."""
    conditions = [_only(entry) for entry in found]
    if len(found) < _WORTH_IT or None in conditions:
        return None
    told = [condition for condition in conditions if condition is not None]
    positive = [(number, condition) for number, condition in enumerate(told) if not condition.negated]
    negated = [(number, condition) for number, condition in enumerate(told) if condition.negated]
    numbers = {value: number for number, condition in positive for value in condition.values}
    texts = all(isinstance(value, str) for condition in told for value in condition.values)
    if not texts or len({condition.field for condition in told}) != 1 or len(negated) > 1:
        return None
    if any(set(condition.values) != set(numbers) for _number, condition in negated):
        return None
    return Numbering(name, told[0].field, numbers, negated[0][0] if negated else -1)


def numbered(found: Sequence[Class], by: Numbering) -> list[Class]:
    """The same classes, told apart by their numbers."""
    return [Class(((Condition(by.name, (number,)),),), entry.paint, entry.layout) for number, entry in enumerate(found)]


def _only(entry: Class) -> Condition | None:
    alternative = entry.alternatives[0] if len(entry.alternatives) == 1 else ()
    return alternative[0] if len(alternative) == 1 else None
