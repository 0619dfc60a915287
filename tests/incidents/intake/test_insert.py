"""Rows of a batch come from one JSON document: the same rows as the ORM writes, in the same order."""

import uuid
from datetime import UTC, datetime

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from incidents.intake import Handed, take_in_many
from incidents.intake.insert import insert
from incidents.models import Incident, Photo, Reporter
from incidents.rows import EVERYBODY, incidents
from tests.incidents.reports import IN_A, category, report
from tests.world import World

pytestmark = pytest.mark.django_db
# What two rows of the same report need not share.
_OWN = ("id", "uid", "tracking_code")
_LATE = datetime(2026, 2, 28, 23, 59, 59, 999_999, UTC)


@pytest.fixture(autouse=True)
def _category(world: World, db: None) -> None:
    category()


def incident(world: World, **values: object) -> Incident:
    """An unsaved row with something in every column that a report fills."""
    given: dict[str, object] = {
        "category_id": "giao-thong",
        "title": "Ngập \"sâu\" ở chợ, 'đường' \\ 1; -- %s %(x)s",
        "description": "Dòng 1\nDòng 2\t🌊",
        "reported_at": _LATE,
        "due_at": None,
        "accuracy_m": 0.1 + 0.2,
        "photos_expected": 2,
        "admin_unit_id": world.units["A"].pk,
        "all_units": [world.units["A"].pk, 2**62],
        "flags": ["flood", "maybe_repeated"],
        "attributes": {"sâu": 0.3, "loại": ["a", "b"], "trống": None, "nhiều": {"x": True}},
        "parcel_id": 2**53 + 1,
        "geom": Point(108.123456789012345, 15.987654321098765, srid=4326),
        **values,
    }
    return Incident(**given)


def stored(row: Incident) -> dict[str, object]:
    """What the database has of a row, without what is its own."""
    found = incidents(EVERYBODY).get(pk=row.pk)
    values = {field.attname: getattr(found, field.attname) for field in Incident._meta.concrete_fields}
    return {name: value for name, value in values.items() if name not in (*_OWN, "updated_at")}


def test_a_row_is_the_same_as_the_orm_writes(world: World) -> None:
    ours, theirs = incident(world), incident(world)
    insert([ours])
    theirs.save()
    assert stored(ours) == stored(theirs)
    assert stored(ours)["geom_3857"] is not None
    assert incidents(EVERYBODY).get(pk=ours.pk).updated_at is not None


def test_keys_belong_to_their_rows(world: World) -> None:
    rows = [incident(world, title=f"Phản ánh {number}") for number in range(60)]
    insert(rows)
    titles = dict(incidents(EVERYBODY).filter(pk__in=[row.pk for row in rows]).values_list("uid", "title"))
    assert titles == {row.uid: row.title for row in rows}
    assert {row.pk: row.uid for row in rows} == dict(incidents(EVERYBODY).filter(uid__in=titles).values_list("pk", "uid"))
    assert not any(row._state.adding for row in rows)


def test_a_key_that_is_given_stays(world: World) -> None:
    owner = incident(world)
    insert([owner])
    photo = Photo(uid=uuid.uuid4(), incident=owner, position=1, size=0, exif_geom=Point(108.5, 15.5, srid=4326), taken_at=_LATE)
    reporter = Reporter(incident=owner, name="Nguyễn Văn Ấn", device_geom=None)
    insert([photo])
    insert([reporter])
    found = Photo.objects.get(uid=photo.uid)
    assert (found.incident_id, found.taken_at, found.exif_geom, found.state) == (owner.pk, _LATE, photo.exif_geom, "receiving")
    assert model_to_dict(Reporter.objects.get(incident=owner))["name"] == "Nguyễn Văn Ấn"


def test_what_is_there_already_is_refused_and_nothing_of_the_batch_stays(world: World) -> None:
    first = incident(world)
    insert([first])
    other = incident(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([other, incident(world, uid=first.uid)])
    assert not incidents(EVERYBODY).filter(uid=other.uid).exists()


def test_no_rows_ask_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        insert(list[Incident]())
    assert len(asked) == 0


def test_a_batch_asks_no_more_than_one_report_does() -> None:
    def queries(count: int) -> int:
        handed = [Handed(report(photos=(uuid.uuid4(),), device=IN_A)) for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            take_in_many(handed)
        return len(asked)

    queries(1)  # what is asked once a process
    # Recognised, categories, place, repetitions, flood, two kinds of rules; savepoint, three inserts, webhooks, release.
    assert queries(1) == queries(20) <= 13
