"""Inside the confined child: reads photos of strangers. Started by incidents/photos/darkroom.py, never imported by the service.

A request is a line of JSON (what to do, how many bytes follow) and the bytes; so is an answer. A photo that takes too long,
too much memory or breaks a library ends this process and nothing else.
"""

import io
import json
import signal
import struct
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

from gis_core.importing.sandbox import Limits, confine

MAX_PIXELS = 50_000_000
PICTURE_PX, THUMBNAIL_PX = 1600, 400
_FORMATS = ("JPEG", "PNG", "WEBP")
_ITEM_SECONDS = 20
_GPS, _EXIF = 0x8825, 0x8769
_TAKEN, _OFFSET, _MODEL = 0x9003, 0x9011, 0x0110


def main() -> None:
    """Serve requests until the parent closes the pipe."""
    confine(Limits(memory=1_500_000_000, cpu_seconds=3_600, seconds=3_600))
    # Libraries that read strangers' bytes are loaded after the walls stand.
    import pillow_heif
    from PIL import Image

    pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    received, sent = sys.stdin.buffer, sys.stdout.buffer
    while head := received.readline():
        asked = json.loads(head)
        content = received.read(asked["size"])
        signal.setitimer(signal.ITIMER_REAL, _ITEM_SECONDS)
        answer, blobs = _answer(asked["do"], content)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(sent, answer, blobs)


def _send(sent: BinaryIO, answer: Mapping[str, Any], blobs: list[bytes]) -> None:
    sent.write(json.dumps({**answer, "sizes": [len(blob) for blob in blobs]}).encode() + b"\n")
    for blob in blobs:
        sent.write(blob)
    sent.flush()


def _answer(do: str, content: bytes) -> tuple[dict[str, Any], list[bytes]]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=(*_FORMATS, "HEIF")) as image:
            if image.width * image.height > MAX_PIXELS:
                return {"fault": "pixels"}, []
            return (_look(image), []) if do == "look" else _draw(image)
    except Image.DecompressionBombError:
        return {"fault": "pixels"}, []
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, struct.error, MemoryError, RuntimeError, ArithmeticError, IndexError):
        return {"fault": "unreadable"}, []


def _look(image: Any) -> dict[str, Any]:
    """Size and what the device wrote into the file; the pixels are not touched."""
    return {"width": image.width, "height": image.height, **_metadata(image)}


def _metadata(image: Any) -> dict[str, Any]:
    """Of broken metadata nothing is told: they never make a photo unreadable."""
    try:
        exif = image.getexif()
        inner, gps = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
        found: dict[str, Any] = {"taken": _text(inner.get(_TAKEN)), "offset": _text(inner.get(_OFFSET)), "model": _text(exif.get(_MODEL))}
        if gps:
            found["lat"] = _degrees(gps.get(2), gps.get(1) == "S")
            found["lon"] = _degrees(gps.get(4), gps.get(3) == "W")
    except Exception:  # noqa: BLE001  a stranger's bytes in a foreign library: whatever happens, it is "no metadata"
        return {}
    return {name: value for name, value in found.items() if value is not None}


def _text(value: Any) -> str | None:
    return value.strip("\0 ")[:60] if isinstance(value, str) and value.isprintable() else None


def _degrees(parts: Any, negative: bool) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return -degrees if negative else degrees


def _draw(image: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Picture and thumbnail as plain JPEG, upright, and nothing of the file but its pixels."""
    from PIL import ImageOps

    if image.format == "JPEG":
        image.draft("RGB", (PICTURE_PX, PICTURE_PX))  # decodes large ones at a fraction of their size
    upright = ImageOps.exif_transpose(image)
    plain = _opaque(upright)
    plain.thumbnail((PICTURE_PX, PICTURE_PX))
    small = plain.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    return {"width": plain.width, "height": plain.height}, [_jpeg(plain, 82), _jpeg(small, 75)]


def _opaque(image: Any) -> Any:
    """RGB; what was transparent becomes white."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    # A new image: info, EXIF, colour profile and whatever a format carries stay behind.
    fresh = Image.new("RGB", image.size)
    fresh.paste(image.convert("RGB"))
    return fresh


def _jpeg(image: Any, quality: int) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
    return written.getvalue()


if __name__ == "__main__":
    main()
