"""Photos of the work done: whoever works on an incident brings them in and shows them with a step."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, Conflict, NotFound
from gis_core.models import User
from incidents.models import Incident, Photo
from incidents.photos.take_in import keep, recognised
from incidents.rows import seen_by
from incidents.workflow.steps import hands_of, locked

MAX_WORK_PHOTOS = 30
"""Of one incident, over all of its steps."""


@dataclass(frozen=True)
class WorkPhoto:
    """A photo of the work; `created` is False for a repetition."""

    photo: Photo
    created: bool


def add_work_photo(actor: User, code: str, uid: UUID, content: bytes) -> WorkPhoto:
    """Take in a photo of the work under a uid that the client made, or recognise it. It is public only after it was approved.

    Raises NotFound for those who do not work on the incident, Conflict for a uid that is another photo's, BadParameter for too many,
    UnsupportedMedia, TooLarge, BadParameter for what is no photo, OSError when the store has no room.
    """
    photo = _row(actor, code, uid)
    if recognised(photo, content):
        return WorkPhoto(photo, created=False)
    try:
        created = keep(photo, content)
    except Exception:
        # What is no photo leaves no row behind; a row that names a file is left to the sweep.
        Photo.objects.filter(pk=uid, state=Photo.State.RECEIVING, original="").delete()
        raise
    photo.refresh_from_db()
    return WorkPhoto(photo, created)


@transaction.atomic
def _row(actor: User, code: str, uid: UUID) -> Photo:
    """The photo's row, made where there is none: before the file, so that no file is without a row."""
    incident: Incident = locked(seen_by(actor).filter(tracking_code=code))
    if not hands_of(actor, incident):
        raise NotFound(_("There is no such incident, or it is not open to you."))
    taken = _("Another photo came under this uid already: give each photo a new random one.")
    found = Photo.objects.select_related("incident").filter(uid=uid).first()
    if found is not None:
        if found.incident_id != incident.pk or found.kind != Photo.Kind.WORK:
            raise Conflict(taken, field="photo")
        return found
    count = Photo.objects.filter(incident=incident, kind=Photo.Kind.WORK).count()
    if count >= MAX_WORK_PHOTOS:
        raise BadParameter(_("An incident has at most %(limit)d photos of the work.") % {"limit": MAX_WORK_PHOTOS}, field="photo")
    try:
        with transaction.atomic():
            return Photo.objects.create(uid=uid, incident=incident, kind=Photo.Kind.WORK, position=count, size=0)
    except IntegrityError:  # the same uid for another incident at the same moment
        raise Conflict(taken, field="photo") from None
