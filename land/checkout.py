"""Who is working on a parcel: an open change holds it until it is published, returned for long, or withdrawn.

WFS has locks, which no program sends and everybody forgets to release. Here the case itself is the check-out: while a colleague's
change is open, generic programs (QGIS) are told whose it is instead of preparing a second one in vain. The workspace shows open
changes anyway and lets people decide.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.models import User
from land.errors import CheckedOut
from land.models import Parcel, ParcelChange

State = ParcelChange.State
_HANDED_IN = (State.SUBMITTED, State.CHECKED, State.APPROVED)
_DRAFTED = (State.DRAFT, State.RETURNED)
FORGOTTEN = timedelta(days=7)
"""A draft that nobody touched for so long holds nothing any more."""


def refuse_checked_out(user: User, parcels: Iterable[Parcel]) -> None:
    """Raises CheckedOut where a colleague's open change has one of the parcels; the sentence says whose, and since when."""
    held = {str(parcel.uid): parcel for parcel in parcels}
    if not held:
        return
    change = _open_change(user, held)
    if change is None:
        return
    parcel = next(held[uid] for uid, _version in change.targets if uid in held)
    sentence = _("Parcel %(parcel)s is checked out to %(officer)s since %(day)s: %(kind)s, %(state)s. Wait for it, or talk to each other.")
    values = {
        "parcel": str(parcel),
        "officer": change.author.get_full_name() or change.author.username,
        "day": timezone.localtime(change.created_at).strftime("%d/%m/%Y"),
        "kind": change.get_kind_display(),
        "state": change.get_state_display(),
    }
    raise CheckedOut(sentence % values, members={"change": str(change.uid)})


def _open_change(user: User, uids: Iterable[str]) -> ParcelChange | None:
    has_one = reduce(or_, (Q(targets__contains=[[str(UUID(uid))]]) for uid in uids))
    fresh = Q(state__in=_HANDED_IN) | Q(state__in=_DRAFTED, updated_at__gt=timezone.now() - FORGOTTEN)
    return ParcelChange.objects.filter(fresh, has_one).exclude(author=user).select_related("author").order_by("pk").first()
