"""Personal data of holders: told on request; erased never, because the register of rights has to be kept by law."""

from typing import Any

from django.db.models import Q

from gis_core.audit.privacy import Subject
from land.holders import plain
from land.models import Certificate, Party, PersonalDataRead, Right

_WHY = "holders of rights in the land register (a register kept by law; a mistake is corrected by the verb “correct”)"


def subjects(subject: Subject, erase: bool) -> dict[str, Any]:
    """Holders by identity number or phone, with their rights, their certificates, and how often they were read."""
    wanted = Q()
    if subject.id_number:
        wanted |= Q(id_number=subject.id_number)
    if subject.phone:
        wanted |= Q(phone=subject.phone)
    parties = list(Party.objects.filter(wanted)) if wanted else []
    told: dict[str, Any] = {"holders": [_holder(party) for party in parties]}
    return {**told, "kept": [_WHY]} if erase and parties else told


def _holder(party: Party) -> dict[str, Any]:
    rights = Right.objects.filter(party=party).select_related("parcel")
    parcels = [right.parcel_id for right in rights]
    return {
        **plain(party),
        "rights": [
            {"parcel": str(right.parcel.uid), "kind": right.kind, "from": str(right.valid_from), "to": str(right.valid_to or "")}
            for right in rights
        ],
        "certificates": list(Certificate.objects.filter(parcel__in=parcels).values_list("serial", flat=True)),
        "times_read": PersonalDataRead.objects.filter(party=party).count(),
    }
