"""A cell of a table, or a value of JSON, as the value of a model's column; what is wrong is said in a sentence."""

import math
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from layers.ingestion.batch import RowFault

_TRUE, _FALSE = frozenset({"true", "1", "x", "có", "yes"}), frozenset({"false", "0", "không", "no"})
_SHOWN = 40


def value_of(column: "models.Field[Any, Any]", given: object) -> object:
    """The value that `given` means in `column`; empty cells take the column's emptiness. Raises RowFault."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return _empty(column)
    value = _typed(column, given)
    try:
        return column.clean(value, None) if not isinstance(column, models.ForeignKey) else column.target_field.to_python(value)
    except ValidationError as error:
        raise RowFault(column.name, _sentence(column, error, given)) from None


def _empty(column: "models.Field[Any, Any]") -> object:
    if column.null:
        return None
    if column.has_default() or column.blank:
        return column.get_default()
    raise RowFault(column.name, _("a value is needed here"))


def _typed(column: "models.Field[Any, Any]", given: object) -> object:
    text = unicodedata.normalize("NFC", str(given).strip())
    if isinstance(given, dict | list | bytes):
        raise RowFault(column.name, _("a single value is expected"))
    if isinstance(column, models.BooleanField):
        return _truth(column.name, text)
    if isinstance(column, models.FloatField | models.IntegerField):
        return number(column.name, text, whole=isinstance(column, models.IntegerField))
    if isinstance(column, models.DateTimeField):
        return moment(column.name, text)
    if isinstance(column, models.DateField):
        return _day(column.name, text)
    return text


def _truth(name: str, text: str) -> bool:
    if text.casefold() not in _TRUE | _FALSE:
        raise RowFault(name, _("“%(value)s” is neither true nor false") % {"value": text[:_SHOWN]})
    return text.casefold() in _TRUE


def number(name: str, text: str, *, whole: bool = False) -> float | int:
    """A finite number, with a decimal point or comma. Raises RowFault."""
    try:
        found = float(text.replace(" ", "").replace("\u00a0", "").replace(",", "."))
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or abs(found) > 1e15:
        raise RowFault(name, _("“%(value)s” is no number; write for instance 1234.5") % {"value": text[:_SHOWN]})
    if whole and not found.is_integer():
        raise RowFault(name, _("“%(value)s” is no whole number") % {"value": text[:_SHOWN]})
    return int(found) if whole else found


def moment(name: str, text: str) -> datetime:
    """A moment; without an offset Vietnamese time is meant. Raises RowFault."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2200:
        raise RowFault(name, _("write a time as 2026-11-28T08:00:00+07:00; without an offset Vietnamese time is meant"))
    return found.astimezone(UTC) if timezone.is_aware(found) else timezone.make_aware(found)


def _day(name: str, text: str) -> date:
    try:
        # Workbooks give a day as the first moment of it.
        found = parse_date(text.removesuffix(" 00:00:00"))
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2200:
        raise RowFault(name, _("write a day as 2026-11-28"))
    return found


def ends_later(row: Any) -> None:
    """What begins ends afterwards, where it ends. Raises RowFault."""
    if row.ends_at is not None and row.ends_at <= row.starts_at:
        raise RowFault("ends_at", _("the end must be later than the beginning"))


def _sentence(column: "models.Field[Any, Any]", error: ValidationError, given: object) -> str:
    if column.choices:
        accepted = ", ".join(str(code) for code, _words in getattr(column, "flatchoices", ()))
        return _("there is no “%(value)s” here; accepted are: %(accepted)s") % {"value": str(given)[:_SHOWN], "accepted": accepted}
    return " ".join(error.messages)
