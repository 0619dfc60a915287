"""Hostile files: the suite's own, seeds with torn and swapped parts, and photos that are none."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image

from tests.uploads.suite.bad import BAD
from tests.uploads.suite.case import Maker, points, saved, written, zipped
from tests.uploads.suite.hostile import HOSTILE

ENDINGS = (".gpkg", ".geojson", ".zip", ".csv", ".kml", ".gpx", ".fgb", ".parquet", ".dxf", ".xlsx", ".tif", ".shp")


@dataclass(frozen=True)
class HostileFile:
    """Name, content, and whether it comes as a photo."""

    name: str
    content: bytes
    is_photo: bool = False


def own(folder: Path) -> list[HostileFile]:
    """The files of the upload suite that are bad or hostile."""
    found = []
    for number, case in enumerate((*HOSTILE, *BAD)):
        place = folder / f"own{number}"
        place.mkdir()
        path = case.make(place)
        found.append(HostileFile(path.name, path.read_bytes()))
    return found


def _seeds(folder: Path) -> list[tuple[str, bytes]]:
    makers: tuple[Maker, ...] = (
        saved("a.gpkg", points(30)),
        saved("a.geojson", points(30, 4326)),
        saved("a.fgb", points(30)),
        saved("a.parquet", points(30)),
        zipped("a.zip", saved("a.shp", points(30), encoding="UTF-8")),
        written("a.csv", "lon,lat,ten\n" + "108.47,15.57,Chợ\n" * 30),
        written(
            "a.kml",
            '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><Point><coordinates>1,1</coordinates></Point></Placemark></kml>',
        ),
        written("a.gpx", '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"><wpt lat="1" lon="1"><name>a</name></wpt></gpx>'),
    )
    found = []
    for number, maker in enumerate(makers):
        place = folder / f"seed{number}"
        place.mkdir()
        path = maker(place)
        found.append((path.name, path.read_bytes()))
    return found


def _cut(chance: Random, content: bytes) -> bytes:
    return content[: chance.randrange(1, len(content))]


def _flipped(chance: Random, content: bytes) -> bytes:
    data = bytearray(content)
    for _each in range(chance.choice((1, 8, 200))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _stretched(chance: Random, content: bytes) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes(chance.choice((1, 4_096, 1 << 20))) + content[at:]


def _numbers(chance: Random, content: bytes) -> bytes:
    """A count, a size or an offset becomes the largest there is."""
    data, at = bytearray(content), chance.randrange(max(1, min(len(content) - 8, 4_096)))
    data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0"))
    return bytes(data)


_SPOILERS: tuple[Callable[[Random, bytes], bytes], ...] = (_cut, _flipped, _stretched, _numbers)


def spoiled(chance: Random, folder: Path, number: int) -> list[HostileFile]:
    """Good files with torn parts, some under another ending."""
    seeds, found = _seeds(folder), []
    for _each in range(number):
        name, content = chance.choice(seeds)
        ending = chance.choice(ENDINGS) if chance.random() < 0.25 else Path(name).suffix
        found.append(HostileFile(f"a{ending}", chance.choice(_SPOILERS)(chance, content)))
    return found


def _picture(kind: str, **options: object) -> bytes:
    kept = BytesIO()
    Image.new("RGB", (64, 48), "red").save(kept, kind, **options)
    return kept.getvalue()


def _png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG with any header and chunks."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(bytes(1 << 20))), (b"IEND", b"")]
    packed = (struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def photos(chance: Random, number: int) -> list[HostileFile]:
    """Bombs, liars, polyglots, and torn photos of every kind that is taken."""
    jpeg, png, webp = _picture("JPEG", exif=Image.Exif()), _picture("PNG"), _picture("WEBP")
    script = b"<script>hostile()</script>"
    made = [
        b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic" + bytes(64),
        _png(200_000, 200_000), _png(0, 0), _png(2**31 - 1, 1), _png(9_000, 9_000),
        _png(8, 8, (b"zTXt", b"a\0\0" + zlib.compress(bytes(64 << 20)))), _png(8, 8, (b"iCCP", b"a\0\0" + zlib.compress(bytes(16 << 20)))),
        jpeg + script, jpeg[:2] + b"\xff\xfe\xff\xff" + script + jpeg[2:], b"GIF89a" + jpeg, b"%PDF-1.7\n" + jpeg, b"PK\x03\x04" + jpeg,
        jpeg[:160] + jpeg[:160] * 40, b"\xff\xd8\xff\xe1\xff\xffExif\0\0II*\0\xff\xff\xff\xff" + jpeg[20:],
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + script + b"</svg>", b"SIMPLE  =                    T" + bytes(2_880),
        b"II*\0" + bytes(400), b"BM" + bytes(400), b"\0\0\1\0" + bytes(64), webp[:12] + b"VP8L" + b"\xff" * 60,
        b"\xff\xd8\xff" + bytes(1 << 20),
    ]  # fmt: skip
    for _each in range(max(0, number - len(made))):
        made.append(chance.choice(_SPOILERS)(chance, chance.choice((jpeg, png, webp))))
    return [HostileFile("a.jpg", content, is_photo=True) for content in made[:number]]


def campaign(seed: int, folder: Path, spoiled_files: int, photo_files: int) -> list[HostileFile]:
    """All of them."""
    chance = Random(seed)
    return [*own(folder), *spoiled(chance, folder, spoiled_files), *photos(chance, photo_files)]
