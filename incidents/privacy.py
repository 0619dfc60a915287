"""Personal data of people who report: told, erased on request, and forgotten after their time."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from gis_core.audit.privacy import Subject
from gis_core.audit.record import record
from incidents.models import Follow, Photo, Reporter
from incidents.photos import store

_EMPTY: dict[str, Any] = {"name": "", "phone": "", "email": "", "user": None, "device": "", "address": "", "device_geom": None}
_HELD = ~Q(name="", phone="", email="", user=None, device="", address="", device_geom=None)


def subjects(subject: Subject, erase: bool) -> dict[str, Any]:
    """Reports with their contact, and what is followed by e-mail."""
    reporters = list(Reporter.objects.filter(_who(subject)).select_related("incident")) if _who(subject) else []
    follows = list(Follow.objects.filter(email__iexact=subject.email)) if subject.email else []
    told: dict[str, list[Any]] = {
        "reports": [_report(one) for one in reporters],
        "follows": [{"incident": one.incident_id, "email": one.email, "since": one.created_at.isoformat()} for one in follows],
    }
    if erase:
        forget(one.incident_id for one in reporters)
        Follow.objects.filter(pk__in=[one.pk for one in follows]).delete()
        told["kept"] = ["the reports themselves, without anything of the person"] if reporters else []
    return told


def _who(subject: Subject) -> Q:
    found = Q()
    if subject.phone:
        found |= Q(phone=subject.phone)
    if subject.email:
        found |= Q(email__iexact=subject.email)
    if subject.username:
        found |= Q(user__username=subject.username)
    return found


def _report(one: Reporter) -> dict[str, Any]:
    return {
        "incident": one.incident_id,
        "code": one.incident.tracking_code,
        "reported_at": one.incident.reported_at.isoformat(),
        "name": one.name,
        "phone": one.phone,
        "email": one.email,
        "title": one.incident.title,
        "position": list(one.device_geom.coords) if one.device_geom else None,
        "photos": [str(uid) for uid in Photo.objects.filter(incident=one.incident_id).values_list("uid", flat=True)],
    }


@transaction.atomic
def forget(incidents: Iterable[int]) -> int:
    """Empty the contact of these reports, and what devices wrote into their photos; how many contacts that were."""
    wanted = list(incidents)
    for photo in Photo.objects.filter(incident__in=wanted, state=Photo.State.READY, kind=Photo.Kind.REPORT).exclude(picture=""):
        _without_metadata(photo)
    return Reporter.objects.filter(_HELD, incident__in=wanted).update(**_EMPTY)


def _without_metadata(photo: Photo) -> None:
    """The picture drawn anew takes the place of the photo as it came."""
    before = photo.original
    photo.original = store.put(store.originals(), store.get(store.pictures(), photo.picture))
    photo.exif, photo.exif_geom, photo.content_type = {}, None, "image/jpeg"
    photo.save(update_fields=["original", "exif", "exif_geom", "content_type"])
    if before != photo.original:
        transaction.on_commit(lambda: store.drop_unused(before))


def forget_old(days: int | None = None) -> int:
    """Contacts of reports that have been resolved for longer than RETAIN_CONTACTS_DAYS; the audit log gets the number as proof."""
    before = timezone.now() - timedelta(days=settings.RETAIN_CONTACTS_DAYS if days is None else days)
    done = Reporter.objects.filter(_HELD, incident__resolved_at__lt=before).values_list("incident_id", flat=True)[:5_000]
    count = forget(list(done))
    Follow.objects.filter(incident__resolved_at__lt=before).delete()
    record("retention.contacts", before=before.isoformat(), reports=count)
    return count
