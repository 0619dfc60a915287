"""Features as people read them on the pages: labels, words behind codes, local time, Vietnamese numbers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from layers.attributes import Attribute, attributes
from layers.layer import FeatureLayer

Words = Mapping[str, Mapping[object, str]]


@dataclass(frozen=True)
class Table:
    """Column labels, and rows of (feature id, cells)."""

    labels: Sequence[str]
    rows: Sequence[tuple[object, Sequence[str]]]


def table(features: Sequence[Mapping[str, Any]], shown: Sequence[Attribute]) -> Table:
    """Features as a table of the attributes `shown`."""
    words = _words(shown, features)
    rows = [(feature["id"], [_display(a, feature["properties"][a.name], words) for a in shown]) for feature in features]
    return Table([attribute.label for attribute in shown], rows)


def facts(layer: FeatureLayer, feature: Mapping[str, Any]) -> list[tuple[str, str]]:
    """One feature as (label, value) pairs."""
    shown = attributes(layer)
    words = _words(shown, [feature])
    return [(attribute.label, _display(attribute, feature["properties"][attribute.name], words)) for attribute in shown]


def _words(shown: Iterable[Attribute], features: Iterable[Mapping[str, Any]]) -> Words:
    """The words behind codes that point to code tables: one query a table."""
    found: dict[str, dict[object, str]] = defaultdict(dict)
    for attribute in shown:
        if attribute.choices:
            found[attribute.name] = dict(attribute.choices)
        elif attribute.related is not None:
            keys = {feature["properties"][attribute.name] for feature in features} - {None}
            found[attribute.name] = words_of_table(attribute.related, keys)
    return found


def words_of_table(model: type[models.Model], keys: Iterable[object]) -> dict[object, str]:
    """The words of some keys of a code table."""
    return {row.pk: str(row) for row in model._default_manager.filter(pk__in=list(keys))}


def _display(attribute: Attribute, value: Any, words: Words) -> str:
    if value is None:
        return ""
    if attribute.name in words:
        return words[attribute.name].get(value, str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    # Whole numbers are mostly numbers of sheets and parcels, where a separator of thousands would be wrong.
    return number_format(round(value, 3)) if isinstance(value, float) else str(value)
