"""What a channel hands in and what it gets back."""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from incidents.models import Channel

MAX_PHOTOS = 5
# Southeast Asia: a position elsewhere is a mistake of the device or of the reader (swapped axes).
_WEST, _SOUTH, _EAST, _NORTH = 92.0, -11.0, 142.0, 29.0


@dataclass(frozen=True)
class Position:
    """A WGS 84 position in degrees; `accuracy_m` is the radius in metres that the device gave for it."""

    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Contact:
    """How to reach the reporter, as far as they want to be reached. Stored apart from the incident (incidents/models/reporter.py)."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True)
class PhotoNote:
    """What the device read out of a photo before it made it smaller: where (longitude, latitude) and when it was taken."""

    lonlat: tuple[float, float] | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True)
class Source:
    """Where a report came from, for limits: keyed hashes of device and network address (incidents/intake/source.py).

    `known` devices have been here for some time: they keep their own limit when the address that they share is flooded.
    """

    device: str = ""
    address: str = ""
    known: bool = False


@dataclass(frozen=True)
class NewReport:
    """A report as it was made. `uid` and the uids of its photos are made by the client.

    `pin` is where the incident is, `device` where the reporter's device was (None: not known). `made_at` and `sent_at` are
    times of the client's own clock; only their difference counts, because that clock may be wrong. `anonymous` reports keep
    neither contact nor account.
    """

    uid: UUID
    category: str
    pin: Position
    device: Position | None = None
    title: str = ""
    description: str = ""
    address: str = ""
    channel: str = Channel.FORM
    made_at: datetime | None = None
    sent_at: datetime | None = None
    photos: tuple[UUID, ...] = ()
    photo_notes: Mapping[UUID, PhotoNote] = field(default_factory=dict)
    contact: Contact = Contact()
    anonymous: bool = False
    user_id: int | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)

    def checked(self) -> "NewReport":
        """The same with tidied texts. Raises BadParameter that names the field and what is accepted."""
        _check_position(self.pin, "pin")
        if self.device:
            _check_position(self.device, "device")
        if len(set(self.photos)) != len(self.photos) or len(self.photos) > MAX_PHOTOS:
            raise BadParameter(_("photos must be at most %(limit)d different uids.") % {"limit": MAX_PHOTOS}, field="photos")
        contact = Contact() if self.anonymous else _tidy_contact(self.contact)
        texts = {"title": 160, "description": 4_000, "address": 200}
        tidied = {name: tidy(getattr(self, name), name, limit) for name, limit in texts.items()}
        user = None if self.anonymous else self.user_id
        return NewReport(**{**vars(self), **tidied, "contact": contact, "user_id": user})


@dataclass(frozen=True)
class Receipt:
    """What became of a report. `created` is False for a repetition; `missing` are the uids of photos that have not come yet."""

    incident_id: int
    uid: UUID
    tracking_code: str
    created: bool
    missing: tuple[UUID, ...] = ()


def tidy(text: str, name: str, limit: int) -> str:
    """NFC, without control characters and outer blanks. Raises BadParameter for a text that is too long."""
    tidied = "".join(
        letter for letter in unicodedata.normalize("NFC", text) if letter in "\n\t" or unicodedata.category(letter) not in _NEVER
    )
    tidied = tidied.strip()
    if len(tidied) > limit:
        raise BadParameter(_("%(name)s may have at most %(limit)d characters.") % {"name": name, "limit": limit}, field=name)
    return tidied


# Controls, and marks that turn the direction of what follows: a text must not rewrite the page around it.
_NEVER = frozenset({"Cc", "Cf", "Cs", "Co"})


def _tidy_contact(contact: Contact) -> Contact:
    values = {
        name: tidy(getattr(contact, name), f"contact.{name}", limit) for name, limit in {"name": 120, "phone": 40, "email": 254}.items()
    }
    if values["email"]:
        try:
            validate_email(values["email"])
        except ValidationError:
            raise BadParameter(_("contact.email must be an e-mail address."), field="contact.email") from None
    return Contact(**values)


def _check_position(position: Position, name: str) -> None:
    inside = _WEST <= position.lon <= _EAST and _SOUTH <= position.lat <= _NORTH
    if not inside:  # NaN compares false, so it ends here too
        raise BadParameter(
            _("%(name)s must be a WGS 84 position near Việt Nam: longitude %(west)g to %(east)g, latitude %(south)g to %(north)g.")
            % {"name": name, "west": _WEST, "east": _EAST, "south": _SOUTH, "north": _NORTH},
            field=name,
        )
    accuracy = position.accuracy_m
    if accuracy is not None and not (math.isfinite(accuracy) and 0 <= accuracy <= 1e6):
        raise BadParameter(_("%(name)s.accuracy_m must be 0 to 1,000,000 metres.") % {"name": name}, field=f"{name}.accuracy_m")
