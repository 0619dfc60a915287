"""`/incidents/photos/`: photos for those who may see them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.access import scope_of
from gis_core.errors import NotFound
from gis_core.models import User
from incidents.models import Incident, Moderation, Photo
from incidents.photos import store
from incidents.reporters import read_original
from incidents.rows import incidents

_FORMS = frozenset({"picture", "thumbnail"})


@require_safe
def shown(request: HttpRequest, uid: UUID, form: str) -> HttpResponse:
    """A photo drawn anew. Visitors see approved photos of public incidents; staff those of the incidents that they see."""
    photo = Photo.objects.filter(uid=uid, state=Photo.State.READY).first() if form in _FORMS else None
    if photo is None or not _may_see(request, photo):
        raise NotFound(_("There is no such photo, or it is not open to you."))
    content = store.get(store.pictures(), getattr(photo, form))
    # Moderation may be taken back: a browser asks each time, and is told that nothing changed.
    key = f'"{getattr(photo, form)}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": key, "Content-Disposition": "inline"}
    if request.headers.get("If-None-Match") == key:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


@require_safe
@login_required
def original(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A photo as it came, for those who work on the report; a download, whatever it claims to be."""
    assert isinstance(request.user, User)
    found = read_original(request.user, uid)
    headers = {"Content-Disposition": f'attachment; filename="{uid}.bin"', "Cache-Control": "private, no-store"}
    return HttpResponse(found.content, content_type="application/octet-stream", headers=headers)


def _may_see(request: HttpRequest, photo: Photo) -> bool:
    """Unmoderated photos are for those who see the incident by their work, never by its being public."""
    reach = Incident.access.reach(scope_of(request.user))
    row = incidents(reach).filter(pk=photo.incident_id).values("admin_unit_id", "is_public").first()
    if row is None:
        return False
    by_work = reach.everything or row["admin_unit_id"] in reach.units
    return by_work or (bool(row["is_public"]) and photo.moderation == Moderation.APPROVED)
