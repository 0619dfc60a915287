"""Reports and photos for tests."""

import io
import uuid
from typing import Any

import pillow_heif
from PIL import Image

from incidents.intake import NewReport, Position
from incidents.models import IncidentCategory

# In the middle of unit A of the world (column 1).
IN_A = Position(108.4755, 15.5655)
pillow_heif.register_heif_opener()
GPS_IFD, EXIF_IFD = 0x8825, 0x8769


def category(code: str = "giao-thong", **values: Any) -> IncidentCategory:
    """A category, made where there is none."""
    defaults = {"name": code, "group": "Giao thông", "icon": "traffic", **values}
    return IncidentCategory.objects.update_or_create(code=code, defaults=defaults)[0]


def report(**values: Any) -> NewReport:
    """A report of a pothole in unit A."""
    given: dict[str, Any] = {"uid": uuid.uuid4(), "category": "giao-thong", "pin": IN_A, "description": "Ổ gà sâu trước chợ", **values}
    return NewReport(**given)


def jpeg(
    width: int = 64, height: int = 48, *, colour: str = "teal", at: tuple[float, float] | None = None, exif: dict[int, Any] | None = None
) -> bytes:
    """A JPEG of one colour; `at` (longitude, latitude, north and east) and `exif` tags by number go into it."""
    return _saved(width, height, colour, "JPEG", at, exif or {})


def picture(kind: str, width: int = 64, height: int = 48, colour: str = "teal") -> bytes:
    """A picture in another format of Pillow's."""
    return _saved(width, height, colour, kind, None, {})


def _saved(width: int, height: int, colour: str, kind: str, at: tuple[float, float] | None, exif: dict[int, Any]) -> bytes:
    image, written, data = Image.new("RGB", (width, height), colour), io.BytesIO(), Image.Exif()
    for tag, value in exif.items():
        data[tag] = value
    if at:
        data.get_ifd(GPS_IFD).update({1: "N", 2: _degrees(at[1]), 3: "E", 4: _degrees(at[0])})
    options = {"exif": data} if kind in ("JPEG", "WEBP", "PNG") else {}
    image.save(written, kind, **options)
    return written.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = (value % 1) * 60
    return float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 4)
