"""Photos are drawn anew in a confined child before anybody else sees them."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from incidents.models import Photo
from incidents.photos import store
from incidents.photos.darkroom import Darkroom, Unreadable, darkroom
from incidents.photos.tasks import develop_photo, sweep
from incidents.signals import photo_developed
from tests.incidents.photos.conftest import Announced
from tests.incidents.reports import EXIF_IFD, IN_A, jpeg, picture

SCRIPT = "<script>alert(1)</script>"
ORIENTATION, MODEL, DESCRIPTION = 0x0112, 0x0110, 0x010E


def shown(key: str) -> Image.Image:
    """A stored picture, read."""
    return Image.open(io.BytesIO(store.get(store.pictures(), key)))


def test_picture_and_thumbnail_have_their_sizes(announced: Announced) -> None:
    photo = announced.developed(jpeg(4000, 3000))
    assert photo.state == Photo.State.READY
    assert shown(photo.picture).size == (photo.width, photo.height) == (1600, 1200)
    assert max(shown(photo.thumbnail).size) == 400


def test_nothing_of_the_file_but_its_pixels_remains(announced: Announced) -> None:
    content = jpeg(at=(IN_A.lon, IN_A.lat), exif={MODEL: "Phone of Mr An", DESCRIPTION: SCRIPT}) + b"<?php system('id'); ?>PK\x05\x06"
    photo = announced.developed(content)
    for key in (photo.picture, photo.thumbnail):
        image, raw = shown(key), store.get(store.pictures(), key)
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        for trace in (b"Exif", b"Phone", b"script", b"php", b"PK\x05"):
            assert trace not in raw
    assert photo.exif["model"] == "Phone of Mr An"


def test_a_photo_taken_on_its_side_stands_upright(announced: Announced) -> None:
    assert shown(announced.developed(jpeg(60, 40, exif={ORIENTATION: 6})).picture).size == (40, 60)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_every_format_becomes_jpeg(announced: Announced, kind: str) -> None:
    photo = announced.developed(picture(kind))
    assert shown(photo.picture).format == "JPEG"


def test_what_is_transparent_becomes_white(announced: Announced) -> None:
    written = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(written, "PNG")
    pixel = shown(announced.developed(written.getvalue()).picture).getpixel((10, 10))
    assert pixel == (255, 255, 255)


def test_a_truncated_photo_is_unreadable_and_everybody_knows(announced: Announced) -> None:
    heard = []
    photo_developed.connect(lambda photo, **_: heard.append(photo.state), weak=False, dispatch_uid="test")
    try:
        whole = jpeg(900, 900)
        photo = announced.developed(whole[: len(whole) // 2])
    finally:
        photo_developed.disconnect(dispatch_uid="test")
    assert photo.state == Photo.State.UNREADABLE
    assert (photo.picture, photo.thumbnail) == ("", "")
    assert heard == ["unreadable"]


def test_drawing_twice_does_nothing(announced: Announced) -> None:
    photo = announced.developed(jpeg())
    assert not develop_photo(uid=str(photo.uid))


def test_the_time_of_the_photo_is_kept(announced: Announced) -> None:
    image, data, written = Image.new("RGB", (8, 8)), Image.Exif(), io.BytesIO()
    data.get_ifd(EXIF_IFD).update({0x9003: "2026:11:20 08:30:00", 0x9011: "+07:00"})
    image.save(written, "JPEG", exif=data)
    announced.send(written.getvalue())
    taken = announced.photo().taken_at
    assert taken is not None
    assert taken.isoformat() == "2026-11-20T01:30:00+00:00"


def test_broken_metadata_make_no_photo_unreadable() -> None:
    content = jpeg(exif={MODEL: "x" * 30}).replace(b"Exif\0\0II*\0\x08\0\0\0", b"Exif\0\0II*\0\xff\xff\xff\x7f")
    assert darkroom.look(content).width == 64


def test_a_child_that_dies_costs_one_photo_and_no_more() -> None:
    room = Darkroom()
    try:
        assert room.look(jpeg()).width == 64
        assert room._child is not None
        room._child.kill()
        room._child.wait()
        assert room.draw(jpeg()).width == 64
        with pytest.raises(Unreadable):
            room.draw(b"nothing")
        assert room.look(jpeg()).height == 48
    finally:
        room.close()


def test_a_forgotten_photo_is_drawn_by_the_sweep(announced: Announced) -> None:
    announced.send(jpeg())
    assert sweep(timedelta(0))["developed"] == 1
    assert announced.photo().state == Photo.State.READY


def test_files_of_killed_writers_are_swept(announced: Announced) -> None:
    # Killed between the row and the count: the row names a file, the photo does not count as there.
    content = jpeg(colour="gold")
    photo = announced.photo()
    photo.original = store.put(store.originals(), content)
    photo.save()
    left = store.originals().path(store.path_of("ab" * 32))
    part = Path(left).with_name(".x.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"half")
    swept = sweep(timedelta(0))
    assert (swept["dropped"], swept["parts"]) == (1, 1)
    assert not store.originals().exists(store.path_of(store.key_of(content)))
    assert announced.send(content).created
