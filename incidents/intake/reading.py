"""A report as the form sends it: JSON, read field by field."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from incidents.intake.report import Contact, NewReport, PhotoNote, Position

_FIELDS = frozenset({"uid", "category", "pin", "device", "description", "address", "made_at", "sent_at", "photos", "contact", "anonymous"})


def read_report(body: bytes, user_id: int | None = None) -> NewReport:
    """Raises BadParameter that names the field and what is accepted."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadParameter(_("The body must be a report as JSON."), field="body") from None
    if not isinstance(given, dict):
        raise BadParameter(_("The body must be a report as JSON."), field="body")
    if unknown := set(given) - _FIELDS:
        sentence = _("The member “%(name)s” is not known here; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"name": min(unknown)[:80], "accepted": ", ".join(sorted(_FIELDS))}, field=min(unknown)[:80])
    photos = _photos(given.get("photos", []))
    return NewReport(
        uid=read_uid(given.get("uid"), "uid"),
        category=_text(given, "category"),
        pin=_position(given.get("pin"), "pin"),
        device=None if given.get("device") is None else _position(given["device"], "device"),
        description=_text(given, "description"),
        address=_text(given, "address"),
        made_at=_moment(given, "made_at"),
        sent_at=_moment(given, "sent_at"),
        photos=tuple(uid for uid, _note in photos),
        photo_notes={uid: note for uid, note in photos if note},
        contact=_contact(given.get("contact")),
        anonymous=_truth(given, "anonymous"),
        user_id=user_id,
    )


def read_uid(value: object, name: str) -> UUID:
    """A UUID in its usual spelling. Raises BadParameter."""
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else UUID("")
    except ValueError:
        raise _wrong(name, _("a random UUID such as 3f0c2d2e-6f5b-4a53-9d59-0c6c1d6b3a11")) from None


def _wrong(name: str, accepted: str) -> BadParameter:
    return BadParameter(_("%(field)s must be %(accepted)s.") % {"field": name, "accepted": accepted}, field=name)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str):
        raise _wrong(name, _("a text"))
    return value


def _truth(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise _wrong(name, _("true or false"))
    return value


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _wrong(name, _("a number"))
    return float(value)


def _position(value: object, name: str) -> Position:
    if not isinstance(value, dict) or not {"lon", "lat"} <= set(value):
        raise _wrong(name, _("a position {lon, lat} in degrees, WGS 84"))
    accuracy = value.get("accuracy_m")
    return Position(
        _number(value["lon"], f"{name}.lon"),
        _number(value["lat"], f"{name}.lat"),
        None if accuracy is None else _number(accuracy, f"{name}.accuracy_m"),
    )


def _photos(value: object) -> list[tuple[UUID, PhotoNote | None]]:
    """Uids, or objects {uid, lon, lat, taken_at} where the device could read more."""
    if not isinstance(value, list):
        raise _wrong("photos", _("a list of uids or of {uid, lon, lat, taken_at}"))
    return [_photo(item) for item in value]


def _photo(item: object) -> tuple[UUID, PhotoNote | None]:
    if not isinstance(item, dict):
        return read_uid(item, "photos"), None
    uid = read_uid(item.get("uid"), "photos.uid")
    lonlat = None
    if item.get("lon") is not None or item.get("lat") is not None:
        lonlat = _number(item.get("lon"), "photos.lon"), _number(item.get("lat"), "photos.lat")
        if abs(lonlat[0]) > 180 or abs(lonlat[1]) > 90:
            raise _wrong("photos", _("a list of uids or of {uid, lon, lat, taken_at}"))
    return uid, PhotoNote(lonlat, _moment(item, "taken_at"))


def _contact(value: object) -> Contact:
    if value is None:
        return Contact()
    if not isinstance(value, dict) or set(value) - {"name", "phone", "email"}:
        raise _wrong("contact", _("{name, phone, email}"))
    return Contact(**{name: _text(value, name) for name in ("name", "phone", "email")})


def _moment(given: Mapping[str, Any], name: str) -> datetime | None:
    value = given.get(name)
    if value is None:
        return None
    try:
        return datetime.fromisoformat(str(value)[:40]).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _wrong(name, _("a moment such as 2026-11-28T08:30:00Z")) from None
