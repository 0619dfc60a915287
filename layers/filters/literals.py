"""Literals of a filter as values of the attribute that they stand beside."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Protocol

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.attributes import Kind
from layers.filters.reading import FIELD, Node
from layers.filters.terms import Scalar
from layers.parameters import clean_text, parse_instant

# The parser reads numbers as doubles: whole numbers beyond this may have lost digits.
_EXACT = 2**53


class Beside(Protocol):
    """What a literal stands beside: an attribute, or another expression with a type."""

    @property
    def name(self) -> str:
        """What sentences call it."""

    @property
    def kind(self) -> Kind:
        """The type of its values."""

    @property
    def column(self) -> "models.Field[Any, Any] | None":
        """The column behind it, where there is one."""


def constant(node: Node, attribute: Beside) -> Scalar:
    """The value of a literal that is compared with `attribute`. Raises BadParameter that names the attribute and its type."""
    try:
        return _READERS[attribute.kind](node, attribute)
    except (ValueError, KeyError, TypeError):
        sentence = _("filter: %(field)s is compared with %(value)s; accepted is: %(kind)s.")
        values = {"field": attribute.name, "value": shown(node), "kind": words(attribute.kind)}
        raise BadParameter(sentence % values, field=FIELD) from None


def moment(node: Node) -> date | datetime:
    """A date or an instant from {"date": …}, {"timestamp": …} or a bare text inside of an interval. Raises BadParameter, ValueError."""
    if isinstance(node, Mapping):
        ((kind, text),) = node.items()
        found = parse_instant(str(text), FIELD)
        if {"date": date, "timestamp": datetime}[kind] is not type(found):
            raise ValueError(text)
        return found
    if not isinstance(node, str):
        raise ValueError(node)
    return parse_instant(node, FIELD)


def bound(when: date | datetime, attribute: Beside, *, latest: bool) -> date | datetime:
    """`when` in the attribute's own type: a day is its first or its last instant for a column of instants. Raises BadParameter."""
    if attribute.kind == "date-time":
        if isinstance(when, datetime):
            return when
        return timezone.make_aware(datetime.combine(when, time.max if latest else time.min))
    if isinstance(when, datetime):
        sentence = _("filter: %(field)s holds dates; write DATE('2025-07-01') instead of a timestamp.")
        raise BadParameter(sentence % {"field": attribute.name}, field=FIELD)
    return when


def words(kind: Kind) -> str:
    """What may stand beside an attribute of this kind."""
    return {
        "string": _("a text in single quotes"),
        "integer": _("a whole number"),
        "number": _("a number"),
        "boolean": _("true or false"),
        "date": _("DATE('2025-07-01')"),
        "date-time": _("TIMESTAMP('2025-07-01T08:00:00+07:00') or DATE('2025-07-01')"),
        "uuid": _("a UUID in single quotes"),
    }.get(kind, _("nothing: this attribute cannot be compared"))


def _number(node: Node, _attribute: Beside) -> float:
    if isinstance(node, bool) or not isinstance(node, int | float) or not abs(node) < 1e300:
        raise ValueError(node)
    return float(node)


def _measured(node: Node, attribute: Beside) -> Scalar:
    number = _number(node, attribute)
    return Decimal(repr(number)) if isinstance(attribute.column, models.DecimalField) else number


def _whole(node: Node, attribute: Beside) -> int:
    number = _number(node, attribute)
    if number != int(number) or abs(number) >= _EXACT:
        raise ValueError(node)
    return int(number)


def text(node: Node) -> str:
    """A text in NFC. Raises TypeError, BadParameter."""
    if not isinstance(node, str):
        raise TypeError(node)
    return clean_text(node, FIELD)


def _text(node: Node, _attribute: Beside) -> str:
    return text(node)


def _truth(node: Node, _attribute: Beside) -> bool:
    if not isinstance(node, bool):
        raise TypeError(node)
    return node


def _time(node: Node, attribute: Beside) -> date | datetime:
    if not isinstance(node, Mapping):
        raise TypeError(node)
    return bound(moment(node), attribute, latest=False)


def shown(node: Node) -> str:
    """A literal as a sentence shows it."""
    if isinstance(node, str):
        return f"'{node[:60]}'"
    if isinstance(node, float) and node.is_integer() and abs(node) < _EXACT:
        return str(int(node))
    return str(node)[:60]


_READERS: dict[Kind, Callable[[Any, Beside], Scalar]] = {
    "string": _text,
    "integer": _whole,
    "number": _measured,
    "boolean": _truth,
    "date": _time,
    "date-time": _time,
    "uuid": lambda node, attribute: uuid.UUID(_text(node, attribute)),
}
