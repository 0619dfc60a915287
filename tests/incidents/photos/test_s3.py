"""The photo store as an S3-compatible server: the same life of a photo as on disk, over HTTP, and what happens when it is gone."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.test import Client

from bench.processes import free_port
from gis_core.outbound.s3 import s3_storages
from incidents.models import Photo
from incidents.photos import store
from incidents.photos.tasks import sweep
from incidents.rows import EVERYBODY, incidents
from tests.incidents.photos.conftest import Announced
from tests.incidents.reports import IN_A, jpeg
from tests.world import World

BUCKET, KEY, SECRET = "photos-of-reports", "key", "secret"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server process that speaks S3; its address."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _await(url: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the S3 server does not answer")


@pytest.fixture
def bucket(server: str, settings: Any) -> Iterator[Any]:
    """An empty bucket that the service keeps its photos in."""
    s3 = boto3.resource("s3", endpoint_url=server, aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="us-east-1")
    made = s3.create_bucket(Bucket=BUCKET)
    settings.STORAGES = {**settings.STORAGES, **s3_storages(BUCKET, server, KEY, SECRET)}
    yield made
    made.objects.all().delete()


def names(bucket: Any) -> set[str]:
    """What lies in it."""
    return {item.key for item in bucket.objects.all()}


def test_from_intake_to_a_visitor(announced: Announced, bucket: Any, world: World) -> None:
    """Original, picture and thumbnail lie apart; visitors get what was drawn anew, once approved, and never the original."""
    content = jpeg(800, 600, at=(IN_A.lon, IN_A.lat))
    announced.send(content)
    assert not announced.send(content).created
    photo = announced.developed(content)
    expected = {f"originals/{store.path_of(photo.original)}"} | {f"photos/{store.path_of(key)}" for key in (photo.picture, photo.thumbnail)}
    assert names(bucket) == expected
    assert store.get(store.originals(), photo.original) == content
    address, visitor = f"/incidents/photos/{photo.pk}/", Client()
    assert visitor.get(f"{address}picture").status_code == 404
    Photo.objects.filter(pk=photo.pk).update(moderation="approved")
    incidents(EVERYBODY).filter(pk=photo.incident_id).update(is_public=True)
    shown = visitor.get(f"{address}picture")
    assert (shown.status_code, b"Exif" in shown.content) == (200, False)
    assert visitor.get(f"{address}thumbnail").status_code == 200
    assert visitor.get(f"{address}original").status_code == 302
    assert world.cast["leader"].client().get(f"{address}original").status_code == 404


def test_nothing_in_the_bucket_is_open_to_everybody(announced: Announced, bucket: Any) -> None:
    """No object has a grant for the world."""
    announced.send(jpeg())
    objects = list(bucket.objects.all())
    assert objects
    assert all(grant["Grantee"].get("URI") is None for item in objects for grant in item.Acl().grants)


def test_deletion_and_sweep(announced: Announced, bucket: Any) -> None:
    """A content goes with the last photo that names it; what a kill left goes with the sweep; a reading says what is not there."""
    announced.send(jpeg(colour="pink"))
    announced.send(jpeg(colour="pink"), 1)
    key = announced.photo().original
    assert not store.drop_unused(key)
    Photo.objects.filter(original=key).update(original="")
    assert store.drop_unused(key)
    assert names(bucket) == set()
    with pytest.raises(FileNotFoundError):
        store.get(store.originals(), key)
    left = store.keep_original(jpeg(colour="navy"))
    Photo.objects.filter(pk=announced.photo().pk).update(original=left, state="receiving", created_at="2020-01-01T00:00Z")
    assert sweep(timedelta(hours=1))["dropped"] == 1
    assert names(bucket) == set()


def test_a_store_that_is_gone_is_an_outage_of_ours(announced: Announced, settings: Any) -> None:
    """The caller is told to come back (an OSError is answered 503), and the photo is still expected."""
    settings.STORAGES = {**settings.STORAGES, **s3_storages(BUCKET, f"http://127.0.0.1:{free_port()}", KEY, SECRET)}
    with pytest.raises(OSError, match="photo store"):
        announced.send(jpeg())
    assert announced.photo().state == Photo.State.RECEIVING
