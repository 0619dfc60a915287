"""The incident form as an XForm, made from the categories and their questions."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from pyxform.xls2xform import convert

from incidents.models import CategoryAttribute, IncidentCategory

FORM_ID = "incident"
PHOTOS = tuple(f"photo{number}" for number in range(1, 6))
_Kind = CategoryAttribute.Kind
_TYPES = {_Kind.STRING: "text", _Kind.TEXT: "text", _Kind.NUMBER: "decimal", _Kind.DATETIME: "dateTime"}


@dataclass(frozen=True)
class Form:
    """The published form. `version` changes when a category or a question does, so that devices fetch it anew."""

    title: str
    version: str
    xml: bytes

    @property
    def digest(self) -> str:
        """As form lists carry it."""
        return f"md5:{hashlib.md5(self.xml, usedforsecurity=False).hexdigest()}"


def form() -> Form:
    """The form in the service's language."""
    with override(settings.LANGUAGE_CODE):
        return _made(orjson.dumps(_workbook()))


@lru_cache(maxsize=4)
def _made(workbook: bytes) -> Form:
    """Equal questions are one form: making it costs some hundred milliseconds."""
    version = hashlib.sha256(workbook).hexdigest()[:10]
    content: dict[str, Any] = orjson.loads(workbook)
    content["settings"][0]["version"] = version
    made = convert(xlsform=content, validate=False, form_name="data")
    return Form(content["settings"][0]["form_title"], version, made.xform.encode())


def name_of(category: str) -> str:
    """The group of a category's questions: names of XML elements know no leading digit."""
    return f"c_{category}".replace("-", "_")


def question_name(code: str) -> str:
    """A question's element."""
    return f"q_{code}".replace("-", "_")


def _workbook() -> dict[str, Any]:
    categories = list(IncidentCategory.objects.filter(is_active=True).prefetch_related("questions"))
    survey: list[dict[str, str]] = [
        {"type": "start", "name": "made_at"},
        {
            "type": "geopoint",
            "name": "place",
            "label": _("Where is it?"),
            "required": "yes",
            "parameters": "capture-accuracy=10 warning-accuracy=50",
        },
        {"type": "select_one category", "name": "category", "label": _("What is it?"), "required": "yes"},
    ]
    choices = [{"list_name": "category", "name": one.code, "label": one.name} for one in categories]
    for category in categories:
        survey += _questions(category, choices)
    survey.append({"type": "text", "name": "description", "label": _("What do you see?"), "appearance": "multiline"})
    for number, name in enumerate(PHOTOS, start=1):
        row = {"type": "image", "name": name, "label": _("Photo %(number)d") % {"number": number}, "parameters": "max-pixels=1600"}
        survey.append(row | ({"relevant": f"${{{PHOTOS[number - 2]}}} != ''"} if number > 1 else {}))
    title = _("Field report")
    return {"survey": survey, "choices": choices, "settings": [{"form_title": title, "form_id": FORM_ID, "name": "data"}]}


def _questions(category: IncidentCategory, choices: list[dict[str, str]]) -> list[dict[str, str]]:
    questions = [question for question in category.questions.all() if question.is_asked]
    if not questions:
        return []
    group = name_of(category.code)
    rows = [{"type": "begin group", "name": group, "label": category.name, "relevant": f"${{category}} = '{category.code}'"}]
    for question in questions:
        name = question_name(question.code)
        kind = _TYPES.get(_Kind(question.kind)) or f"select_{'one' if question.kind == _Kind.ONE else 'multiple'} {group}_{name}"
        row = {"type": kind, "name": name, "label": question.question, "required": "yes" if question.required else "no"}
        rows.append(row | ({"hint": question.hint} if question.hint else {}))
        choices += [{"list_name": f"{group}_{name}", "name": key, "label": words} for key, words in question.choices().items()]
    return [*rows, {"type": "end group"}]
