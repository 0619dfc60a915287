"""A photo arrives: recognised, measured, stored once, counted once."""

import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from gis_core.errors import BadParameter, Conflict, NotFound, ServiceError, TooLarge, UnsupportedMedia
from incidents.intake import take_in
from incidents.models import Photo
from incidents.photos import store
from incidents.photos.take_in import MAX_BYTES, add_photo, kind_of
from tests.incidents.photos.conftest import Announced
from tests.incidents.reports import IN_A, jpeg, picture, report


def test_it_is_stored_as_it_came_and_counted(announced: Announced) -> None:
    content = jpeg(colour="red")
    receipt = announced.send(content)
    photo = announced.photo()
    assert receipt.created
    assert receipt.missing == announced.report.photos[1:]
    assert (photo.state, photo.content_type, photo.size, photo.width, photo.height) == ("stored", "image/jpeg", len(content), 64, 48)
    assert store.get(store.originals(), photo.original) == content
    assert (photo.incident.photos_received, photo.incident.waits_for_photos) == (1, True)


def test_sent_again_it_is_recognised(announced: Announced) -> None:
    announced.send(jpeg())
    again = announced.send(jpeg())
    assert not again.created
    assert announced.photo().incident.photos_received == 1


def test_with_the_last_photo_nothing_is_missing(announced: Announced) -> None:
    announced.send(jpeg())
    assert announced.send(jpeg(colour="blue"), 1).missing == ()
    assert not announced.photo().incident.waits_for_photos
    assert take_in(announced.report).missing == ()


def test_another_content_under_the_same_uid_is_a_conflict(announced: Announced) -> None:
    announced.send(jpeg())
    with pytest.raises(Conflict):
        announced.send(jpeg(colour="black"))


def test_one_content_in_two_photos_lies_there_once(announced: Announced) -> None:
    announced.send(jpeg(colour="pink"))
    announced.send(jpeg(colour="pink"), 1)
    assert announced.photo(0).original == announced.photo(1).original


def test_nobody_adds_a_photo_to_a_report_of_others(announced: Announced) -> None:
    mine = report(photos=(uuid.uuid4(),))
    take_in(mine)
    for owner, uid in ((announced.report.uid, mine.photos[0]), (mine.uid, announced.report.photos[0]), (mine.uid, uuid.uuid4())):
        with pytest.raises(NotFound):
            add_photo(owner, uid, jpeg())


def test_the_position_in_the_photo_is_compared_with_device_and_pin(announced: Announced) -> None:
    announced.send(jpeg(at=(IN_A.lon, IN_A.lat + 0.01)))
    photo = announced.photo()
    assert photo.exif_geom is not None
    assert photo.pin_distance_m == pytest.approx(1106, abs=3)
    assert photo.device_distance_m == pytest.approx(1106, abs=3)
    assert photo.flags == ["photo_far_from_pin", "photo_far_from_device"]
    announced.send(jpeg(at=(IN_A.lon, IN_A.lat)), 1)
    assert announced.photo(1).pin_distance_m == pytest.approx(0, abs=1)
    assert announced.photo(1).flags == []


def test_without_a_position_there_is_nothing_to_compare(announced: Announced) -> None:
    announced.send(jpeg())
    photo = announced.photo()
    assert (photo.exif_geom, photo.pin_distance_m, photo.device_distance_m, photo.flags) == (None, None, None, [])


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_other_formats_of_phones_are_taken(announced: Announced, kind: str) -> None:
    announced.send(picture(kind))
    assert announced.photo().state == Photo.State.STORED


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UnsupportedMedia),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", UnsupportedMedia),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", UnsupportedMedia),
        (b"%PDF-1.7\n", UnsupportedMedia),
        (b"<!DOCTYPE html><script>alert(1)</script>", UnsupportedMedia),
        (b"PK\x03\x04zip", UnsupportedMedia),
        (b"\xff\xd8\xff<script>alert(1)</script>", BadParameter),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, BadParameter),
        (b"RIFF\x20\0\0\0WEBPVP8 \0\0\0\0", BadParameter),
        (b"\0\0\0\x18ftypheic" + b"\0" * 60, BadParameter),
    ],
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(announced: Announced, content: bytes, error: type[ServiceError]) -> None:
    with pytest.raises(error) as refused:
        announced.send(content)
    assert refused.value.field == "photo"
    photo = announced.photo()
    assert (photo.state, photo.original) == ("receiving", "")
    assert not store.originals().exists(store.path_of(store.key_of(content)))


def test_a_bomb_is_refused_before_a_pixel_is_decoded(announced: Announced) -> None:
    bomb = bytearray(picture("PNG", 8, 8))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2  # the header says 3.6 thousand million pixels
    import zlib

    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    with pytest.raises(TooLarge):
        announced.send(bytes(bomb))


def test_too_many_bytes_are_refused(announced: Announced) -> None:
    with pytest.raises(TooLarge):
        announced.send(b"\xff\xd8\xff" + b"\0" * MAX_BYTES)


def test_the_kind_is_told_by_content_alone() -> None:
    assert kind_of(jpeg()) == "image/jpeg"
    assert kind_of(picture("WEBP")) == "image/webp"


def test_the_only_photo_of_a_report_is_taken_in_by_few_statements(announced: Announced) -> None:
    mine = report(photos=(uuid.uuid4(),))
    take_in(mine)
    with CaptureQueriesContext(connection) as asked:
        receipt = add_photo(mine.uid, mine.photos[0], jpeg(colour="olive"))
    assert receipt.missing == ()
    # The photo, its file's name, a savepoint, the lock on the content, the count, its release: the task goes into memory here.
    assert len(asked) <= 6


def test_a_count_that_fails_leaves_the_photo_to_be_sent_again(announced: Announced, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr("incidents.photos.take_in.develop_photo.defer", _fails)
        with transaction.atomic():
            announced.send(jpeg(colour="brown"))
    assert announced.photo().state == Photo.State.RECEIVING
    assert announced.photo().incident.photos_received == 0
    assert announced.send(jpeg(colour="brown")).created
    assert announced.photo().incident.photos_received == 1


def _fails(**_values: object) -> None:
    raise RuntimeError("no queue")
