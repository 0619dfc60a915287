"""The one door to personal data: asks for the right in the parcel's unit and writes down who read what, for what."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core.access import AccessRule, scope_of
from gis_core.errors import NotFound
from gis_core.models import Role, User
from land.models import Certificate, Parcel, ParcelChange, Party, PersonalDataRead, Restriction, Right
from land.rows import heads

# Not field staff, not analysts, not the wall, not leaders: whoever has no file on the desk needs no name.
RULE = AccessRule(view=frozenset({Role.LAND_OFFICER, Role.APPROVER}), change=frozenset({Role.LAND_OFFICER}))
MOST = 50


def of_parcel(user: User, uid: UUID, purpose: str) -> dict[str, Any]:
    """Holders with their shares, certificates and restrictions of a parcel; the reading is logged first. Raises NotFound."""
    reach = RULE.reach(scope_of(user))
    parcel = heads(reach).filter(uid=uid).only("pk").first()
    if parcel is None:
        raise NotFound(_("There is no such parcel, or it is not open to you."))
    rights = list(Right.objects.filter(parcel=parcel).select_related("party").order_by("-valid_from", "pk"))
    restrictions = list(Restriction.objects.filter(parcel=parcel).select_related("creditor").order_by("-valid_from", "pk"))
    parties = [right.party for right in rights] + [found.creditor for found in restrictions if found.creditor]
    _log(user, parties, purpose, parcel)
    return {
        "rights": [_right(right) for right in rights],
        "certificates": [_certificate(one) for one in Certificate.objects.filter(parcel=parcel).order_by("-issued_on", "pk")],
        "restrictions": [_restriction(one) for one in restrictions],
    }


def of_parcels(user: User, pks: Sequence[int], purpose: str) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """Rights in force and certificates that hold of many parcels by primary key; every holder is logged first.

    Raises NotFound unless all of the parcels lie in units whose holders are open to the reader.
    """
    reach = RULE.reach(scope_of(user))
    wanted = set(pks)
    if not reach or set(heads(reach).filter(pk__in=wanted).values_list("pk", flat=True)) != wanted:
        raise NotFound(_("Holders are not open to you."))
    rights = list(Right.objects.filter(parcel__in=wanted, valid_to__isnull=True).select_related("party").order_by("parcel", "pk"))
    _log(user, [right.party for right in rights], purpose)
    found: dict[int, dict[str, list[dict[str, Any]]]] = {pk: {"rights": [], "certificates": []} for pk in wanted}
    for right in rights:
        found[right.parcel_id]["rights"].append(_right(right))
    for one in Certificate.objects.filter(parcel__in=wanted, status=Certificate.Status.VALID).order_by("parcel", "pk"):
        found[one.parcel_id]["certificates"].append(_certificate(one))
    return found


def of_change(user: User, change: ParcelChange, purpose: str) -> list[dict[str, Any]]:
    """The holders that a change names, new ones and creditors; the reading is logged first. Raises NotFound."""
    reach = RULE.reach(scope_of(user))
    if not (reach.everything or change.unit_id in reach.units):
        raise NotFound(_("Holders are not open to you."))
    uids = {share["party"] for share in change.params.get("holders", [])} | {change.params.get("creditor")} - {None}
    parties = list(Party.objects.filter(uid__in=uids).order_by("name"))
    _log(user, parties, purpose)
    return [plain(party) for party in parties]


def search(user: User, words: str, purpose: str) -> list[dict[str, Any]]:
    """Holders whose name or identity number begins with `words`, with their parcels in the reader's own units alone."""
    reach = RULE.reach(scope_of(user))
    units = Q() if reach.everything else Q(rights__parcel__admin_unit__in=reach.units) | Q(created_by=user)
    if not reach:
        raise NotFound(_("Holders are not open to you."))
    parties = list(
        Party.objects.filter(units, Q(name__istartswith=words) | Q(id_number__startswith=words)).distinct().order_by("name")[:MOST]
    )
    _log(user, parties, purpose)
    return [plain(party) | {"parcels": _parcels(party, reach.everything, reach.units)} for party in parties]


def create(user: User, **values: Any) -> Party:
    """Write a new holder down. Raises NotFound for who is no officer."""
    if not RULE.reach(scope_of(user), "change"):
        raise NotFound(_("Holders are not open to you."))
    return Party.objects.create(created_by=user, **values)


@transaction.atomic
def _log(user: User, parties: Sequence[Party], purpose: str, parcel: Parcel | None = None) -> None:
    """A line for each person read; one for the parcel where nobody is recorded, for a look at nothing is a look too."""
    wanted: Iterable[Party | None] = dict.fromkeys(parties) or [None]
    PersonalDataRead.objects.bulk_create(PersonalDataRead(user=user, parcel=parcel, party=party, purpose=purpose[:60]) for party in wanted)


def _parcels(party: Party, everything: bool, units: Iterable[int]) -> list[str]:
    rights = Right.objects.filter(party=party, valid_to__isnull=True, parcel__valid_to__isnull=True)
    if not everything:
        rights = rights.filter(parcel__admin_unit__in=list(units))
    return [str(uid) for uid in rights.values_list("parcel__uid", flat=True).order_by("parcel__uid")[:MOST]]


def plain(party: Party) -> dict[str, Any]:
    """A holder as the API tells it."""
    return {
        "uid": str(party.uid),
        "kind": party.kind,
        "name": party.name,
        "id_number": party.id_number,
        "address": party.address,
        "phone": party.phone,
    }


def _right(right: Right) -> dict[str, Any]:
    share = f"{right.numerator}/{right.denominator}"
    return {"kind": right.kind, "share": share, "valid_from": right.valid_from, "valid_to": right.valid_to, "holder": plain(right.party)}


def _certificate(one: Certificate) -> dict[str, Any]:
    return {"serial": one.serial, "register_no": one.register_no, "issued_on": one.issued_on, "status": one.status}


def _restriction(one: Restriction) -> dict[str, Any]:
    creditor = plain(one.creditor) if one.creditor else None
    dates = {"valid_from": one.valid_from, "valid_to": one.valid_to}
    return {"id": one.pk, "kind": one.kind, "reference": one.reference, "creditor": creditor, **dates}
