"""Classes of one field as numbers that the database writes: Mapnik compares texts one by one, for every feature and every rule."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from layers.layer import FeatureLayer
from layers.store.columns import Columns
from layers.store.registry import stores
from layers.styling.classes import Class, Condition

WORTH_IT = 3
"""Fewer classes than this are compared as they are, where the database would have to number them."""


@dataclass(frozen=True)
class Numbering:
    """The number of a feature's class, as the attribute `name`: that of its value of `field`, else `other`."""

    name: str
    field: str
    numbers: Mapping[str, int]
    other: int


def numbering(name: str, found: Sequence[Class], least: int = WORTH_IT) -> Numbering | None:
    """The numbering of at least so many classes that texts of a single field tell apart; None for others."""
    conditions = [_only(entry) for entry in found]
    if len(found) < least or None in conditions:
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


def numbered(found: Sequence[Class], by: Numbering, common: Sequence[int] = ()) -> list[Class]:
    """The same classes, told apart by their numbers, the `common` ones first: a feature is held against one after the other."""
    order = [*common, *(number for number in range(len(found)) if number not in common)]
    return [Class(((Condition(by.name, (number,)),),), found[number].paint, found[number].layout) for number in order]


def uncounted(_by: Numbering) -> Sequence[int]:
    """Nobody knows which classes most features have."""
    return ()


def commonest(layer: FeatureLayer, by: Numbering) -> list[int]:
    """The numbers of classes, that of most features first, by the layer in memory; none where it is not there."""
    store = stores.get(layer)
    if store is None or by.field not in layer.tile_fields:
        return []
    field = layer.tile_fields.index(by.field)
    found: Counter[int] = Counter()
    for value, count in zip(store.dictionaries[field].values, _counts(store.base, field), strict=False):
        found[by.numbers.get(str(value), by.other)] += count
    return [number for number, count in found.most_common() if count and number >= 0]


def _counts(columns: Columns, field: int) -> list[int]:
    key = ("counts", field)
    if key not in columns.derived:
        columns.derived[key] = np.bincount(columns.codes[field]).tolist()
    counts: list[int] = columns.derived[key]
    return counts


def _only(entry: Class) -> Condition | None:
    alternative = entry.alternatives[0] if len(entry.alternatives) == 1 else ()
    return alternative[0] if len(alternative) == 1 else None
