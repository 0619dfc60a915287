"""Answers to the questions of a category, checked: what Open311 and XForms bring besides place and text."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from incidents.models import CategoryAttribute

Kind = CategoryAttribute.Kind
_LIMITS = {Kind.STRING: 250, Kind.TEXT: 4_000, Kind.NUMBER: 40, Kind.DATETIME: 40}


def checked(category: str, given: Mapping[str, Sequence[str]], *, where: str = "attribute[{code}]") -> dict[str, object]:
    """Answers by the code of their question. Raises BadParameter for what is missing, unknown or of another kind.

    `where` says how the caller's format names an answer.
    """
    questions = {question.code: question for question in CategoryAttribute.objects.filter(category=category, is_asked=True)}
    for code in given:
        if code not in questions:
            sentence = _("There is no attribute “%(code)s” of this category; there are: %(codes)s.")
            words = {"code": code[:40], "codes": ", ".join(questions) or _("none")}
            raise BadParameter(sentence % words, field=where.format(code=code[:40]))
    found = {}
    for code, question in questions.items():
        values = [value for value in (text.strip() for text in given.get(code, ())) if value]
        if values:
            found[code] = _value(question, values, where.format(code=code))
        elif question.required:
            raise BadParameter(_("%(question)s: an answer is required.") % {"question": question.question}, field=where.format(code=code))
    return found


def _value(question: CategoryAttribute, values: list[str], field: str) -> object:
    kind = Kind(question.kind)
    if kind in (Kind.ONE, Kind.MANY):
        choices = question.choices()
        unknown = [value for value in values if value not in choices]
        if unknown or (kind == Kind.ONE and len(values) != 1):
            sentence = _("%(question)s: accepted are %(keys)s.")
            raise BadParameter(sentence % {"question": question.question, "keys": ", ".join(choices)}, field=field)
        return sorted(set(values)) if kind == Kind.MANY else values[0]
    if len(values) != 1 or len(values[0]) > _LIMITS[kind] or "\x00" in values[0]:
        sentence = _("%(question)s: one text of at most %(limit)d characters.")
        raise BadParameter(sentence % {"question": question.question, "limit": _LIMITS[kind]}, field=field)
    text = unicodedata.normalize("NFC", values[0])
    try:
        return _number(text) if kind == Kind.NUMBER else _moment(text) if kind == Kind.DATETIME else text
    except ValueError:
        sentence = _("%(question)s: “%(value)s” is no %(kind)s.")
        words = {"question": question.question, "value": text[:40], "kind": kind.label}
        raise BadParameter(sentence % words, field=field) from None


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).isoformat()
