"""Query parameters, read strictly: what cannot be used is answered by a sentence that names it and says what is accepted."""

import math
import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime, time
from typing import NamedTuple, TypeVar

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, UnknownParameter
from layers.layer import Interval

MAX_TEXT = 1_000
# A filter is an expression with its own limits (layers/filters/reading.py), a geometry one too (gis_core/geometry.py).
MAX_FILTER = 16_384
# A place in a list carries the values that the list is sorted by.
MAX_CURSOR = 4_096
AS_OF = "as-of"
Moment = date | datetime
N = TypeVar("N", int, float)

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# RFC 3339, whose offset may be left out (Vietnamese time is meant) and whose "+" a query string turns into a blank.
_DATE_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?([Zz]|[+ -][0-9]{2}:[0-9]{2})?")
# Beyond these years conversions between time zones overflow.
_FIRST_YEAR, _LAST_YEAR = 1000, 9990


class Box(NamedTuple):
    """A rectangle: west, south, east, north in degrees, or left, bottom, right, top in metres."""

    west: float
    south: float
    east: float
    north: float


class Parameters:
    """The query of one request: every name known, none given twice, texts in NFC."""

    def __init__(self, query: QueryDict, accepted: Collection[str] | None) -> None:
        """Raises UnknownParameter (OGC API - Features 7.15.1) or BadParameter. None: the names are checked elsewhere."""
        for name, values in query.lists():
            if accepted is not None and name not in accepted:
                sentence = _("The parameter “%(name)s” is not known here; accepted are: %(accepted)s.")
                raise UnknownParameter(sentence % {"name": name[:80], "accepted": ", ".join(accepted) or "–"}, field=name[:80])
            if len(values) > 1:
                raise BadParameter(_("%(field)s is given more than once.") % {"field": name}, field=name)
        limits = {"filter": MAX_FILTER, "geometry": MAX_FILTER, "cursor": MAX_CURSOR}
        self._values = {
            name: clean_text(value, name, limits.get(name, MAX_TEXT)) for name, value in query.items() if isinstance(value, str)
        }

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str | None:
        """The value as it stands, None when absent."""
        return self._values.get(name)

    def integer(self, name: str, *, low: int, high: int, clamp: bool = False) -> int | None:
        """A whole number in low..high; `clamp` brings one above `high` down instead of refusing it."""
        value = self._values.get(name)
        if value is None:
            return None
        if clamp and value.isascii() and value.isdigit() and len(value) > 18:
            return high
        if not _INTEGER.fullmatch(value):
            sentence = _("%(field)s must be a whole number from %(low)s to %(high)s.")
            raise BadParameter(sentence % {"field": name, "low": low, "high": high}, field=name)
        return _in_range(min(int(value), high) if clamp else int(value), name, low, high)

    def number(self, name: str, *, low: float, high: float) -> float | None:
        """A finite number in low..high."""
        value = self._values.get(name)
        return None if value is None else _in_range(parse_number(value, name), name, low, high)

    def flag(self, name: str) -> bool:
        """`true` or `false`; absent means false."""
        value = self._values.get(name, "false")
        if value not in ("true", "false"):
            raise BadParameter(_("%(field)s must be true or false.") % {"field": name}, field=name)
        return value == "true"

    def names(self, name: str) -> list[str] | None:
        """A list separated by commas; [] for an empty value, None when absent."""
        value = self._values.get(name)
        return None if value is None else list(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))

    def bbox(self, name: str = "bbox") -> Box | None:
        """Four finite numbers, or six, of which the heights are left out (OGC API - Features 7.15.3). None when absent."""
        value = self._values.get(name)
        return None if value is None else parse_bbox(value, name)

    def instant(self, name: str = "datetime") -> Moment | None:
        """A date or a date and time; None when absent or empty."""
        value = self._values.get(name)
        return parse_instant(value, name) if value else None

    def as_of(self) -> Moment | None:
        """`as-of`: the moment whose state is asked for. Raises BadParameter where `datetime` is there too."""
        value = self._values.get(AS_OF)
        if value and "datetime" in self._values:
            raise BadParameter(_("as-of and datetime say the same: give one of them."), field=AS_OF)
        return parse_instant(value, AS_OF) if value else None

    def when(self, name: str = "datetime") -> Moment | Interval | None:
        """An instant or an interval, open with `..` or nothing (7.15.4); None when absent."""
        value = self._values.get(name)
        return None if value is None else parse_when(value, name)


def clean_text(value: str, field: str, limit: int = MAX_TEXT) -> str:
    """`value` in NFC. Raises BadParameter for what no database stores and for over-long text."""
    if "\x00" in value or "\ufffd" in value:
        raise BadParameter(_("%(field)s contains bytes that are no UTF-8 text.") % {"field": field}, field=field)
    if len(value) > limit:
        raise BadParameter(_("%(field)s is longer than %(limit)d characters.") % {"field": field, "limit": limit}, field=field)
    return unicodedata.normalize("NFC", value)


def parse_number(value: str, field: str) -> float:
    """A finite number in decimal or exponent notation; no NaN, no infinity. Raises BadParameter."""
    text = value.strip()
    number = float(text) if len(text) <= 64 and _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        sentence = _("%(field)s: “%(value)s” is no number; write for instance 108.474.")
        raise BadParameter(sentence % {"field": field, "value": value[:40]}, field=field)
    return number


def parse_bbox(value: str, field: str) -> Box:
    """See `Parameters.bbox`. Edges in the wrong order are kept: only the CRS tells which axis is which and what that means."""
    parts = value.split(",")
    if len(parts) not in (4, 6):
        sentence = _("%(field)s needs 4 numbers (west,south,east,north) or 6 (with heights), separated by commas; there are %(count)d.")
        raise BadParameter(sentence % {"field": field, "count": len(parts)}, field=field)
    numbers = [parse_number(part, field) for part in parts]
    if len(numbers) == 6:
        top, bottom = numbers.pop(5), numbers.pop(2)
        if bottom > top:
            raise BadParameter(_("%(field)s is upside down: its lower height lies above its upper height.") % {"field": field}, field=field)
    return Box(*numbers)


def parse_instant(value: str, field: str) -> Moment:
    """`2025-07-01` or `2025-07-01T08:00:00+07:00`; without an offset Vietnamese time is meant. Raises BadParameter."""
    try:
        if _DATE.fullmatch(value):
            return _storable(date.fromisoformat(value))
        if found := _DATE_TIME.fullmatch(value):
            day, clock, fraction, offset = (part or "" for part in found.groups())
            moment = datetime.fromisoformat(f"{day}T{clock}{fraction}{offset.replace(' ', '+').upper()}")
            return _storable(moment if timezone.is_aware(moment) else timezone.make_aware(moment))
    except (ValueError, OverflowError):
        pass
    sentence = _("%(field)s: “%(value)s” is neither a date (2025-07-01) nor a date and time (2025-07-01T08:00:00+07:00).")
    raise BadParameter(sentence % {"field": field, "value": value[:60]}, field=field)


def parse_when(value: str, field: str) -> Moment | Interval:
    """An instant, or `start/end` with `..` or nothing for an open end. Raises BadParameter."""
    parts = value.split("/")
    if len(parts) == 1:
        return parse_instant(value, field)
    if len(parts) != 2:
        sentence = _("%(field)s must be one instant, or an interval start/end in which .. stands for an open end.")
        raise BadParameter(sentence % {"field": field}, field=field)
    start, end = (None if part in ("", "..") else parse_instant(part, field) for part in parts)
    if start is not None and end is not None and _first_moment(start) > _last_moment(end):
        raise BadParameter(_("%(field)s: the interval ends before it begins.") % {"field": field}, field=field)
    return start, end


def _storable(moment: Moment) -> Moment:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("year")
    return moment


def _first_moment(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else timezone.make_aware(datetime.combine(moment, time.min))


def _last_moment(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else timezone.make_aware(datetime.combine(moment, time.max))


def _in_range(value: N, field: str, low: N, high: N) -> N:
    if not low <= value <= high:
        sentence = _("%(field)s must lie between %(low)s and %(high)s; it is %(value)s.")
        bounds = {"low": _plain(low), "high": _plain(high), "value": _plain(value)}
        raise BadParameter(sentence % {"field": field, **bounds}, field=field)
    return value


def _plain(number: float) -> str:
    return str(number).removesuffix(".0")
