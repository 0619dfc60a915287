"""A photo comes: recognised by its first bytes, looked at by the confined child, stored, counted."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from gis_core.crs import metres_between
from gis_core.errors import BadParameter, Conflict, NotFound, TooLarge, UnsupportedMedia
from incidents.models import Incident, Photo, Reporter
from incidents.photos import store
from incidents.photos.darkroom import Look, Unreadable, darkroom
from incidents.photos.tasks import develop_photo

MAX_BYTES = 15_000_000
# A photo whose own position is farther away than this was perhaps taken elsewhere (or the pin is wrong).
_FAR_M = 200.0
# By hand: putting these together anew for each photo costs more than writing its file.
_ANNOUNCED = "UPDATE incidents_photo SET original = %(original)s, content_type = %(kind)s, size = %(size)s WHERE uid = %(uid)s"
# Reports say how many photos they bring; of photos of the work there are as many as there are.
_THERE = """
    WITH there AS (
        UPDATE incidents_photo SET state = 'stored', width = %(width)s, height = %(height)s, exif = %(exif)s, taken_at = %(taken_at)s,
            exif_geom = ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326),
            pin_distance_m = %(from_pin)s, device_distance_m = %(from_device)s, flags = %(flags)s::varchar[]
        WHERE uid = %(uid)s AND state = 'receiving' RETURNING incident_id, kind
    ), counted AS (
        UPDATE incidents_incident i SET photos_received = i.photos_received + 1
        FROM there WHERE i.id = there.incident_id AND there.kind = 'report'
    )
    SELECT incident_id FROM there
"""
_NEEDED = ("kind", "state", "original", "exif_geom", "taken_at", "incident__geom", "incident__photos_expected")
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc")


@dataclass(frozen=True)
class PhotoReceipt:
    """What became of a photo; `missing` are the uids of the report's photos that have still to come."""

    uid: UUID
    created: bool
    missing: tuple[UUID, ...]


def kind_of(content: bytes) -> str:
    """The media type by the first bytes. Raises UnsupportedMedia: names and headers are what a client says, not what it sends."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return "image/heic"
    raise UnsupportedMedia(_("A photo is accepted as JPEG, PNG, WebP or HEIC."), field="photo")


def add_photo(report: UUID, uid: UUID, content: bytes) -> PhotoReceipt:
    """Take in a photo that its report announced, or recognise it.

    Raises NotFound for a pair of uids that nobody announced, UnsupportedMedia, TooLarge, BadParameter for what cannot be read,
    Conflict when another content came under this uid before, OSError when the store has no room.
    """
    announced = Photo.objects.select_related("incident").filter(kind=Photo.Kind.REPORT).only(*_NEEDED)
    photo = announced.filter(uid=uid, incident__uid=report).order_by("pk").first()
    if photo is None:
        raise NotFound(_("No report announced this photo. Send the report first."), field="photo")
    if recognised(photo, content):
        return PhotoReceipt(uid, created=False, missing=_missing(photo.incident))
    created = keep(photo, content)
    return PhotoReceipt(uid, created=created, missing=_missing(photo.incident))


def keep(photo: Photo, content: bytes) -> bool:
    """Store the content of a photo that has its row; False where another request stored it meanwhile.

    Raises UnsupportedMedia, TooLarge, BadParameter, OSError.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge(_("A photo may have at most %(limit)d MB.") % {"limit": MAX_BYTES // 1_000_000}, field="photo")
    kind = kind_of(content)
    look = looked_at(content)
    _announce_file(photo, content, kind)
    with transaction.atomic():  # one commit, after the file is on the disk
        store.keep_original(content, photo.original)
        return _count(photo, look)


def recognised(photo: Photo, content: bytes) -> bool:
    """Whether this very content came before. Raises Conflict where it was another."""
    if photo.state == Photo.State.RECEIVING:
        return False
    if photo.original != store.key_of(content):
        raise Conflict(_("Another photo came under this uid already: give each photo a new random one."), field="photo")
    return True


def looked_at(content: bytes) -> Look:
    """What the confined child says of a photo. Raises TooLarge, BadParameter for what cannot be read."""
    try:
        return darkroom.look(content)
    except Unreadable as fault:
        if fault.fault == "pixels":
            raise TooLarge(_("A photo may have at most 50 million pixels."), field="photo") from None
        raise BadParameter(_("The photo is damaged: it cannot be read."), field="photo") from None


def _announce_file(photo: Photo, content: bytes, kind: str) -> None:
    """The row names the file before the file is there: a kill in between leaves a name without a file, never the reverse."""
    before, photo.original = photo.original, store.key_of(content)
    with connection.cursor() as cursor:
        cursor.execute(_ANNOUNCED, {"uid": photo.pk, "original": photo.original, "kind": kind, "size": len(content)})
    if before and before != photo.original:
        store.drop_unused(before)


def _count(photo: Photo, look: Look) -> bool:
    """The photo is there: once, however many requests brought it at the same time."""
    with connection.cursor() as cursor:
        cursor.execute(_THERE, {"uid": photo.pk, "width": look.width, "height": look.height, **_measured(photo, look)})
        if cursor.fetchone() is None:
            return False
    develop_photo.defer(uid=str(photo.pk))
    return True


def _measured(photo: Photo, look: Look) -> dict[str, Any]:
    """What the device wrote: time and position, with its distances from the device and from the pin (metres)."""
    values: dict[str, Any] = {"exif": Jsonb(dict(look.exif)), "taken_at": look.taken_at or photo.taken_at}
    # The device may have read the position before it made the photo smaller (PhotoNote); the file's own word counts more.
    lonlat = look.lonlat or ((photo.exif_geom.x, photo.exif_geom.y) if photo.exif_geom else None)
    if lonlat is None:
        return {**values, "lon": None, "lat": None, "from_pin": None, "from_device": None, "flags": []}
    pin = photo.incident.geom
    device = Reporter.objects.filter(incident=photo.incident_id).values_list("device_geom", flat=True).first()
    from_pin = _metres(lonlat, pin)
    from_device = _metres(lonlat, device) if device is not None else None
    far = {"photo_far_from_pin": from_pin > _FAR_M, "photo_far_from_device": from_device is not None and from_device > _FAR_M}
    flags = [flag for flag, holds in far.items() if holds]
    return {**values, "lon": lonlat[0], "lat": lonlat[1], "from_pin": from_pin, "from_device": from_device, "flags": flags}


def _metres(lonlat: tuple[float, float], point: Point) -> float:
    return round(metres_between(lonlat, (point.x, point.y)), 1)


def _missing(incident: Incident) -> tuple[UUID, ...]:
    """Asked when a photo is there: of one alone nothing is missing then."""
    if incident.photos_expected == 1:
        return ()
    missing = Photo.objects.filter(incident=incident, kind=Photo.Kind.REPORT, state=Photo.State.RECEIVING)
    return tuple(missing.values_list("uid", flat=True))
