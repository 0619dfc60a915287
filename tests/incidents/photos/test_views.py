"""Who sees which photo: approved ones of public reports are for everybody, originals for those who work on the report."""

import uuid

import pytest

from incidents.models import Photo, ReporterRead
from incidents.rows import EVERYBODY, incidents
from tests.cast import Cast, Person
from tests.incidents.photos.conftest import Announced
from tests.incidents.reports import IN_A, jpeg


@pytest.fixture
def photo(announced: Announced) -> Photo:
    """A photo that was drawn anew, of a report in unit A that is not public."""
    return announced.developed(jpeg(at=(IN_A.lon, IN_A.lat)) + SCRIPT)


SCRIPT = b"<script>alert(1)</script>"


def seen_by(cast: Cast, path: str) -> set[str]:
    """The names of those who get it."""
    return {person.name for person in cast if person.client().get(path).status_code == 200}


def publish(photo: Photo, *, incident: bool, approved: bool) -> None:
    """As moderation does."""
    incidents(EVERYBODY).filter(pk=photo.incident_id).update(is_public=incident)
    Photo.objects.filter(pk=photo.pk).update(moderation="approved" if approved else "pending")


STAFF = {"officer", "analyst", "operator", "leader"}


@pytest.mark.parametrize(
    ("incident", "approved", "everybody"), [(False, False, False), (True, False, False), (False, True, False), (True, True, True)]
)
def test_visitors_see_approved_photos_of_public_reports(photo: Photo, cast: Cast, incident: bool, approved: bool, everybody: bool) -> None:
    publish(photo, incident=incident, approved=approved)
    expected = STAFF | ({"sibling", "stranger", "anonymous"} if everybody else set())
    assert seen_by(cast, f"/incidents/photos/{photo.pk}/picture") == expected
    assert seen_by(cast, f"/incidents/photos/{photo.pk}/thumbnail") == expected


def test_it_is_a_plain_jpeg_that_is_asked_for_anew(photo: Photo, officer: Person) -> None:
    answer = officer.client().get(f"/incidents/photos/{photo.pk}/picture")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert SCRIPT not in answer.content
    again = officer.client().get(f"/incidents/photos/{photo.pk}/picture", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_original_is_for_those_who_work_on_it_and_each_reading_is_written_down(photo: Photo, cast: Cast) -> None:
    path = f"/incidents/photos/{photo.pk}/original"
    assert seen_by(cast, path) == {"officer"}
    assert list(ReporterRead.objects.values_list("user__username", "what")) == [("officer.world", f"original {photo.pk}")]


def test_the_original_is_a_download_whatever_it_claims_to_be(photo: Photo, officer: Person) -> None:
    answer = officer.client().get(f"/incidents/photos/{photo.pk}/original")
    assert answer.content.endswith(SCRIPT)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_unknown_and_forbidden_are_the_same(photo: Photo, anonymous: Person) -> None:
    hidden, absent = (anonymous.client().get(f"/incidents/photos/{uid}/picture") for uid in (photo.pk, uuid.uuid4()))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"] == absent.json()["detail"]
    assert anonymous.client().get(f"/incidents/photos/{photo.pk}/exif").status_code == 404
