"""Values inside of filters: literals are text in XML, and the attribute beside them says what they mean."""

import contextlib
import re
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.attributes import Kind
from layers.parameters import parse_instant
from layers.wfs.dialect import WfsError, local
from layers.xml import Element

# ISO 8601 lets seconds out (gml:timePosition), RFC 3339 does not.
_TO_THE_MINUTE = re.compile(r"(T[0-9]{2}:[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?$", re.ASCII)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def literal(text: str, kind: Kind) -> Any:
    """The node of a literal beside an attribute of this kind; what does not fit stays text, and the grammar says what is accepted."""
    if kind == "string":
        return text
    text = text.strip()
    if kind in ("integer", "number"):
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    if kind == "boolean":
        return _TRUTH.get(text.lower(), text)
    if kind in ("date", "date-time"):
        return moment(text, kind)
    return text


def moment(text: str, kind: Kind | None = None) -> dict[str, str]:
    """A date, or a date and time; beside an attribute that holds days, the day in Vietnamese time that a time is in."""
    text = _TO_THE_MINUTE.sub(r"\1:00\2", text)
    if kind == "date" and "T" in text:
        with contextlib.suppress(BadParameter):
            found = parse_instant(text, "filter")
            text = (timezone.localtime(found).date() if isinstance(found, datetime) else found).isoformat()
    return {"timestamp" if "T" in text else "date": text}


def pattern(element: Element, text: str) -> str:
    """The pattern of PropertyIsLike as one of LIKE: `%`, `_` and a backslash that takes their meaning away. Raises WfsError."""
    many = element.get("wildCard") or "*"
    one = element.get("singleChar") or "?"
    escape = element.get("escapeChar") or element.get("escape") or "\\"
    if len({many, one, escape}) < 3 or any(len(sign) != 1 for sign in (many, one, escape)):
        sentence = _("filter: wildCard, singleChar and escapeChar of PropertyIsLike are three different characters.")
        raise WfsError("InvalidParameterValue", sentence, "filter")
    said: list[str] = []
    characters = iter(text)
    for character in characters:
        if character == escape:
            character = next(characters, "")
            said.append(f"\\{character}" if character in ("%", "_", "\\") else character)
        elif character == many:
            said.append("%")
        elif character == one:
            said.append("_")
        else:
            said.append(f"\\{character}" if character in ("%", "_", "\\") else character)
    return "".join(said)


def temporal(element: Element, kind: Kind | None = None) -> dict[str, Any]:
    """The node of a gml:TimeInstant, a gml:TimePeriod or a literal beside an attribute of a kind. Raises WfsError."""
    name = local(str(element.tag))
    if name == "TimePeriod":
        ends = [_text_of(child) for child in element if local(str(child.tag)) in ("beginPosition", "endPosition", "begin", "end")]
        if len(ends) == 2:
            return {"interval": [next(iter(moment(end, kind).values())) if end else ".." for end in ends]}
    elif name in ("TimeInstant", "Literal"):
        inner = next((child for child in element if local(str(child.tag)) in ("TimePeriod", "TimeInstant")), None)
        if inner is not None and name == "Literal":
            return temporal(inner, kind)
        return moment(_text_of(element), kind)
    sentence = _("filter: a time is a gml:TimeInstant, a gml:TimePeriod or a literal such as 2025-07-01.")
    raise WfsError("InvalidParameterValue", sentence, "filter")


def _text_of(element: Element) -> str:
    return "".join(element.itertext()).strip()
