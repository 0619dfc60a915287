"""A filled-in form as it comes: XML of which nothing is believed."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from incidents.attributes import checked
from incidents.intake import Position
from incidents.models import CategoryAttribute
from incidents.openrosa.form import FORM_ID, PHOTOS, name_of, question_name
from layers.parameters import clean_text, parse_number

MAX_BYTES = 200_000
FIELD = "xml_submission_file"


@dataclass(frozen=True)
class Instance:
    """What was filled in. `photos` are file names in the order of their questions."""

    uid: uuid.UUID
    category: str
    place: Position
    description: str
    photos: tuple[str, ...]
    made_at: datetime | None
    attributes: dict[str, object]


def read(content: bytes) -> Instance:
    """Raises BadParameter for XML with a DOCTYPE or entities, for other forms, for what is missing or no value."""
    root = _tree(content)
    if _local(root.tag) != "data" or root.get("id") != FORM_ID:
        raise BadParameter(_("The submission is not of the form “%(form)s”.") % {"form": FORM_ID}, field=FIELD)
    values = {_local(child.tag): child for child in root}
    category = _text(values, "category", 40)
    return Instance(
        uid=_instance_id(values.get("meta")),
        category=category,
        place=_place(_text(values, "place", 200)),
        description=clean_text(_text(values, "description", 4_000), "description", 4_000),
        photos=tuple(name for name in (_text(values, photo, 200) for photo in PHOTOS) if name),
        made_at=_moment(_text(values, "made_at", 60)),
        attributes=_attributes(values, category),
    )


def _tree(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        raise BadParameter(_("The submission's XML is longer than %(limit)d bytes.") % {"limit": MAX_BYTES}, field=FIELD)
    try:
        return fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadParameter(_("The submission is no well-formed XML without DOCTYPE and entities."), field=FIELD) from None


def _instance_id(meta: Any) -> uuid.UUID:
    """`uuid:…`, made by the device: what makes a repeated submission one report."""
    found = next((child.text or "" for child in (meta if meta is not None else ()) if _local(child.tag) == "instanceID"), "")
    try:
        return uuid.UUID(found.strip().removeprefix("uuid:"))
    except ValueError:
        raise BadParameter(_("meta/instanceID must be uuid: followed by a UUID."), field="instanceID") from None


def _place(text: str) -> Position:
    """`latitude longitude altitude accuracy`."""
    parts = text.split()
    if len(parts) not in (2, 3, 4):
        raise BadParameter(_("place must be a geopoint: latitude longitude altitude accuracy."), field="place")
    lat, lon = parse_number(parts[0], "place"), parse_number(parts[1], "place")
    accuracy = parse_number(parts[3], "place") if len(parts) == 4 else None
    return Position(lon, lat, accuracy or None)  # 0: set by hand, not measured


def _attributes(values: dict[str, Any], category: str) -> dict[str, object]:
    """Answers in the group of the chosen category; groups of others are not relevant and do not count."""
    group = values.get(name_of(category)) if category else None
    answers = {_local(child.tag): (child.text or "").strip() for child in (group if group is not None else ())}
    given = {}
    for question in CategoryAttribute.objects.filter(category=category, is_asked=True):
        if text := answers.get(question_name(question.code), ""):
            given[question.code] = text.split() if question.kind == CategoryAttribute.Kind.MANY else [text]
    return checked(category, given, where="{code}")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _text(values: dict[str, Any], name: str, limit: int) -> str:
    element = values.get(name)
    text = ((element.text or "") if element is not None else "").strip()
    if len(text) > limit:
        raise BadParameter(_("%(field)s is longer than %(limit)d characters.") % {"field": name, "limit": limit}, field=name)
    return text


def _local(tag: str) -> str:
    return str(tag).rpartition("}")[2]
