"""The one door to reporters' data and to the originals of photos: for those who work on the incident; each reading is written down."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from gis_core.access import AccessRule, scope_of
from gis_core.errors import NotFound
from gis_core.models import Role, User
from incidents.models import Photo, Reporter, ReporterRead
from incidents.photos import store
from incidents.rows import incidents

# Who works on reports; an analyst or the wall's operator sees the incident and not the person.
RULE = AccessRule(view_all=frozenset({Role.ADMINISTRATOR}), change=frozenset({Role.DISPATCHER}))


@dataclass(frozen=True)
class Original:
    """A photo as it came. It is handed out as a download only: nothing in it may run in a browser."""

    content: bytes
    content_type: str


def read_contact(user: User, incident: int) -> Reporter:
    """Who reported an incident. The reading is logged first. Raises NotFound alike for unknown, forbidden and anonymous."""
    reach = RULE.reach(scope_of(user))
    row = incidents(reach).filter(pk=incident).first() if reach else None
    if row is None:
        raise NotFound(_("There is no such report, or it is not open to you."))
    ReporterRead.objects.create(user=user, incident=row, what="contact")
    reporter = Reporter.objects.filter(incident=row).first()
    if reporter is None:
        raise NotFound(_("There is no such report, or it is not open to you."))
    return reporter


def read_original(user: User, photo: UUID) -> Original:
    """A photo as it came, with all that the device wrote into it. The reading is logged first. Raises NotFound."""
    reach = RULE.reach(scope_of(user))
    found = Photo.objects.filter(uid=photo, incident__in=incidents(reach)).exclude(state=Photo.State.RECEIVING).first() if reach else None
    if found is None:
        raise NotFound(_("There is no such photo, or it is not open to you."))
    ReporterRead.objects.create(user=user, incident_id=found.incident_id, what=f"original {found.pk}")
    return Original(store.get(store.originals(), found.original), found.content_type)
