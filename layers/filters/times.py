"""Temporal functions of CQL2 (OGC 21-065r2, 7.9) by their definition on the ends of two intervals."""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.attributes import Attribute
from layers.filters import literals
from layers.filters.reading import FIELD, Node
from layers.filters.terms import Always, Compare, Comparison, Constant, Not, Operand, Ref, Term, junction

# a0, a1 are the ends of the first argument, b0, b1 those of the second.
_RELATIONS: Mapping[str, tuple[tuple[str, Comparison, str], ...]] = MappingProxyType(
    {
        "t_after": (("a0", ">", "b1"),),
        "t_before": (("a1", "<", "b0"),),
        "t_contains": (("a0", "<", "b0"), ("a1", ">", "b1")),
        "t_during": (("a0", ">", "b0"), ("a1", "<", "b1")),
        "t_equals": (("a0", "=", "b0"), ("a1", "=", "b1")),
        "t_finishedby": (("a0", "<", "b0"), ("a1", "=", "b1")),
        "t_finishes": (("a0", ">", "b0"), ("a1", "=", "b1")),
        "t_intersects": (("a0", "<=", "b1"), ("a1", ">=", "b0")),
        "t_meets": (("a1", "=", "b0"),),
        "t_metby": (("a0", "=", "b1"),),
        "t_overlappedby": (("a0", ">", "b0"), ("a0", "<", "b1"), ("a1", ">", "b1")),
        "t_overlaps": (("a0", "<", "b0"), ("a1", ">", "b0"), ("a1", "<", "b1")),
        "t_startedby": (("a0", "=", "b0"), ("a1", ">", "b1")),
        "t_starts": (("a0", "=", "b0"), ("a1", "<", "b1")),
    }
)
FUNCTIONS = frozenset({*_RELATIONS, "t_disjoint"})
_OPERATORS: Mapping[Comparison, Callable[[Any, Any], bool]] = MappingProxyType(
    {"=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)
# An end that is open: before or after every moment.
_OPEN = ("", "..")
End = Attribute | date | datetime | float


def temporal(function: str, args: list[Node], attribute_of: Callable[[Node], Attribute]) -> Term:
    """The term of a temporal function. Raises BadParameter."""
    first, second = (_ends(node, attribute_of) for node in args)
    if function == "t_disjoint":
        return Not(_related("t_intersects", first, second))
    return _related(function, first, second)


def day_of(op: Comparison, ref: Attribute, when: date) -> Term:
    """A column of instants compared with a whole day: equal to any moment of it, less than its first, more than its last."""
    first, last = (Constant(literals.bound(when, ref, latest=latest)) for latest in (False, True))
    column = Ref(ref.name, ref.lookup)
    if op in ("=", "<>"):
        inside = junction("and", [Compare(">=", column, first), Compare("<=", column, last)])
        return inside if op == "=" else Not(inside)
    return Compare(op, column, first if op in ("<", ">=") else last)


def _related(function: str, first: tuple[End, End], second: tuple[End, End]) -> Term:
    ends = {"a0": first[0], "a1": first[1], "b0": second[0], "b1": second[1]}
    return junction("and", [_compared(ends[left], op, ends[right], left, right) for left, op, right in _RELATIONS[function]])


def _compared(left: End, op: Comparison, right: End, left_end: str, right_end: str) -> Term:
    if isinstance(left, float) or isinstance(right, float):
        # An open end lies beyond every moment, and nothing but an open end is like it.
        return Always(_OPERATORS[op](*(end if isinstance(end, float) else 0.0 for end in (left, right))))
    column = left if isinstance(left, Attribute) else right if isinstance(right, Attribute) else None
    if column is None:
        first, second = (_instant(end, name) for end, name in ((left, left_end), (right, right_end)))
        return Always(_OPERATORS[op](first, second))
    if isinstance(left, Attribute) and isinstance(right, Attribute) and left.kind != right.kind:
        sentence = _("filter: %(left)s and %(right)s cannot be compared: they are of different types.")
        raise BadParameter(sentence % {"left": left.name, "right": right.name}, field=FIELD)
    return Compare(op, _operand(left, column, left_end), _operand(right, column, right_end))


def _operand(end: Attribute | date | datetime, column: Attribute, name: str) -> Operand:
    if isinstance(end, Attribute):
        return Ref(end.name, end.lookup)
    return Constant(literals.bound(end, column, latest=name.endswith("1")))


def _instant(end: Any, name: str) -> datetime:
    """A literal as an instant: a day is its first moment, as the end of an interval its last."""
    if isinstance(end, datetime):
        return end
    return timezone.make_aware(datetime.combine(end, time.max if name.endswith("1") else time.min))


def _ends(node: Node, attribute_of: Callable[[Node], Attribute]) -> tuple[End, End]:
    """Beginning and end of an argument; an instant is both."""
    if isinstance(node, Mapping) and "interval" in node:
        parts = node["interval"]
        if not isinstance(parts, list) or len(parts) != 2:
            raise _no_time()
        if parts[0] in _OPEN or parts[1] in _OPEN:
            begin = float("-inf") if parts[0] in _OPEN else _end(parts[0], attribute_of)
            return begin, float("inf") if parts[1] in _OPEN else _end(parts[1], attribute_of)
        return _end(parts[0], attribute_of), _end(parts[1], attribute_of)
    end = _end(node, attribute_of)
    return end, end


def _end(node: Node, attribute_of: Callable[[Node], Attribute]) -> Attribute | date | datetime:
    if isinstance(node, Mapping) and "property" in node:
        found = attribute_of(node)
        if found.kind not in ("date", "date-time"):
            sentence = _("filter: %(field)s holds no times, so temporal functions cannot ask about it.")
            raise BadParameter(sentence % {"field": found.name}, field=FIELD)
        return found
    try:
        return literals.moment(node)
    except (ValueError, KeyError, TypeError):
        raise _no_time() from None


def _no_time() -> BadParameter:
    sentence = _("filter: a time is written DATE('2025-07-01'), TIMESTAMP('2025-07-01T08:00:00+07:00') or INTERVAL('2025-07-01', '..').")
    return BadParameter(sentence, field=FIELD)
