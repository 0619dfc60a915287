"""Photos in the background: drawing them anew, and sweeping up after processes that were killed."""

import logging
from datetime import timedelta

from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from incidents.models import Photo
from incidents.photos import store
from incidents.photos.darkroom import Unreadable, darkroom
from incidents.photos.files import WholeFiles
from incidents.signals import photo_developed

log = logging.getLogger(__name__)
# Younger ones may still be on their way.
_GRACE = timedelta(hours=1)


@app.task(queue="photos", retry=8)
def develop_photo(uid: str) -> bool:
    """Draw a stored photo anew; whether there was something to do. Doing it twice does no harm."""
    photo = Photo.objects.filter(uid=uid, state=Photo.State.STORED).first()
    if photo is None:
        return False
    try:
        drawn = darkroom.draw(store.get(store.originals(), photo.original))
    except Unreadable:
        values: dict[str, object] = {"state": Photo.State.UNREADABLE}
    else:
        keys = {name: store.put(store.pictures(), getattr(drawn, name)) for name in ("picture", "thumbnail")}
        values = {"state": Photo.State.READY, "width": drawn.width, "height": drawn.height, **keys}
    with transaction.atomic():
        if Photo.objects.filter(uid=uid, state=Photo.State.STORED).update(**values):
            photo_developed.send(sender=Photo, photo=Photo.objects.get(uid=uid))
    return True


@app.periodic(cron="*/10 * * * *")
@app.task(queue="photos", queueing_lock="sweep_photos", pass_context=False)
def sweep_photos(timestamp: int | None = None) -> dict[str, int]:
    """Draw what was forgotten, take away files that nobody finished; how many of each."""
    return sweep(_GRACE)


def sweep(grace: timedelta) -> dict[str, int]:
    """See sweep_photos; `grace` is how long something may be on its way."""
    before = timezone.now() - grace
    late = list(Photo.objects.filter(state=Photo.State.STORED, created_at__lt=before).values_list("uid", flat=True))
    developed = sum(develop_photo(uid=str(uid)) for uid in late)
    stale = Photo.objects.filter(state=Photo.State.RECEIVING, created_at__lt=before).exclude(original="")
    Photo.objects.filter(kind=Photo.Kind.WORK, state=Photo.State.RECEIVING, original="", created_at__lt=before).delete()
    dropped = sum(_forget_file(photo) for photo in stale)
    parts = sum(_sweep_parts(storage, grace) for storage in (store.originals(), store.pictures()))
    return {"developed": developed, "dropped": dropped, "parts": parts}


def _forget_file(photo: Photo) -> bool:
    """Of a photo that was being stored when its process was killed: the client sends it again, or never.

    A report counts on the photos that it announced; of a photo of the work nobody knows, and its row goes with the file.
    """
    key, photo.original = photo.original, ""
    if photo.kind == Photo.Kind.WORK:
        photo.delete()
    else:
        photo.save(update_fields=["original"])
    return store.drop_unused(key)


def _sweep_parts(storage: Storage, grace: timedelta) -> int:
    return storage.sweep(grace.total_seconds()) if isinstance(storage, WholeFiles) else 0
