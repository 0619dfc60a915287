"""The photo store: originals (restricted) and what may be seen, on disk or in an S3-compatible store (STORAGES in the settings)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import connection, transaction

from incidents.models import Photo


def originals() -> Storage:
    """As devices sent them, with all that they wrote into them."""
    return storages["originals"]


def pictures() -> Storage:
    """Drawn anew, without metadata."""
    return storages["photos"]


def key_of(content: bytes) -> str:
    """The name of a content: its SHA-256."""
    return hashlib.sha256(content).hexdigest()


def path_of(key: str) -> str:
    """Where a key lies: two levels of folders, for file systems that dislike a million names in one."""
    return f"{key[:2]}/{key[2:4]}/{key}"


def missing() -> Iterator[str]:
    """What rows name and the store does not have (`manage.py check_files`)."""
    for photo in Photo.objects.exclude(state=Photo.State.RECEIVING).iterator():
        drawn = (photo.picture, photo.thumbnail) if photo.state == Photo.State.READY else ()
        places = [(originals(), photo.original), *((pictures(), key) for key in drawn)]
        yield from (f"photo {photo.uid}: {key}" for storage, key in places if key and not storage.exists(path_of(key)))


def put(storage: Storage, content: bytes, key: str = "") -> str:
    """Store a content (once, however often it is put); its key, for callers that have not worked it out already.

    Raises OSError when the store has no room or cannot be reached.
    """
    key = key or key_of(content)
    with _reached():
        if not storage.exists(path_of(key)):
            storage.save(path_of(key), ContentFile(content))
    return key


def get(storage: Storage, key: str) -> bytes:
    """A content. Raises FileNotFoundError, OSError when the store cannot be reached."""
    with _reached(), storage.open(path_of(key), "rb") as file:
        content: bytes = file.read()
    return content


@transaction.atomic(savepoint=False)
def keep_original(content: bytes, key: str = "") -> str:
    """Store an original that a photo's row names already; its key. Raises OSError. Nobody deletes it before the transaction ends."""
    key = key or key_of(content)
    _lock(key)
    return put(originals(), content, key)


@transaction.atomic
def drop_unused(key: str) -> bool:
    """Delete an original that no photo names any more; whether it went."""
    _lock(key)
    if not key or Photo.objects.filter(original=key).exists():
        return False
    with _reached():
        originals().delete(path_of(key))
    return True


@contextmanager
def _reached() -> Iterator[None]:
    """What an S3 client raises becomes what a disk raises: callers know one kind of store."""
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise OSError(f"The photo store refused or did not answer: {error}") from error


def _lock(key: str) -> None:
    """Until the transaction ends: nobody deletes a content while somebody else finds it there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 311))", [key])
