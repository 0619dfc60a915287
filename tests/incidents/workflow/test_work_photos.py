"""Photos of the work: brought by those who work on the incident, shown with their step, public once approved."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from procrastinate.contrib.django import procrastinate_app
from procrastinate.testing import InMemoryConnector

from incidents.models import Incident, Photo
from incidents.photos import store
from incidents.photos.take_in import MAX_BYTES
from incidents.photos.tasks import develop_photo, sweep
from incidents.workflow import work_photos
from tests import factories
from tests.incidents.api.caller import Caller, caller
from tests.incidents.post import ANSWER, Post
from tests.incidents.reports import jpeg


@pytest.fixture(autouse=True)
def _tasks_in_memory(db: None) -> Iterator[None]:
    with procrastinate_app.current_app.replace_connector(InMemoryConnector()):
        yield


@pytest.fixture
def crew(post: Post) -> Caller:
    """A member of the handling unit, at work."""
    return caller(post.crew)


def _path(incident: Incident, uid: uuid.UUID) -> str:
    return f"/{incident.tracking_code}/photos/{uid}"


def _page(incident: Incident) -> str:
    return Client().get(f"/incidents/{incident.tracking_code}/").content.decode()


def test_from_the_crew_to_everybody(post: Post, crew: Caller) -> None:
    """Brought in, named by the step, seen by visitors only after a dispatcher approved it, and then in the log alone."""
    incident, uid = post.incident("in_progress", is_public=True), uuid.uuid4()
    first, again = (crew.put(_path(incident, uid), jpeg(at=(108.5, 15.6))) for _ in "ab")
    assert (first.status_code, again.status_code, first.body["kind"], first.body["moderation"]) == (201, 200, "work", "pending")
    step = {"public_note": ANSWER, "photos": [str(uid)]}
    done = crew.post(f"/{incident.tracking_code}/steps/resolve", step)
    assert (done.status_code, done.body["steps"][-1]["photos"], done.body["photos"]) == (200, [str(uid)], 0)
    develop_photo(uid=str(uid))
    assert str(uid) not in _page(incident)
    assert Client().get(f"/incidents/photos/{uid}/picture").status_code == 404
    decided = caller(post.dispatcher).post(f"/{incident.tracking_code}/moderation", {"photos": {str(uid): True}})
    assert decided.status_code == 200
    assert _page(incident).count(f"/incidents/photos/{uid}/thumbnail") == 1
    picture = Client().get(f"/incidents/photos/{uid}/picture")
    assert (picture.status_code, b"Exif" in picture.content) == (200, False)
    assert Photo.objects.get(uid=uid).flags == ["photo_far_from_pin"]


def test_only_those_who_work_on_it(post: Post, crew: Caller) -> None:
    """The crew of another unit, an analyst of the area, a visitor: the same 404 as for an unknown code, and nothing is written."""
    incident, uid = post.incident("assigned", handling_unit=post.other), uuid.uuid4()
    analyst = factories.user()
    factories.jurisdiction(analyst, "analyst", post.area)
    for stranger in (crew, caller(analyst)):
        assert stranger.put(_path(incident, uid), jpeg()).status_code == 404
    assert caller(None).put(_path(incident, uid), jpeg()).status_code in (401, 403)
    assert crew.put(f"/ZZZZZZZZZZZZ/photos/{uid}", jpeg()).status_code == 404
    assert not Photo.objects.filter(uid=uid).exists()


def test_a_uid_is_one_photo(post: Post) -> None:
    """Neither another content, nor another incident's, nor one that the reporter announced; and the form's door takes none of the work."""
    board, incident, other = caller(post.dispatcher), post.incident(), post.incident()
    uid, announced = uuid.uuid4(), Photo.objects.create(incident=incident, size=0)
    assert board.put(_path(incident, uid), jpeg()).status_code == 201
    for path, content in (
        (_path(incident, uid), jpeg(colour="red")),
        (_path(other, uid), jpeg()),
        (_path(incident, announced.uid), jpeg()),
    ):
        assert board.put(path, content).status_code == 409
    door = Client().put(f"/incidents/intake/reports/{incident.uid}/photos/{uid}", jpeg(), "image/jpeg")
    assert door.status_code == 404


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 415), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415), (b"\xff\xd8\xffx", 400), (b"\xff\xd8\xff" + b"0" * MAX_BYTES, 413)],
)
def test_what_is_no_photo_leaves_nothing(post: Post, content: bytes, status: int) -> None:
    """Neither a row nor a file."""
    answer = caller(post.dispatcher).put(_path(post.incident(), uuid.uuid4()), content)
    assert (answer.status_code, answer.body["field"]) == (status, "photo")
    assert not Photo.objects.exists()


def test_as_many_as_an_incident_may_have(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is said."""
    monkeypatch.setattr(work_photos, "MAX_WORK_PHOTOS", 1)
    board, incident = caller(post.dispatcher), post.incident()
    assert board.put(_path(incident, uuid.uuid4()), jpeg()).status_code == 201
    assert board.put(_path(incident, uuid.uuid4()), jpeg()).status_code == 400


def test_what_a_kill_left_is_swept(post: Post) -> None:
    """The row goes with its file: nobody counts on a photo of the work that never arrived; a step cannot name it."""
    incident = post.incident()
    key = store.keep_original(jpeg(colour="navy"))
    half = Photo.objects.create(incident=incident, kind="work", size=1, original=key)
    bare = Photo.objects.create(incident=incident, kind="work", size=0)
    named = caller(post.dispatcher).post(f"/{incident.tracking_code}/steps/annotate", {"note": "x", "photos": [str(half.uid)]})
    assert (named.status_code, named.body["field"]) == (404, "photos")
    sweep(timedelta(0))
    assert not Photo.objects.filter(uid__in=[half.uid, bare.uid]).exists()
    assert not store.originals().exists(store.path_of(key))
