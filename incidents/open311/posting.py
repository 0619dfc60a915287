"""POST requests: an application reports. Photos come as files; addresses of photos elsewhere are kept and never fetched."""

import re
import uuid
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, NotFound
from incidents.attributes import checked
from incidents.channels import hand_in, source_of_program
from incidents.intake import Contact, NewReport, Position, Receipt
from incidents.models import Channel, IncidentCategory, Open311Key
from layers.parameters import clean_text, parse_number

_ATTRIBUTE = re.compile(r"attribute\[([-\w]{1,40})\](?:\[\d*\])?")
# A namespace of our own: the same key and the same Idempotency-Key are the same report, on every machine.
_NAMESPACE = uuid.UUID("6c1f2f52-6a0b-4d0e-9f5e-0f7f3b1b6b11")


def post(request: HttpRequest, key: Open311Key) -> Receipt:
    """Take the report and its photos in. Raises what intake raises, NotFound for an unknown service, BadParameter."""
    asked = request.POST
    category = _category(asked)
    uid = _uid(request, key)
    files = _photos(request)
    names = tuple(uuid.uuid5(uid, f"photo{number}") for number in range(len(files)))
    report = NewReport(
        uid=uid,
        category=category.code,
        pin=_place(asked),
        description=clean_text(asked.get("description", ""), "description", 4_000),
        address=clean_text(asked.get("address_string", ""), "address_string", 200),
        channel=Channel.OPEN311,
        photos=names,
        contact=_contact(asked),
        attributes=_attributes(asked, category.code) | _media_url(asked) | {"open311_key": key.name},
    )
    return hand_in(report, list(zip(names, files, strict=True)), source_of_program(f"open311:{key.pk}", _text(asked, "device_id", 60)))


def _category(asked: QueryDict) -> IncidentCategory:
    code = asked.get("service_code", "")
    if not code:
        raise BadParameter(_("service_code is missing."), field="service_code")
    category = IncidentCategory.objects.filter(code=code, is_active=True).first()
    if category is None:
        raise NotFound(_("There is no service “%(code)s”.") % {"code": code[:40]}, field="service_code")
    return category


def _place(asked: QueryDict) -> Position:
    """Where an address is alone is not known here: there is no gazetteer that could turn it into a place."""
    if not asked.get("lat") or not asked.get("long"):
        raise BadParameter(_("lat and long are required; an address alone cannot be placed on the map."), field="lat")
    return Position(parse_number(asked.get("long", ""), "long"), parse_number(asked.get("lat", ""), "lat"))


def _contact(asked: QueryDict) -> Contact:
    name = " ".join(part for part in (_text(asked, "first_name", 60), _text(asked, "last_name", 60)) if part)
    return Contact(name=name, phone=_text(asked, "phone", 40), email=_text(asked, "email", 254))


def _attributes(asked: QueryDict, category: str) -> dict[str, object]:
    given: dict[str, list[str]] = {}
    for name in asked:
        if found := _ATTRIBUTE.fullmatch(name):
            given.setdefault(found[1], []).extend(asked.getlist(name))
    return checked(category, given)


def _media_url(asked: QueryDict) -> dict[str, object]:
    url = _text(asked, "media_url", 500)
    if url and not url.startswith(("https://", "http://")):
        raise BadParameter(_("media_url must begin with https:// or http://."), field="media_url")
    return {"media_url": url} if url else {}


def _photos(request: HttpRequest) -> list[Any]:
    return [file for name in request.FILES for file in request.FILES.getlist(name)]


def _uid(request: HttpRequest, key: Open311Key) -> uuid.UUID:
    """GeoReport knows no key of its own for repeated requests; whoever sends one is answered as the first time."""
    given = request.headers.get("Idempotency-Key", "") or request.POST.get("uuid", "")
    return uuid.uuid5(_NAMESPACE, f"{key.pk}:{given[:200]}") if given else uuid.uuid4()


def _text(asked: QueryDict, name: str, limit: int) -> str:
    return clean_text(asked.get(name, ""), name, limit).strip()


def receipt_out(receipt: Receipt, *, is_public: bool) -> dict[str, Any]:
    """What the specification answers with."""
    notice = "" if is_public else _("The report is shown to everybody once it was looked at.")
    return {"service_request_id": receipt.tracking_code, "service_notice": notice, "account_id": ""}
